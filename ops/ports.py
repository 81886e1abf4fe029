"""Whether the ports that we are about to use are free."""

from __future__ import annotations

import socket

from ops.refusal import Refusal
from settings import Settings

LOOPBACK = "127.0.0.1"
UI_ABOVE = 1000
FIRST_PORT, MOST_PORT = 1024, 65536


def require_free_ports(settings: Settings) -> None:
    """Raises: Refusal with a line for each port that another process has, or that two of ours share."""
    wanted = {"TUNTAS_PORT": settings.port}
    if settings.embedded_engine:
        wanted["TUNTAS_ENGINE_PORT"] = settings.engine_port
    if settings.metrics_port is not None:
        wanted |= {"TUNTAS_METRICS_PORT": settings.metrics_port}
    if len(set(wanted.values())) < len(wanted):
        raise Refusal(f"Among {', '.join(wanted)} two are the same: give each its own port.")
    taken = [
        f"Port {port} is taken: stop the program that uses it, or name another in {name}."
        for name, port in wanted.items()
        if not is_free(port)
    ]
    if taken:
        raise Refusal(*taken)


def free_ui_port(settings: Settings) -> int:
    """For the engine's own pages: from a thousand above its port the first that nobody has or will want.

    Not just any free one, which others might be given meanwhile: the engine comes back to it at each start.
    """
    metrics = settings.metrics_port
    ours = {settings.port, settings.engine_port, *((metrics, metrics + 1) if metrics else ())}
    first = settings.engine_port + UI_ABOVE
    tried = (*range(first, MOST_PORT), *range(FIRST_PORT, first))
    found: int = next(port for port in tried if port not in ours and is_free(port))
    return found


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
