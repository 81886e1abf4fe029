"""Where a case stands, without its words: for pages that may show stage and dates and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from db.case_table import CaseViewRow, ReportRow
from db.database import Database
from db.wire import CASE_INPUT, STATE
from domain.decide import begin
from domain.state import CaseState, evolve


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A case as its workflow knows it: ids and dates. Nothing was unsealed for this.

    Attributes:
        by_hand: whether staff wrote the report down; of its receipt the day is told, and no hour.
        state: the state as recorded; before the first event is recorded, as it will be.
    """

    case_id: int
    code: str
    anonymous: bool
    secret: bool
    received_at: datetime
    by_hand: bool
    state: CaseState


class StandingStore:
    """Reads standings; it holds no key, so it can open no words."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, case_id: int) -> Standing:
        """The standing of a case that is there."""
        with self._database.read() as session:
            report = session.get_one(ReportRow, case_id)
            view = session.get(CaseViewRow, case_id)
            state = STATE.validate_python(view.state, strict=False) if view else first_state(report)
            return Standing(
                case_id=report.id,
                code=report.code,
                anonymous=report.anonymous,
                secret=report.secret,
                received_at=report.received_at,
                by_hand=report.entered_by is not None,
                state=state,
            )


def first_state(report: ReportRow) -> CaseState:
    """What the workflow will begin with, from the input that waits for it."""
    start = CASE_INPUT.validate_python(report.start, strict=False)
    return evolve(start.state, begin(start.state, start.clocks, start.state.received_at))
