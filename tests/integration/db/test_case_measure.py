"""What is measured of a case: written with its events, each once, and for the unit that had to act."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from db.measure_table import CaseMeasureRow
from domain.case import Action, FollowUp
from tests.factories import CaseFactory, MadeCase
from tests.offices import Offices

MONDAY = datetime(2026, 11, 2, 3, tzinfo=UTC)
"""10.00 in Jakarta; a week without holidays."""
ACTED = {"follow_up": FollowUp.ACTION, "words": "Sudah kami tinjau."}


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    return CaseFactory(offices)


def rows_of(factory: CaseFactory, case: MadeCase) -> dict[tuple[str, int], CaseMeasureRow]:
    query = select(CaseMeasureRow).where(CaseMeasureRow.case_id == case.id)
    with factory.offices.database.read() as session:
        found = {(row.measure, row.round): row for row in session.scalars(query)}
        session.expunge_all()
    return found


def outcomes(factory: CaseFactory, case: MadeCase) -> dict[tuple[str, int], str]:
    return {key: row.outcome for key, row in rows_of(factory, case).items()}


def day(number: int) -> datetime:
    """10.00 on a day of that November."""
    return MONDAY + timedelta(days=number - 2)


def act(factory: CaseFactory, case: MadeCase, login: str | None, action: Action, **fields: Any) -> None:
    factory._applied(factory.act(case, login, action, **fields))


def disposed(factory: CaseFactory, *, unit: str = "pu") -> MadeCase:
    case = factory.report(at=MONDAY)
    factory.dispose(case, unit=unit, at=day(3))
    return case


def test_a_promise_is_open_from_its_start_and_counts_in_the_month_of_its_due(factory: CaseFactory) -> None:
    case = disposed(factory)
    rows = rows_of(factory, case)
    follow_up, resolution = rows["follow_up", 1], rows["resolution", 1]
    assert (follow_up.outcome, follow_up.month, follow_up.days) == ("open", 202611, None)
    assert follow_up.counted_at == datetime(2026, 11, 10, 9, tzinfo=UTC)
    assert resolution.counted_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert follow_up.unit_id == resolution.unit_id == factory.offices.units["pu"]


def test_what_is_done_in_time_is_kept_and_says_after_how_many_working_days(factory: CaseFactory) -> None:
    case = disposed(factory)
    act(factory, case, "pu.penghubung", Action.FOLLOW_UP, at=day(5), **ACTED)
    act(factory, case, "pu.penghubung", Action.ANSWER, at=day(9), words="Sudah.")
    act(factory, case, None, Action.CONFIRM, at=day(10), rating=4)
    rows = rows_of(factory, case)
    assert outcomes(factory, case) == {
        ("follow_up", 1): "kept",
        ("resolution", 1): "kept",
        ("verdict", 1): "confirmed",
    }
    assert (rows["follow_up", 1].days, rows["resolution", 1].days) == (3, 5)
    assert (rows["verdict", 1].rating, rows["verdict", 1].month) == (4, 202611)
