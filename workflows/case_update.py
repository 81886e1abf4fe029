"""What a person can ask of a case and waits for: one update a row of the table, named after its action.

The names are what the engine's histories show and what its clients call. Every handler decides by the case's
`apply`, every validator refuses by its `check`; neither awaits.
"""

from __future__ import annotations

from typing import Any

from temporalio import workflow
from temporalio.workflow import UpdateMethodMultiParam

with workflow.unsafe.imports_passed_through():
    from domain.case import Action
    from domain.command import Command
    from schemas.case import CommandResult


Update = UpdateMethodMultiParam[[Any, Command], CommandResult]


def _update(action: Action) -> Update:
    """The update of an action. The SDK takes a first parameter for the case only if it has no annotation."""

    def handle(self, command: Command) -> CommandResult:  # type: ignore[no-untyped-def]
        result: CommandResult = self.apply(command)
        return result

    def validate(self, command: Command) -> None:  # type: ignore[no-untyped-def]
        self.check(command)

    handle.__name__, validate.__name__ = action.value, f"validate_{action.value}"
    update: Update = workflow.update(name=action.value)(handle)
    update.validator(validate)
    return update


class CaseUpdates:
    """The updates; messages and nudges, for which nobody waits, are signals of the workflow."""

    dispose = _update(Action.DISPOSE)
    ask = _update(Action.ASK)
    complete = _update(Action.COMPLETE)
    not_ours = _update(Action.NOT_OURS)
    return_case = _update(Action.RETURN_CASE)
    redispose = _update(Action.REDISPOSE)
    follow_up = _update(Action.FOLLOW_UP)
    answer = _update(Action.ANSWER)
    take_back = _update(Action.TAKE_BACK)
    correct_reply = _update(Action.CORRECT_REPLY)
    confirm = _update(Action.CONFIRM)
    dispute = _update(Action.DISPUTE)
    archive = _update(Action.ARCHIVE)
    withdraw = _update(Action.WITHDRAW)
    merge = _update(Action.MERGE)
    unmerge = _update(Action.UNMERGE)
    reassign = _update(Action.REASSIGN)
    extend = _update(Action.EXTEND)
    reclassify = _update(Action.RECLASSIFY)
    claim = _update(Action.CLAIM)
    release = _update(Action.RELEASE)
    urge = _update(Action.URGE)
    raise_case = _update(Action.RAISE_CASE)
    note = _update(Action.NOTE)
    contribute = _update(Action.CONTRIBUTE)
    reopen = _update(Action.REOPEN)
    revive = _update(Action.REVIVE)
    transfer_to_ombudsman = _update(Action.TRANSFER_TO_OMBUDSMAN)
    cancel = _update(Action.CANCEL)
    adopt = _update(Action.ADOPT)
    disown = _update(Action.DISOWN)
