"""Late offices: each rung of the ladder hears in its own time, and what ends the lateness."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from db.case_table import OutboxRow
from domain.case import Action, ClockName, EndReason, FollowUp, Stage
from domain.event import EventKind
from tests.workflow.conftest import Desk

YEAR = timedelta(days=365)


def expired(desk: Desk, case_id: int) -> list[tuple[ClockName | None, int]]:
    """Which clock ran out and the level that the case had in the log, in order."""
    return [
        (entry.event.clock, max(clock.level for clock in entry.event.clocks))
        for entry in desk.log(case_id)
        if entry.event.kind is EventKind.CLOCK_EXPIRED
    ]


def told_of_lateness(desk: Desk, case_id: int) -> set[str]:
    """The logins of those to whom a mail about lateness was queued."""
    logins = {f"person:{person_id}": login for login, person_id in desk.offices.people.items()}
    late = select(OutboxRow.recipient).where(OutboxRow.case_id == case_id, OutboxRow.template == "staff_late")
    with desk.offices.database.read() as session:
        return {logins[recipient] for recipient in session.scalars(late)}


async def test_a_case_that_nobody_verifies_climbs_to_the_top_past_those_who_are_late(desk: Desk) -> None:
    intake, handle = await desk.start()
    await desk.skip(timedelta(days=40))
    state = await desk.state(handle)
    assert state.level == 5
    assert told_of_lateness(desk, intake.case_id) == {"kota.atasan", "nasional.admin"}


async def test_a_vacant_rung_is_skipped_and_the_next_one_is_told(desk: Desk) -> None:
    """In the office `hub` nobody supervises."""
    intake, handle = await desk.start()
    await desk.do(handle, "kota.admin", Action.DISPOSE, unit=desk.offices.unit("hub"))
    state = await desk.skip_due(handle, ClockName.FIRST_FOLLOW_UP)
    late = state.clock(ClockName.FIRST_FOLLOW_UP)
    assert late is not None and late.expired_at is not None
    assert late.level == 2
    assert "kota.admin" in told_of_lateness(desk, intake.case_id)


async def test_the_ladder_of_a_late_clock_ends_with_what_stops_the_clock(desk: Desk) -> None:
    _, handle = await desk.in_hand()
    before = await desk.skip_due(handle, ClockName.FIRST_FOLLOW_UP)
    await desk.do(handle, "pu.penghubung", Action.ANSWER)
    after = await desk.state(handle)
    assert before.level > 0
    assert after.level == 0
    assert {clock.name for clock in after.live_clocks} == {ClockName.CONFIRMATION, ClockName.OMBUDSMAN}


async def test_a_late_case_that_is_extended_is_late_no_longer_and_its_ladder_ends(desk: Desk) -> None:
    intake, handle = await desk.in_hand()
    await desk.do(handle, "pu.penghubung", Action.FOLLOW_UP, follow_up=FollowUp.ACTION)
    late = await desk.skip_due(handle, ClockName.RESOLUTION)
    longer = await desk.do(handle, "pu.atasan", Action.EXTEND)
    resolution = longer.clock(ClockName.RESOLUTION)
    assert late.level == 1
    assert longer.level == 0
    assert resolution.expired_at is None and resolution.due_at > await desk.now()
    assert longer.clock(ClockName.RESOLUTION_LEVEL) is None
    assert [clock for clock, _ in expired(desk, intake.case_id)] == [ClockName.RESOLUTION]


async def test_the_ombudsman_is_offered_once_and_takes_the_case_only_with_consent(desk: Desk) -> None:
    intake, handle = await desk.in_hand()
    await desk.skip(timedelta(days=100))
    offered = await desk.state(handle)
    gone = await desk.do(handle, None, Action.TRANSFER_TO_OMBUDSMAN, consents=True)
    kinds = desk.kinds(intake.case_id)
    assert offered.facts.offered_at is not None
    assert kinds.count("ombudsman_offered") == 1
    assert gone.stage is Stage.CLOSED
    assert gone.end_reason is EndReason.TRANSFERRED_TO_OMBUDSMAN


async def test_a_case_that_nobody_touches_for_a_year_stays_alive_and_keeps_being_told(desk: Desk) -> None:
    intake, handle = await desk.in_hand()
    await desk.skip(YEAR)
    state = await desk.state(handle)
    late = [entry for entry in desk.log(intake.case_id) if entry.event.kind is EventKind.CLOCK_EXPIRED]
    assert state.stage is Stage.DISPOSED
    assert state.level == 5
    assert late[-1].event.at > await desk.now() - timedelta(days=40)
    assert len(desk.log(intake.case_id)) < 120


async def test_sixty_days_without_any_mail_hold_back_no_deadline(desk: Desk) -> None:
    """No relay runs here: mails pile up, and every clock of the case still fires at its instant."""
    intake, handle = await desk.in_hand()
    await desk.skip(timedelta(days=60))
    await desk.state(handle)
    log = desk.log(intake.case_id)
    planned = {clock.name: clock.due_at for entry in log for clock in entry.event.clocks if clock.due_at}
    fired = [entry.event for entry in log if entry.event.kind is EventKind.CLOCK_EXPIRED]
    with desk.offices.database.read() as session:
        waiting = session.query(OutboxRow).filter_by(state="pending").count()
    assert waiting > 10
    assert len(fired) > 5
    for event in fired:
        ran_out = next((clock for clock in event.clocks if clock.name is event.clock), None)
        if ran_out is not None and ran_out.expired_at is not None:
            due_at = planned[event.clock]
            assert timedelta() <= ran_out.expired_at - due_at <= timedelta(seconds=60)


async def test_a_case_that_is_raised_keeps_its_dates_and_climbs_on_from_its_rung(desk: Desk) -> None:
    intake, handle = await desk.in_hand()
    before = (await desk.state(handle)).clock(ClockName.FIRST_FOLLOW_UP)
    raised = await desk.do(handle, "kota.atasan", Action.RAISE_CASE)
    assert (raised.level, raised.clock(ClockName.FIRST_FOLLOW_UP).due_at) == (1, before.due_at)
    late = await desk.skip_due(handle, ClockName.FIRST_FOLLOW_UP)
    again = await desk.do(handle, "pu.atasan", Action.RAISE_CASE)
    assert (late.level, again.level) == (2, 3)
    assert again.clock(ClockName.FIRST_FOLLOW_UP_LEVEL).due_at > await desk.now()
    assert desk.kinds(intake.case_id)[-4:] == ["raised", "clock_warned", "clock_expired", "raised"]
    assert (await desk.skip_due(handle, ClockName.FIRST_FOLLOW_UP_LEVEL)).level > again.level


async def test_a_raise_over_a_vacant_rung_reaches_the_next_one(desk: Desk) -> None:
    """In the office `hub` nobody supervises; what is given a new date later stays on its rung."""
    _, handle = await desk.start()
    await desk.do(handle, "kota.admin", Action.DISPOSE, unit=desk.offices.unit("hub"))
    raised = await desk.do(handle, "kota.atasan", Action.RAISE_CASE)
    assert raised.level == raised.clock(ClockName.FIRST_FOLLOW_UP).start_level == 2
    await desk.do(handle, "hub.penghubung", Action.ASK)
    assert (await desk.do(handle, None, Action.COMPLETE)).level == 2


async def test_a_superior_who_takes_the_case_answers_for_a_silent_officer(desk: Desk) -> None:
    intake, handle = await desk.in_hand()
    await desk.do(handle, "pu.penghubung", Action.CLAIM, words="")
    await desk.skip(timedelta(days=12))
    await desk.do(handle, "pu.atasan", Action.CLAIM, words="")
    await desk.do(handle, "pu.atasan", Action.FOLLOW_UP, follow_up=FollowUp.ACTION)
    answered = await desk.do(handle, "pu.atasan", Action.ANSWER)
    assert answered.stage is Stage.AWAITING_CONFIRMATION and answered.level == 0
    assert desk.kinds(intake.case_id)[-3:] == ["taken_over", "followed_up", "answered"]
