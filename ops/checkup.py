"""`tuntas doctor`: looks at cases now and says in plain sentences what is wrong."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from db.mail_hold import MailHoldStore
from db.upkeep_finding import Finding
from domain.code import show_code
from engine.bridge import Bridge
from engine.probe import CaseProbe
from ops.doctor import Doctor, DoctorStores
from ops.inspection import code_of
from ops.mail_hold import held_line
from ops.preparation import opened
from ops.refusal import Refusal
from ops.upkeep import doctor_stores
from schemas.upkeep import FindingKind
from settings import Settings

SECOND_LOOK_AFTER = timedelta(seconds=2)
PAGE = 20
SENTENCES = {
    FindingKind.LOST_CASE: "has neither a workflow nor a view; `tuntas rebuild --case` starts it again",
    FindingKind.LOST_WORKFLOW: "is open and no workflow runs it; `tuntas rebuild --case` starts it again",
    FindingKind.VIEW_DIFFERS: "is not listed as its workflow has it; `tuntas rebuild --case` puts it right",
    FindingKind.LOG_GAP: "has a gap in its log; compare it with a backup",
    FindingKind.CHAIN_BROKEN: "has a log that was changed after it was written; compare it with a backup",
    FindingKind.STANDS_STILL: "is open and nothing will ever happen to it by itself; somebody must act on it",
    FindingKind.MAIL_STUCK: "has a message that is being sent for too long; look whether a worker runs",
    FindingKind.COMMAND_STUCK: "has a command that waits for more than 72 hours; look whether a worker runs",
}
HEAD_SENTENCE = "The logs of {day} are no longer those of that day: rows were changed or taken away."
SILENT = "The engine does not answer: workflows were not looked at."
WELL = "Nothing is wrong."


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """What to say, and whether anything is wrong."""

    lines: list[str]
    well: bool


def check_case(settings: Settings, typed: str) -> Checkup:
    """Looks at one case. Raises: Refusal if there is no such case."""
    code = code_of(typed)
    with opened(settings) as database:
        stores = doctor_stores(database)
        case_id = stores.charts.id_of(code)
        if case_id is None:
            raise Refusal(f"There is no case {show_code(code)}.")
        heard = _visit(settings, stores, [[case_id]])
        return _checkup([each for each in stores.findings.open_findings() if each.code == code], heard)


def check_known(settings: Settings) -> Checkup:
    """Looks again at what is open and at what waits for too long."""
    with opened(settings) as database:
        stores = doctor_stores(database)
        about = {each.code for each in stores.findings.open_findings() if each.code is not None}
        found = {stores.charts.id_of(code) for code in about} | stores.charts.stuck_ids(PAGE)
        heard = _visit(settings, stores, _paged(sorted(each for each in found if each is not None)))
        return _checkup(stores.findings.open_findings(), heard, MailHoldStore(database).held_since())


def check_all(settings: Settings) -> Checkup:
    """Looks at every case, and at the daily heads over all logs."""
    with opened(settings) as database:
        stores = doctor_stores(database)
        heard = _visit(settings, stores, stores.charts.pages(PAGE))
        _doctor(settings, stores).check_heads()
        return _checkup(stores.findings.open_findings(), heard, MailHoldStore(database).held_since())


def _visit(settings: Settings, stores: DoctorStores, pages: Iterable[list[int]]) -> bool:
    """Two looks at whatever seems wrong at the first; False if the engine was silent."""
    doctor = _doctor(settings, stores)
    heard = True
    for page in pages:
        heard = doctor.visit(page, ask=heard) and heard
    suspects = doctor.suspects
    if suspects:
        time.sleep(SECOND_LOOK_AFTER.total_seconds())
    for page in _paged(suspects):
        heard = doctor.visit(page, ask=heard) and heard
    return heard


def _doctor(settings: Settings, stores: DoctorStores) -> Doctor:
    bridge = Bridge(settings.temporal_address, settings.temporal_namespace, settings.temporal_access)
    return Doctor(stores, CaseProbe(bridge), lambda: datetime.now(UTC), SECOND_LOOK_AFTER)


def _paged(case_ids: list[int]) -> list[list[int]]:
    return [case_ids[begin : begin + PAGE] for begin in range(0, len(case_ids), PAGE)]


def _checkup(findings: list[Finding], heard: bool, held: datetime | None = None) -> Checkup:
    lines = [_sentence(finding) for finding in findings]
    if held is not None:
        lines.append(held_line(held))
    if not heard:
        lines.append(SILENT)
    return Checkup(lines=lines or [WELL], well=not lines)


def _sentence(finding: Finding) -> str:
    if finding.code is None:
        return HEAD_SENTENCE.format(day=finding.subject.removeprefix("day "))
    since = finding.first_seen_at.isoformat(timespec="seconds")
    return f"{show_code(finding.code)} {SENTENCES[finding.kind]} (since {since})."
