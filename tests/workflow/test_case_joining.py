"""Joined reports on a real engine: the elder agrees first, and nothing can be lost between the two."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest_asyncio
from sqlalchemy import select

from db.case_table import CommandRow, OutboxRow
from domain.act.joining import adoption
from domain.case import Action, EndReason, FollowUp, Stage
from domain.command import Command, OtherCase, RefusalReason
from engine.bridge import Bridge
from engine.case_client import CaseClient
from engine.command_delivery import CommandDelivery
from schemas.command import Applied, Outcome, Refused, Unknown
from tests.workflow.conftest import Desk

Handle = Any


class Counter:
    """Delivers commands as the web and the sweeper do."""

    def __init__(self, desk: Desk) -> None:
        config = desk.engine.client.service_client.config
        self.desk = desk
        self.delivery = CommandDelivery(
            CaseClient(Bridge(config.target_host, desk.engine.client.namespace)), desk.offices.commands
        )

    async def deliver(self, handle: Handle, command: Command) -> Outcome:
        """What became of a command."""
        state = await self.desk.state(handle)
        return await asyncio.to_thread(self.delivery.deliver, state.code, state.case_id, command)

    async def join(self, younger: Handle, elder: Handle, who: str = "pu.penghubung") -> Outcome:
        """Merges one case into another."""
        return await self.deliver(younger, await self.joining(younger, elder, who))

    async def joining(self, younger: Handle, elder: Handle, who: str = "pu.penghubung") -> Command:
        """The command for it, not sent yet."""
        into = await self.desk.state(elder)
        other = OtherCase(id=into.case_id, code=into.code, secret=into.secret)
        return await self.desk.command(younger, who, Action.MERGE, other=other)

    async def sweep_machine_commands(self, elder: Handle) -> list[Outcome]:
        """Sends what cases have to tell each other."""
        query = select(CommandRow.id).where(CommandRow.action == "disown", CommandRow.outcome == "waiting")
        with self.desk.offices.database.read() as session:
            ids = list(session.scalars(query))
        found = [self.desk.offices.commands.find(id_) for id_ in ids]
        return [await self.deliver(elder, one.command) for one in found if one is not None]


@pytest_asyncio.fixture
async def counter(local_desk: Desk) -> Counter:
    return Counter(local_desk)


async def test_a_younger_report_follows_the_elder_one_and_its_reporter_hears_of_it(counter: Counter) -> None:
    desk = counter.desk
    _, elder = await desk.in_hand()
    younger_intake, younger = await desk.in_hand()
    outcome = await counter.join(younger, elder)
    joined, leading = await desk.state(younger), await desk.state(elder)
    answered = await desk.do(elder, "pu.penghubung", Action.ANSWER)
    told = select(OutboxRow.recipient).where(
        OutboxRow.case_id == leading.case_id, OutboxRow.seq == answered.seq
    )
    with desk.offices.database.read() as session:
        recipients = set(session.scalars(told))
    assert isinstance(outcome, Applied)
    assert (joined.stage, joined.end_reason) == (Stage.ARCHIVED, EndReason.DUPLICATE)
    assert joined.facts.merged_into == leading.case_id
    assert leading.facts.followers == (younger_intake.case_id,)
    assert recipients == {"reporter", f"follower:{younger_intake.case_id}"}


async def test_two_cases_that_are_merged_crosswise_at_once_lose_neither(counter: Counter) -> None:
    desk = counter.desk
    _, elder = await desk.in_hand()
    _, younger = await desk.in_hand()
    up, down = await counter.joining(younger, elder), await counter.joining(elder, younger)
    outcomes = await asyncio.gather(counter.deliver(younger, up), counter.deliver(elder, down))
    leading, joined = await desk.state(elder), await desk.state(younger)
    assert isinstance(outcomes[0], Applied)
    assert isinstance(outcomes[1], Refused)
    assert outcomes[1].refusal.reason in {RefusalReason.NOT_ELDER, RefusalReason.ELDER_ENDED}
    assert leading.stage is Stage.DISPOSED and joined.stage is Stage.ARCHIVED


async def test_nothing_joins_a_case_that_was_joined_meanwhile(counter: Counter) -> None:
    desk = counter.desk
    _, first = await desk.in_hand()
    _, second = await desk.in_hand()
    _, third = await desk.in_hand()
    waiting = await counter.joining(third, second)
    await counter.join(second, first)
    outcome = await counter.deliver(third, waiting)
    state = await desk.state(third)
    assert isinstance(outcome, Refused)
    assert outcome.refusal.reason is RefusalReason.ELDER_ENDED
    assert state.stage is Stage.DISPOSED


async def test_a_merge_that_fails_after_the_elder_agreed_is_taken_back_there(counter: Counter) -> None:
    """Somebody else was quicker with the younger case."""
    desk = counter.desk
    _, elder = await desk.in_hand()
    _, younger = await desk.in_hand()
    waiting = await counter.joining(younger, elder)
    await desk.do(younger, "pu.penghubung", Action.FOLLOW_UP, follow_up=FollowUp.ACTION)
    outcome = await counter.deliver(younger, waiting)
    agreed = await desk.state(elder)
    await counter.sweep_machine_commands(elder)
    parted = await desk.state(elder)
    assert isinstance(outcome, Refused)
    assert outcome.refusal.reason is RefusalReason.CHANGED
    assert len(agreed.facts.followers) == 1
    assert parted.facts.followers == ()


async def test_an_elder_that_has_no_workflow_yet_lets_the_merge_wait(counter: Counter) -> None:
    desk = counter.desk
    intake = desk.offices.report()
    _, younger = await desk.in_hand()
    elder = OtherCase(id=intake.case_id, code=intake.code, secret=False)
    waiting = await desk.command(younger, "pu.penghubung", Action.MERGE, other=elder)
    outcome = await counter.deliver(younger, waiting)
    assert isinstance(outcome, Unknown)
    assert (await desk.state(younger)).stage is Stage.DISPOSED


async def test_an_elder_that_ended_after_it_had_agreed_takes_nobody_any_more(counter: Counter) -> None:
    """The web died between the two halves of the merge; meanwhile somebody archived the elder case."""
    desk = counter.desk
    _, elder = await desk.in_hand()
    _, younger = await desk.in_hand()
    waiting, state = await counter.joining(younger, elder), await desk.state(younger)
    await desk.act(elder, adoption(waiting, state.case_id, state.code))
    await desk.do(elder, "pu.atasan", Action.ARCHIVE, end_reason=EndReason.SPAM)
    outcome = await counter.deliver(younger, waiting)
    assert isinstance(outcome, Refused) and outcome.refusal.reason is RefusalReason.ELDER_ENDED
    assert (await desk.state(younger)).stage is Stage.DISPOSED


async def test_a_supervisor_parts_them_and_the_elder_hears_of_it(counter: Counter) -> None:
    desk = counter.desk
    _, elder = await desk.in_hand()
    _, younger = await desk.in_hand()
    before = await desk.state(younger)
    await counter.join(younger, elder)
    outcome = await counter.deliver(younger, await desk.command(younger, "pu.atasan", Action.UNMERGE))
    after = await desk.state(younger)
    await counter.sweep_machine_commands(elder)
    leading = await desk.state(elder)
    assert isinstance(outcome, Applied)
    assert after.stage is before.stage
    assert {clock.name for clock in after.live_clocks} == {clock.name for clock in before.live_clocks}
    assert leading.facts.followers == ()


async def test_the_same_merge_sent_twice_is_done_once(counter: Counter) -> None:
    desk = counter.desk
    _, elder = await desk.in_hand()
    _, younger = await desk.in_hand()
    command = await counter.joining(younger, elder)
    first, again = await counter.deliver(younger, command), await counter.deliver(younger, command)
    leading = await desk.state(elder)
    assert isinstance(first, Applied) and first == again
    assert desk.kinds(leading.case_id).count("follower_joined") == 1


async def test_a_command_that_is_called_back_first_is_refused_when_it_comes(counter: Counter) -> None:
    desk = counter.desk
    _, handle = await desk.in_hand()
    waiting = await desk.command(handle, "pu.penghubung", Action.ANSWER)
    cancel = await desk.command(handle, "pu.penghubung", Action.CANCEL, cancels=waiting.id, words="")
    outcome = await counter.deliver(handle, cancel)
    late = await counter.deliver(handle, waiting)
    found = desk.offices.commands.find(waiting.id)
    assert isinstance(outcome, Applied)
    assert isinstance(late, Refused) and late.refusal.reason is RefusalReason.CANCELLED
    assert found is not None and found.outcome == "cancelled"


async def test_a_command_that_was_quicker_than_its_cancel_stays_done(counter: Counter) -> None:
    desk = counter.desk
    _, handle = await desk.in_hand()
    answer = await desk.command(handle, "pu.penghubung", Action.ANSWER)
    cancel = await desk.command(handle, "pu.penghubung", Action.CANCEL, cancels=answer.id, words="")
    await counter.deliver(handle, answer)
    outcome = await counter.deliver(handle, cancel)
    state = await desk.state(handle)
    found = desk.offices.commands.find(answer.id)
    assert isinstance(outcome, Refused) and outcome.refusal.reason is RefusalReason.APPLIED
    assert state.stage is Stage.AWAITING_CONFIRMATION
    assert found is not None and found.outcome == "applied"
