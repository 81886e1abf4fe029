"""What time alone does to a case: expiries, silence, outages, and the year-long wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.case_table import CaseViewRow
from domain.agenda import Outage
from domain.case import Action, ClockName, EndReason, MailProblem, Stage
from domain.clock import STAFF_CLOCKS
from domain.event import EventKind
from schemas.case import MailFailure
from tests.eventually import eventually
from tests.workflow.conftest import Desk

LONG = timedelta(days=60)


async def test_verification_that_nobody_does_escalates_once_at_its_due_instant(desk: Desk) -> None:
    intake, handle = await desk.start()
    due_at = intake.start.clocks[0].due_at
    await desk.skip(LONG)
    state = await desk.state(handle)
    log = [entry.event for entry in desk.log(intake.case_id) if entry.event.clock is ClockName.VERIFICATION]
    expired = [event for event in log if event.kind is EventKind.CLOCK_EXPIRED]
    assert state.level > 0
    assert len(expired) == 1
    assert [event.kind for event in log] == [EventKind.CLOCK_WARNED, EventKind.CLOCK_EXPIRED]
    assert due_at is not None
    assert timedelta() <= expired[0].at - due_at <= timedelta(seconds=60)


async def test_a_unit_that_does_not_follow_up_is_escalated(desk: Desk) -> None:
    intake, handle = await desk.start()
    await desk.act(handle, desk.offices.dispose(intake, at=await desk.now()))
    await desk.skip(LONG)
    state = await desk.state(handle)
    late = [e.event.clock for e in desk.log(intake.case_id) if e.event.kind is EventKind.CLOCK_EXPIRED]
    assert [clock for clock in late if clock in STAFF_CLOCKS] == [
        ClockName.FIRST_FOLLOW_UP,
        ClockName.RESOLUTION,
    ]
    assert state.stage is Stage.DISPOSED


async def test_silence_after_an_answer_closes_without_a_rating(desk: Desk) -> None:
    intake, handle = await desk.start()
    await desk.act(handle, desk.offices.dispose(intake, at=await desk.now()))
    pu = desk.offices.actor("pu.penghubung", "pu")
    await desk.act(handle, desk.offices.command(intake, Action.ANSWER, pu, version=2, at=await desk.now()))
    final = await handle.result()
    closed = next(e.event for e in desk.log(intake.case_id) if e.event.kind.value == "closed_by_silence")
    assert final.end_reason is EndReason.SILENCE
    assert closed.rating is None
    assert desk.kinds(intake.case_id) == [
        "received",
        "disposed",
        "answered",
        "clock_warned",
        "clock_warned",
        "closed_by_silence",
        "life_ended",
    ]


async def test_an_outage_in_a_demo_moves_the_clocks_and_is_counted_once(desk: Desk) -> None:
    intake, handle = await desk.start(policy_name="demo")
    before = intake.start.clocks[0].due_at
    now = await desk.now()
    outage = Outage(id=1, from_at=now, to_at=now + timedelta(minutes=5))
    await handle.signal("outage_ended", outage)
    await handle.signal("outage_ended", outage)
    state = await desk.state(handle)
    after = state.clock(ClockName.VERIFICATION)
    assert before is not None and after is not None and after.due_at is not None
    assert after.due_at - before == timedelta(minutes=5)
    assert desk.kinds(intake.case_id) == ["received", "outage_shifted"]


async def test_a_failed_mail_that_is_told_twice_happens_once_and_moves_no_clock(desk: Desk) -> None:
    intake, handle = await desk.start()
    before = await desk.state(handle)
    failure = MailFailure(id=7, problem=MailProblem.BOUNCED)
    await handle.signal("mail_failed", failure)
    await handle.signal("mail_failed", failure)
    state = await desk.state(handle)
    assert (state.clocks, state.version) == (before.clocks, before.version)
    assert desk.kinds(intake.case_id) == ["received", "mail_failed"]


async def test_a_report_older_than_its_clock_waits_a_grace_before_it_escalates(local_desk: Desk) -> None:
    intake, handle = await local_desk.start(at=await local_desk.now() - timedelta(days=30))
    await local_desk.act(
        handle, local_desk.offices.dispose(intake, at=await local_desk.now() - timedelta(days=1))
    )
    state = await local_desk.state(handle)
    assert local_desk.kinds(intake.case_id) == ["received", "disposed"]
    assert state.clock(ClockName.VERIFICATION).expired_at is None


async def test_after_an_outage_there_is_one_grace_for_all_that_is_late(
    monkeypatch: pytest.MonkeyPatch, local_desk: Desk
) -> None:
    """The constants stay changed until the history has been replayed with them."""
    local_desk.typical = False
    monkeypatch.setattr("workflows.options.LATE_AFTER", timedelta(seconds=1))
    monkeypatch.setattr("workflows.options.GRACE", timedelta(seconds=4))
    intake, handle = await local_desk.start(at=await local_desk.now() - timedelta(days=120))
    await eventually(lambda: local_desk.view(intake.case_id) >= 3, "both clocks expire")
    await local_desk.state(handle)
    late = [e.event for e in local_desk.log(intake.case_id) if e.event.kind is EventKind.CLOCK_EXPIRED]
    assert {event.clock for event in late[:2]} == {ClockName.VERIFICATION, ClockName.RESOLUTION}
    assert late[1].at - late[0].at < timedelta(seconds=3)


async def test_due_dates_in_the_workflow_equal_those_in_the_tables(desk: Desk) -> None:
    intake, handle = await desk.start()
    await desk.act(handle, desk.offices.dispose(intake, at=await desk.now()))
    state = await desk.state(handle)
    with desk.offices.database.read() as session:
        row = session.get_one(CaseViewRow, intake.case_id)
        assert row.due_at == state.due.due_at
        assert row.holder_id == state.holder.id
