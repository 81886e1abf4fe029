"""The raw events as JSON: a run of the engine as its own tools write it, or the log of the case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from db.case_reader import CaseFile
from domain.case import Role
from engine.history import EngineAwayError
from engine.history_file import UnreadableHistoryError, read_history
from engine.inspection import LongHistoryError
from engine.scrub import scrubbed, without
from schemas.upkeep import FetchedRun
from web.desk.case_people import KNOW_THE_ACCUSED
from web.desk.opened import OpenCase
from web.errors import error_page
from web.oversight.blueprint import bp
from web.oversight.opened import overseen_case
from web.services import services

ROWS = 500


@bp.get("/kasus/<code>/mentah")
def raw(code: str) -> ResponseReturnValue:
    """`?bagian=` names the run; `?sumber=log` asks for the log, which is streamed."""
    found = overseen_case(code)
    hidden = _hidden(found)
    if request.args.get("sumber") == "log":
        return _download(found.file, "log", _log(found.file, hidden))
    try:
        run = _run(found.file, request.args.get("bagian", "")[:64])
    except (EngineAwayError, LongHistoryError, UnreadableHistoryError):
        return error_page(503)
    if run is None:
        abort(404)
    text = json.dumps(scrubbed(run.history, hidden), indent=1, sort_keys=True)
    return _download(found.file, run.run_id[:8], iter([text]))


def _run(file: CaseFile, run_id: str) -> FetchedRun | None:
    """From the engine, else from the exported file."""
    away: EngineAwayError | None = None
    try:
        run = services().histories.raw(file.code, run_id)
    except EngineAwayError as problem:
        run, away = None, problem
    if run is not None:
        return run
    found = read_history(services().settings.histories_folder, file.code)
    runs = {} if found is None else {one.run_id: one for one in found[0].runs}
    if away is not None and run_id not in runs:
        raise away
    return runs.get(run_id)


def _log(file: CaseFile, hidden: frozenset[str]) -> Iterator[str]:
    """A JSON array of the log, newest first."""
    seq: int | None = None
    yield "["
    while rows := services().inspection.raw_log_before(file.case_id, seq, ROWS):
        for row in rows:
            content = {"seq": row.seq, "recorded_at": row.recorded_at.isoformat(), "event": row.event}
            yield ("" if seq is None else ",") + "\n" + json.dumps(without(content, hidden), sort_keys=True)
            seq = row.seq
    yield "\n]\n"


def _hidden(found: OpenCase) -> frozenset[str]:
    """Fields that this reader does not see."""
    roles: set[Role] = {one.role for one in found.person.memberships}
    return frozenset() if KNOW_THE_ACCUSED & roles else frozenset({"accused_person_id"})


def _download(file: CaseFile, part: str, pieces: Iterator[Any]) -> Response:
    answer = Response(pieces, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.code}-{part}.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
