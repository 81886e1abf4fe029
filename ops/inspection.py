"""What the database holds about one case, for who runs the machine: ids, enums and instants, no words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.case_table import CaseLogRow, CaseViewRow, ReportRow
from db.upkeep_table import HistoryExportRow
from domain.code import MalformedCodeError, parse_code, show_code
from engine.history_file import history_path
from ops.preparation import opened
from ops.refusal import Refusal
from settings import Settings


def case_lines(settings: Settings, typed: str) -> list[str]:
    """The case as its workflow last told the database: when it came, then its state as JSON.

    Raises: Refusal if there is no such case.
    """
    with _found(settings, typed) as (session, report):
        lines = [f"code      {show_code(report.code)}", f"received  {report.received_at.isoformat()}"]
        if report.started_at is None:
            return [*lines, "The engine has not taken it yet: the worker hands it over when both run."]
        lines.append(f"started   {report.started_at.isoformat()}")
        view = session.get(CaseViewRow, report.id)
        if view is None:
            return [*lines, "Its workflow has not recorded anything yet."]
        return [*lines, json.dumps(view.state, indent=2, sort_keys=True)]


def history_lines(settings: Settings, typed: str) -> list[str]:
    """The log of the case, oldest first, one event a line: number, instant, kind, content as JSON, hash.

    The last line of an ended case says what became of its history in the engine.
    Raises: Refusal if there is no such case.
    """
    with _found(settings, typed) as (session, report):
        query = select(CaseLogRow).where(CaseLogRow.case_id == report.id).order_by(CaseLogRow.seq)
        lines = [_log_line(row) for row in session.scalars(query)]
        export = session.get(HistoryExportRow, report.id)
        return lines if export is None else [*lines, _export_line(settings, report.code, export)]


def code_of(typed: str) -> str:
    """The code that a person typed. Raises: Refusal if it is none."""
    try:
        return parse_code(typed)
    except MalformedCodeError as wrong:
        raise Refusal(
            f"{typed} is not a code: it has ten letters and digits, such as 7F3K-9QW2-TX."
        ) from wrong


def _export_line(settings: Settings, code: str, export: HistoryExportRow) -> str:
    if export.state == "missing":
        return "The engine no longer had its history when its life had ended."
    path = history_path(settings.histories_folder, code)
    part = " without its beginning" if export.state == "partial" else ""
    return f"Its history{part} was exported to {path}: {export.size} bytes, sha256 {export.sha256}."


def _log_line(row: CaseLogRow) -> str:
    content = json.dumps(row.event, sort_keys=True)
    return f"{row.seq:>4}  {row.at.isoformat()}  {row.kind:<24}  {content}  {row.hash}"


@contextmanager
def _found(settings: Settings, typed: str) -> Iterator[tuple[Session, ReportRow]]:
    """The case that a person named, in a session for looking."""
    code = code_of(typed)
    with opened(settings) as database, database.read() as session:
        report = session.scalars(select(ReportRow).where(ReportRow.code == code)).one_or_none()
        if report is None:
            raise Refusal(f"There is no case {show_code(code)}.")
        yield session, report
