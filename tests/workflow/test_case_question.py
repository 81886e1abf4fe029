"""Questions to the reporter on a real engine: the clocks stand still, and silence archives."""

from __future__ import annotations

from datetime import timedelta

from domain.case import Action, ClockName, EndReason, Stage
from tests.workflow.conftest import Desk


async def test_a_question_freezes_the_clocks_until_the_reporter_completes(desk: Desk) -> None:
    intake, handle = await desk.in_hand()
    before = await desk.state(handle)
    asked = await desk.do(handle, "pu.penghubung", Action.ASK)
    first_reminder_at = asked.clock(ClockName.COMPLETION).warn_at[0]
    await desk.skip(first_reminder_at - await desk.now() - timedelta(hours=1))
    completed = await desk.do(handle, None, Action.COMPLETE)
    due_before = before.clock(ClockName.RESOLUTION).due_at
    assert asked.stage is Stage.AWAITING_REPORTER
    assert asked.clock(ClockName.RESOLUTION).frozen
    assert asked.clock(ClockName.FIRST_FOLLOW_UP).due_at is None
    assert completed.stage is Stage.DISPOSED
    assert completed.clock(ClockName.RESOLUTION).due_at > due_before
    assert desk.kinds(intake.case_id) == ["received", "disposed", "asked", "completed"]


async def test_a_message_answers_the_question(desk: Desk) -> None:
    intake, handle = await desk.in_hand()
    await desk.do(handle, "pu.operator", Action.ASK)
    state = await desk.do(handle, None, Action.MESSAGE)
    assert desk.kinds(intake.case_id)[-1] == "completed"
    assert state.stage is Stage.DISPOSED


async def test_silence_after_a_question_reminds_twice_then_archives_and_can_be_revived(desk: Desk) -> None:
    intake, handle = await desk.in_hand()
    await desk.do(handle, "pu.penghubung", Action.ASK)
    await desk.skip(timedelta(days=30))
    silent = await desk.state(handle)
    revived = await desk.do(handle, None, Action.REVIVE)
    kinds = desk.kinds(intake.case_id)
    assert silent.stage is Stage.ARCHIVED
    assert silent.end_reason is EndReason.INCOMPLETE
    assert kinds == [
        "received",
        "disposed",
        "asked",
        "clock_warned",
        "clock_warned",
        "archived_by_silence",
        "revived",
    ]
    assert revived.stage is Stage.DISPOSED
    assert revived.clock(ClockName.RESOLUTION).due_at > await desk.now()


async def test_an_archived_case_that_nobody_revives_ends_after_its_window(desk: Desk) -> None:
    intake, handle = await desk.start()
    await desk.do(handle, "kota.admin", Action.ARCHIVE, end_reason=EndReason.SPAM)
    final = await handle.result()
    days = (desk.log(intake.case_id)[-1].event.at - desk.log(intake.case_id)[-2].event.at).days
    assert final.ended
    assert final.end_reason is EndReason.SPAM
    assert 179 <= days <= 181


async def test_a_completion_that_was_recorded_in_time_undoes_the_archiving(desk: Desk) -> None:
    """The sweeper brings it late: the archiving never was, and its unsent mails are withdrawn."""
    intake, handle = await desk.in_hand()
    asked = await desk.do(handle, "pu.penghubung", Action.ASK)
    late = await desk.command(handle, None, Action.COMPLETE)
    due_at = asked.clock(ClockName.COMPLETION).due_at
    await desk.skip(due_at - await desk.now() + timedelta(hours=1))
    archived = await desk.state(handle)
    await desk.act(handle, late)
    state = await desk.state(handle)
    last = desk.log(intake.case_id)[-1].event
    assert archived.stage is Stage.ARCHIVED
    assert state.stage is Stage.DISPOSED
    assert archived.seq in last.voids
    assert state.clock(ClockName.REVIVE_WINDOW) is None or not state.clock(ClockName.REVIVE_WINDOW).live
