"""Pages that look at one state of the tables: all their parts share a session of the database."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Flask, g, request

from web.services import Services

PAGES = frozenset(
    {
        "desk.cases",
        "desk.case",
        "public.receipt",
        "public.report_all",
        "public.case",
        "public.home",
        "public.published",
        "public.published_report",
    }
)
"""Pages that call no engine and send no files, for that takes long."""


def share_looks(app: Flask, given: Services) -> None:
    """Opens a glance before such a page, and closes it after."""

    @app.before_request
    def open_glance() -> None:
        if request.method in {"GET", "HEAD"} and request.endpoint in PAGES:
            g.glance = ExitStack()
            g.glance.enter_context(given.database.glance())

    @app.teardown_request
    def close_glance(_problem: BaseException | None) -> None:
        glance: ExitStack | None = g.pop("glance", None)
        if glance is not None:
            glance.close()
