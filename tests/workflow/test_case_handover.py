"""A case in other hands: sent up, sent back, decided by an arbiter, passed down, given away, opened again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError

from db.case_table import MessageRow, OutboxRow
from domain.case import Action, ClockName, EndReason, FollowUp, Kind, Stage
from tests.workflow.conftest import Desk


async def test_the_second_bounce_goes_to_the_arbiter_whose_disposal_stays(desk: Desk) -> None:
    _, handle = await desk.in_hand()
    offices = desk.offices
    returned = await desk.do(handle, "pu.penghubung", Action.RETURN_CASE)
    again = await desk.do(handle, "kota.admin", Action.DISPOSE, unit=offices.unit("hub"))
    arbitrated = await desk.do(handle, "hub.penghubung", Action.RETURN_CASE)
    settled = await desk.do(handle, "kota.admin", Action.DISPOSE, unit=offices.unit("pu"))
    with pytest.raises(WorkflowUpdateFailedError):
        await desk.do(handle, "pu.penghubung", Action.RETURN_CASE)
    assert returned.stage is Stage.VERIFICATION
    assert returned.clock(ClockName.VERIFICATION).live
    assert not again.facts.settled
    assert arbitrated.facts.in_arbitration and arbitrated.holder.id == offices.units["kota"]
    assert settled.facts.settled and settled.stage is Stage.DISPOSED


async def test_between_agencies_the_national_level_arbitrates(desk: Desk) -> None:
    _, handle = await desk.start()
    offices = desk.offices
    up = await desk.do(handle, "kota.admin", Action.NOT_OURS, unit=offices.unit("nasional"))
    down = await desk.do(handle, "nasional.admin", Action.DISPOSE, unit=offices.unit("hulu"))
    arbitrated = await desk.do(handle, "hulu.admin", Action.NOT_OURS, unit=offices.unit("nasional"))
    settled = await desk.do(handle, "nasional.admin", Action.DISPOSE, unit=offices.unit("kota"))
    assert up.holder.id == offices.units["nasional"] and not up.facts.in_arbitration
    assert down.holder.id == offices.units["hulu"]
    assert arbitrated.facts.in_arbitration
    assert settled.facts.settled
    assert settled.clock(ClockName.VERIFICATION).started_at == up.clock(ClockName.VERIFICATION).started_at


async def test_a_supervisor_gives_the_case_to_another_office(desk: Desk) -> None:
    intake, handle = await desk.in_hand()
    state = await desk.do(handle, "pu.atasan", Action.REASSIGN, unit=desk.offices.unit("hub"))
    assert state.holder.id == desk.offices.units["hub"]
    assert state.stage is Stage.DISPOSED
    assert desk.kinds(intake.case_id)[-1] == "reassigned"


async def test_the_second_dispute_goes_to_the_arbiter(desk: Desk) -> None:
    _, handle = await desk.in_hand()
    await desk.do(handle, "pu.penghubung", Action.ANSWER)
    first = await desk.do(handle, None, Action.DISPUTE)
    await desk.do(handle, "pu.penghubung", Action.ANSWER)
    second = await desk.do(handle, None, Action.DISPUTE)
    assert first.holder.id == desk.offices.units["pu"] and first.stage is Stage.IN_PROGRESS
    assert second.holder.id == desk.offices.units["kota"]
    assert second.facts.in_arbitration and second.stage is Stage.VERIFICATION


async def test_an_answer_taken_back_within_a_minute_never_reaches_the_reporter(desk: Desk) -> None:
    intake, handle = await desk.in_hand()
    before = await desk.state(handle)
    await desk.do(handle, "pu.penghubung", Action.ANSWER)
    after = await desk.do(handle, "pu.penghubung", Action.TAKE_BACK)
    with desk.offices.database.read() as session:
        answered = session.query(OutboxRow).filter_by(case_id=intake.case_id, template="answered").one()
        words = session.query(MessageRow).filter_by(case_id=intake.case_id, kind="answer").one()
        assert answered.state == "withdrawn"
        assert words.taken_back_seq == after.seq
    assert after.stage is before.stage
    for name in (ClockName.FIRST_FOLLOW_UP, ClockName.RESOLUTION):
        assert after.clock(name).due_at == before.clock(name).due_at and after.clock(name).live


async def test_a_closed_case_is_opened_again_one_rung_higher(desk: Desk) -> None:
    _, handle = await desk.in_hand()
    await desk.do(handle, "pu.penghubung", Action.ANSWER)
    await desk.do(handle, None, Action.CONFIRM, rating=2)
    state = await desk.do(handle, None, Action.REOPEN)
    assert state.stage is Stage.IN_PROGRESS
    assert state.level == 1
    assert state.end_reason is None


async def test_a_withdrawn_report_is_closed_but_one_about_misuse_of_office_goes_on(desk: Desk) -> None:
    _, plain = await desk.in_hand()
    closed = await desk.do(plain, None, Action.WITHDRAW)
    assert closed.stage is Stage.CLOSED and closed.end_reason is EndReason.WITHDRAWN


async def test_an_oversight_complaint_goes_on_after_a_withdrawal(desk: Desk) -> None:
    intake, handle = await desk.in_hand(kind=Kind.COMPLAINT_OVERSIGHT)
    state = await desk.do(handle, None, Action.WITHDRAW)
    assert state.stage is Stage.DISPOSED
    assert state.facts.withdrawal_noted
    assert desk.kinds(intake.case_id)[-1] == "withdrawal_noted"


async def test_a_plan_whose_day_passes_is_told_and_changes_nothing_else(desk: Desk) -> None:
    intake, handle = await desk.in_hand()
    promised_on = (await desk.now()).date() + timedelta(days=3)
    state = await desk.do(
        handle, "pu.penghubung", Action.FOLLOW_UP, follow_up=FollowUp.PLAN, promised_on=promised_on
    )
    promise = state.clock(ClockName.PROMISE)
    await desk.skip(promise.due_at - await desk.now() + timedelta(minutes=1))
    after = await desk.state(handle)
    assert [e.event.clock for e in desk.log(intake.case_id) if e.event.clock][-1] is ClockName.PROMISE
    assert after.stage is Stage.IN_PROGRESS and after.level == 0
