"""What is shown before a report is recorded at the counter: it may be there already, or be late at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from schemas.report import NewReport
from web.desk.duplicate import CandidateLine
from web.presenter.labels import CLOCKS
from web.public.receipt import PROMISES
from web.services import services
from web.text import LazyText


@dataclass(frozen=True, kw_only=True)
class LateDate:
    """A promise whose date is over before the report is recorded."""

    label: LazyText
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Doubts:
    """Nothing of it forbids the report; true if there is something to look at first."""

    twins: list[CandidateLine] = field(default_factory=list)
    late: list[LateDate] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.twins or self.late)


def late_dates(report: NewReport, received_at: datetime, now: datetime) -> list[LateDate]:
    """What the receipt would promise for a date that is over, if the report counts from that day.

    Source: CLOCKS, General, 5: the day of receipt counts, not that of typing; so the day must be right.
    """
    promised = services().intakes.promised(report, received_at)
    return [
        LateDate(label=CLOCKS[name], due_at=promised[name])
        for name in PROMISES
        if name in promised and promised[name] < now
    ]
