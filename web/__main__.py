"""Serves the web on this machine: `python -m web`."""

from __future__ import annotations

import logging
import os
import signal
import sys
from types import FrameType

from sqlalchemy.exc import DBAPIError

from db import installation
from db.database import Database
from db.keyring import Keyring
from db.migrate import check
from domain.errors import TuntasError
from settings import Settings, SettingsError
from web.app import create_app
from web.server import HOST, make_server

log = logging.getLogger("web")


def main() -> int:
    """Serves until SIGTERM or Ctrl-C; 2, with one clear line, if it cannot start as told."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)  # readiness checks would fill the log
    try:
        settings = Settings.from_env()
        _check(settings)
        server = make_server(create_app(settings), settings)
    except (SettingsError, TuntasError) as problem:
        return _refuse(str(problem))
    except DBAPIError as problem:
        return _refuse(f"The database cannot be used: {' '.join(str(problem.orig).split())}.")
    except OSError as problem:
        return _refuse(f"The web cannot listen: {problem.strerror}. Is TUNTAS_PORT taken?")
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    log.info("ready on http://%s:%s", HOST, settings.port)
    server.run()
    return 0


def _check(settings: Settings) -> None:
    """Raises: NewerDatabaseError, OldDatabaseError, DemoHomeError, OtherKeyError."""
    check(settings.database_url)
    database = Database(settings.database_url)
    try:
        installation.check_mode(database, demo=settings.demo)
        if settings.master_key is not None:
            installation.check_key(database, Keyring(settings.master_key))
    finally:
        database.dispose()


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
