# Tuntas for a cluster: one image for the web, the workers and the commands.
FROM python:3.11.15-slim-bookworm AS build
WORKDIR /srv/tuntas
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY . .
# npm comes as a package, brings the front-end files, and goes again
RUN python -m ops.bootstrap \
    && .venv/bin/python -m ops.frontend \
    && .venv/bin/python -m pip uninstall --quiet --yes --requirement ops/requirements-node.txt \
    && rm -rf node_modules

FROM python:3.11.15-slim-bookworm
RUN groupadd --gid 10001 tuntas \
    && useradd --uid 10001 --gid tuntas --no-create-home --shell /usr/sbin/nologin tuntas \
    && install --directory --owner=tuntas --group=tuntas --mode=0700 /var/lib/tuntas
COPY --from=build /srv/tuntas /srv/tuntas
WORKDIR /srv/tuntas
ENV PATH=/srv/tuntas/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TUNTAS_HOME=/var/lib/tuntas \
    TUNTAS_HOST=0.0.0.0 \
    TUNTAS_LOG_FORMAT=json
USER 10001:10001
VOLUME /var/lib/tuntas
EXPOSE 8000
ENTRYPOINT ["tuntas"]
CMD ["web"]
