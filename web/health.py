"""What machines ask: does the web work, and is everything behind it there. Answers within two seconds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from db.migrate import NewerDatabaseError, OldDatabaseError, check
from web.limit import limiter
from web.services import Services, services

WORKER_MISSING_AFTER = timedelta(seconds=60)

bp = Blueprint("health", __name__)
limiter.exempt(bp)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 while web and database work; the rest is told, not judged."""
    try:
        return jsonify(facts(services()))
    except SQLAlchemyError as problem:
        return jsonify(status="database_away", problem=type(problem).__name__), 503


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """200 if engine, worker and tables are there as well, else 503 with what is missing."""
    try:
        found = facts(services())
        missing = _missing(found, tables=_tables_fit(services()))
    except SQLAlchemyError:
        return jsonify(status="not_ready", missing=["database"]), 503
    if missing:
        return jsonify(status="not_ready", missing=missing, **_without_status(found)), 503
    return jsonify(found)


def facts(given: Services) -> dict[str, Any]:
    """What is told of this copy. Ages are whole seconds; None where nothing was seen or nothing waits."""
    now = given.now()
    backlog = dict(given.operation.backlog())
    oldest = backlog.pop("oldest_outbox")
    return {
        "status": "ok",
        "engine": "up" if given.cases.is_up() else "down",
        "worker_age_seconds": _age(given.operation.worker_seen_at(), now),
        **backlog,
        "outbox_age_seconds": _age(oldest if isinstance(oldest, datetime) else None, now),
    }


def _missing(found: dict[str, Any], *, tables: bool) -> list[str]:
    age = found["worker_age_seconds"]
    worker = age is not None and age <= WORKER_MISSING_AFTER.total_seconds()
    present = {"engine": found["engine"] == "up", "worker": worker, "migrations": tables}
    return [name for name, there in present.items() if not there]


def _tables_fit(given: Services) -> bool:
    try:
        check(given.settings.database_url)
    except (OldDatabaseError, NewerDatabaseError):
        return False
    return True


def _without_status(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "status"}


def _age(at: datetime | None, now: datetime) -> int | None:
    return None if at is None else max(0, int((now - at).total_seconds()))
