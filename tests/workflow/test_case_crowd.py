"""Many at once: two acts on one version, thousands of messages, and a history that stays small."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from temporalio.client import WorkflowUpdateFailedError

from db.command_store import MAX_MESSAGES, TooManyMessagesError
from domain.case import Action, FollowUp
from domain.command import Command
from domain.event import EventKind
from schemas.command import NewCommand
from tests.offices import Offices
from tests.workflow.conftest import Desk

MESSAGES = 12_000


def taken_of_many(offices: Offices, case_id: int) -> list[Command]:
    """The messages of a crowd that were recorded; beside the worker's loop, which must not stand still."""
    taken = []
    for number in range(MESSAGES):
        new = NewCommand(
            id=str(uuid4()),
            case_id=case_id,
            action=Action.MESSAGE,
            actor=offices.reporter(),
            words=f"Pesan {number}",
        )
        try:
            taken.append(offices.commands.record(new).command)
        except TooManyMessagesError:
            continue
    return taken


async def test_of_twenty_acts_at_once_one_wins_and_all_others_are_told(local_desk: Desk) -> None:
    intake, handle = await local_desk.in_hand()
    commands = [await local_desk.command(handle, "pu.penghubung", Action.ANSWER) for _ in range(20)]
    done = await asyncio.gather(
        *(local_desk.act(handle, command) for command in commands), return_exceptions=True
    )
    await local_desk.state(handle)
    applied = [each for each in done if isinstance(each, int)]
    refused = [each for each in done if isinstance(each, WorkflowUpdateFailedError)]
    assert (len(applied), len(refused)) == (1, 19)
    assert local_desk.kinds(intake.case_id) == ["received", "disposed", "answered"]


async def test_twelve_thousand_messages_are_capped_and_none_that_was_taken_is_lost(local_desk: Desk) -> None:
    """What a person is told to be sent is counted here, and must all be in the log."""
    intake, handle = await local_desk.in_hand()
    taken = await asyncio.to_thread(taken_of_many, local_desk.offices, intake.case_id)
    for command in taken:
        await local_desk.act(handle, command)
    await local_desk.state(handle)
    logged = {
        entry.event.command_id
        for entry in local_desk.log(intake.case_id)
        if entry.event.kind is EventKind.MESSAGE_RECEIVED
    }
    assert 0 < len(taken) <= MAX_MESSAGES
    assert logged == {command.id for command in taken}


async def test_thousands_of_signals_that_come_anyway_are_all_applied(
    local_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other channels may bring more than the web takes: the history is cut, and nothing is lost."""
    monkeypatch.setattr("workflows.options.CONTINUE_AFTER_EVENTS", 400)
    intake, handle = await local_desk.in_hand()
    first_run = (await handle.describe()).run_id
    template = await local_desk.command(handle, None, Action.MESSAGE)
    commands = [
        type(template)(**{**vars(template), "id": f"m-{number}", "message_id": template.message_id})
        for number in range(600)
    ]
    for start in range(0, len(commands), 50):
        batch = commands[start : start + 50]
        await asyncio.gather(*(handle.signal("message", command) for command in batch))
    state = await local_desk.state(handle)
    logged = [entry.event.command_id for entry in local_desk.log(intake.case_id)]
    assert state.seq == 2 + len(commands)
    assert {command.id for command in commands} <= set(logged)
    assert (await handle.describe()).run_id != first_run


async def test_a_decision_costs_at_most_sixteen_events(local_desk: Desk) -> None:
    _, handle = await local_desk.in_hand()
    await local_desk.state(handle)
    before = len((await handle.fetch_history()).events)
    for _ in range(5):
        await local_desk.do(handle, "pu.penghubung", Action.FOLLOW_UP, follow_up=FollowUp.ACTION)
    after = len((await handle.fetch_history()).events)
    assert (after - before) / 5 <= 16
