"""Serves the web: `python -m web`; under waitress, or under gunicorn where TUNTAS_WEB_PROCESSES says so."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from sqlalchemy.exc import DBAPIError

from db.keyring import Keyring
from db.start import start_problems
from domain.errors import TuntasError
from settings import Settings, SettingsError
from telemetry.log import start_logging

log = logging.getLogger("web")


def main() -> int:
    """Serves until SIGTERM or Ctrl-C; 2, with a line for each problem, if it cannot start as told."""
    try:
        settings = Settings.from_env()
        start_logging(settings.log_format, with_messages=settings.demo)
        _check(settings)
        return _serve_alone(settings) if settings.web_processes is None else _serve_many(settings)
    except (SettingsError, TuntasError) as problem:
        return _refuse(str(problem))
    except DBAPIError as problem:
        return _refuse(f"The database cannot be used: {' '.join(str(problem.orig).split())}.")
    except OSError as problem:
        return _refuse(
            f"The web cannot listen: {problem.strerror}. Is TUNTAS_PORT or TUNTAS_METRICS_PORT taken?"
        )


def _check(settings: Settings) -> None:
    """Raises: SettingsError with all that forbids to work with this key and this database."""
    if settings.master_key is None:
        raise SettingsError(["There is no master key: set TUNTAS_MASTER_KEY or TUNTAS_MASTER_KEY_FILE."])
    keyring = Keyring(settings.master_key)
    found = start_problems(
        settings.database_url, demo=settings.demo, keyring=keyring, place=settings.engine_place
    )
    if found:
        raise SettingsError(found)


def _serve_alone(settings: Settings) -> int:
    from prometheus_client import REGISTRY

    from web.app import create_app
    from web.exporter import serve
    from web.server import make_server
    from web.services import build_services

    given = build_services(settings)
    server = make_server(create_app(settings, given), settings)
    serve(settings, given, REGISTRY)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    gc.collect()
    gc.freeze()  # what lives as long as the process is not searched for garbage while a page waits
    log.info("ready on http://%s:%s", settings.host, settings.port)
    server.run()
    return 0


def _serve_many(settings: Settings) -> int:
    from web.processes import WebServer

    WebServer(settings, Path(tempfile.mkdtemp(prefix="tuntas-figures-"))).run()
    return 0


def _refuse(problem: str) -> int:
    print(problem, file=sys.stderr)
    return 2


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # the engine's client may crash an ordinary exit
