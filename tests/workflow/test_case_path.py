"""The main path of a case, decision by decision, on a real engine."""

from __future__ import annotations

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.case import Action, ClockName, EndReason, FollowUp, Stage
from domain.command import RefusalReason
from schemas.case import Refused
from tests.workflow.conftest import Desk


async def test_a_report_is_verified_followed_up_answered_and_confirmed(desk: Desk) -> None:
    intake, handle = await desk.start()
    offices = desk.offices
    await desk.act(handle, offices.dispose(intake, at=await desk.now()))
    pu = offices.actor("pu.penghubung", "pu")
    follow_up = offices.command(
        intake, Action.FOLLOW_UP, pu, version=2, follow_up=FollowUp.ACTION, at=await desk.now()
    )
    await desk.act(handle, follow_up)
    await desk.act(handle, offices.command(intake, Action.ANSWER, pu, version=3, at=await desk.now()))
    await desk.act(
        handle,
        offices.command(intake, Action.CONFIRM, offices.reporter(), version=4, rating=4, at=await desk.now()),
    )
    state = await desk.state(handle)
    assert state.stage is Stage.CLOSED
    assert state.end_reason is EndReason.RESOLVED
    assert [clock.name for clock in state.live_clocks] == [ClockName.REOPEN_WINDOW]
    assert desk.kinds(intake.case_id) == ["received", "disposed", "followed_up", "answered", "confirmed"]


async def test_the_life_ends_with_the_reopen_window_and_costs_few_events(desk: Desk) -> None:
    intake, handle = await desk.start()
    offices = desk.offices
    await desk.act(handle, offices.dispose(intake, at=await desk.now()))
    pu = offices.actor("pu.penghubung", "pu")
    await desk.act(
        handle,
        offices.command(
            intake, Action.FOLLOW_UP, pu, version=2, follow_up=FollowUp.ACTION, at=await desk.now()
        ),
    )
    await desk.act(handle, offices.command(intake, Action.ANSWER, pu, version=3, at=await desk.now()))
    await desk.act(
        handle, offices.command(intake, Action.CONFIRM, offices.reporter(), version=4, at=await desk.now())
    )
    await handle.result()
    assert desk.kinds(intake.case_id)[-1] == "life_ended"
    history = await handle.fetch_history()
    assert len(history.events) <= 90


async def test_a_disputed_answer_goes_back_one_rung_higher(desk: Desk) -> None:
    intake, handle = await desk.start()
    offices = desk.offices
    await desk.act(handle, offices.dispose(intake, at=await desk.now()))
    pu = offices.actor("pu.penghubung", "pu")
    await desk.act(handle, offices.command(intake, Action.ANSWER, pu, version=2, at=await desk.now()))
    await desk.act(
        handle, offices.command(intake, Action.DISPUTE, offices.reporter(), version=3, at=await desk.now())
    )
    state = await desk.state(handle)
    assert state.stage is Stage.IN_PROGRESS
    assert state.level == 1
    resolution = state.clock(ClockName.RESOLUTION)
    assert resolution is not None and resolution.live and resolution.floor is not None


async def test_the_same_command_twice_gives_the_first_answer_again(desk: Desk) -> None:
    intake, handle = await desk.start()
    command = desk.offices.dispose(intake, at=await desk.now())
    first = await desk.act(handle, command)
    repeated = await handle.execute_update("dispose", command, id="another-update-id", result_type=None)
    await desk.state(handle)
    assert first == 2
    assert repeated["seq"] == 2
    assert desk.kinds(intake.case_id) == ["received", "disposed"]


async def test_of_two_acts_on_one_version_one_wins_and_the_other_hears_of_it(desk: Desk) -> None:
    intake, handle = await desk.start()
    await desk.act(handle, desk.offices.dispose(intake, to="pu", at=await desk.now()))
    late = desk.offices.dispose(intake, to="hub", at=await desk.now())
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await desk.act(handle, late)
    cause = refused.value.cause
    assert isinstance(cause, ApplicationError)
    refusal = Refused.model_validate(cause.details[0]).refusal
    await desk.state(handle)
    assert refusal.reason is RefusalReason.WRONG_STAGE
    assert refusal.by is not None and refusal.by.person_id == desk.offices.people["kota.admin"]
    assert desk.kinds(intake.case_id) == ["received", "disposed"]


async def test_a_message_is_logged_without_changing_the_version(desk: Desk) -> None:
    intake, handle = await desk.start()
    command = desk.offices.command(intake, Action.MESSAGE, desk.offices.reporter(), at=await desk.now())
    await desk.act(handle, command)
    await desk.act(handle, command)
    state = await desk.state(handle)
    assert (state.seq, state.version) == (2, 1)
    assert desk.kinds(intake.case_id) == ["received", "message_received"]
