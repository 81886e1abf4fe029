"""The web under gunicorn: several processes with threads, behind a proxy that speaks https.

The master must not import prometheus_client before gunicorn has set the variable by which figures are shared.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from werkzeug.middleware.proxy_fix import ProxyFix

from settings import Settings

if TYPE_CHECKING:
    from flask import Flask

FIGURES = "PROMETHEUS_MULTIPROC_DIR"
THREADS = 16
REQUEST_SECONDS = 60
"""A process that gives no sign for so long is replaced."""
STOP_WITHIN_SECONDS = 20


class WithoutVisitors(Logger):  # type: ignore[misc]
    """Gunicorn's own messages through our log, without the visitors' addresses and those of their pages."""

    def setup(self, cfg: Any) -> None:
        """Leaves the handlers to our own log."""
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log.setLevel(logging.INFO)
        self.error_log.propagate = True

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        """A request that is none is told without what it held and who sent it."""
        if str(msg).startswith("Invalid request from"):
            msg, args = "an invalid request was turned away", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        """A fault is told without the address of the page in which it happened."""
        if "handling request" in str(msg):
            msg, args = "a request ended in a fault", ()
        super().exception(msg, *args, **kwargs)


class WebServer(BaseApplication):  # type: ignore[misc]
    """Gunicorn, set up from our settings alone."""

    def __init__(self, settings: Settings, figures: Path) -> None:
        self._settings = settings
        self._figures = figures
        self._exporter: subprocess.Popen[bytes] | None = None
        super().__init__()

    def load_config(self) -> None:
        """Every option that is not gunicorn's own choice."""
        settings = self._settings
        for name, value in {
            "bind": f"[{settings.host}]:{settings.port}" if ":" in settings.host else self._address(),
            "workers": settings.web_processes,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": REQUEST_SECONDS,
            "graceful_timeout": STOP_WITHIN_SECONDS,
            "control_socket_disable": True,
            "logger_class": WithoutVisitors,
            "accesslog": None,
            "proc_name": "tuntas-web",
            "raw_env": [f"{FIGURES}={self._figures}"],
            "when_ready": self._start_exporter,
            "on_exit": self._end,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, in each process anew: connections do not survive a fork."""
        from web.app import create_app

        app = create_app(self._settings)
        if self._settings.secure:
            app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
        return app

    def _address(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"

    def _start_exporter(self, _server: object) -> None:
        """A process of its own: a thread in the master would be half copied into those that it forks."""
        if self._settings.metrics_port is not None:
            command = [sys.executable, "-m", "web.exporter"]
            self._exporter = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603

    def _end(self, _server: object) -> None:
        if self._exporter is not None:
            self._exporter.terminate()
            self._exporter.wait()
        shutil.rmtree(self._figures, ignore_errors=True)
