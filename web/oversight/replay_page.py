"""The replay check of one case: whether today's code decides as its history says."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from db.case_reader import CaseFile
from domain.code import show_code
from engine.history_file import UnreadableHistoryError, read_history
from schemas.inspection import ReplayResult, Unchecked, Verdict
from web.oversight.asked import Asked
from web.oversight.blueprint import bp
from web.oversight.inspector_page import render_inspector
from web.oversight.opened import overseen_case
from web.services import services


@bp.post("/kasus/<code>/ulang")
def replay(code: str) -> ResponseReturnValue:
    """Replays the case's history and shows what came of it; nothing is changed by it."""
    found = overseen_case(code)
    result = _checked(found.file)
    return render_inspector(found, Asked(code=show_code(found.file.code)), result)


@bp.get("/kasus/<code>/ulang")
def replay_again(code: str) -> ResponseReturnValue:
    """For those who reload the address of a check, or switch its language."""
    return redirect(url_for("oversight.case", code=show_code(overseen_case(code).file.code)), 303)


def _checked(file: CaseFile) -> ReplayResult:
    """With the engine's history, else with the exported one."""
    result = services().replays.check(file.code)
    if result.why not in {Unchecked.AWAY, Unchecked.NONE} or result.runs:
        return result
    try:
        found = read_history(services().settings.histories_folder, file.code)
    except UnreadableHistoryError:
        return ReplayResult(verdict=Verdict.UNCHECKED, why=Unchecked.UNREADABLE)
    return result if found is None else services().replays.check(file.code, found[0])
