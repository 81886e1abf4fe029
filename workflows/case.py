"""One report, from its receipt to the end of its reopen or revive window, as a durable workflow.

It owns all decisions and clocks of its case. Words and names never come here.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.case_record import CaseRecordActivities
    from domain.actor import Actor
    from domain.agenda import AgendaItem, Outage, agenda
    from domain.case import Action
    from domain.command import Command, Refusal
    from domain.decide import allowed_actions, begin, decide, refusal
    from domain.event import Event
    from domain.fire import fire, mail_failed, recount, shift
    from domain.state import CaseState, evolve, with_dues
    from schemas.case import (
        REFUSED,
        AllowedActions,
        CalendarChange,
        CaseAgenda,
        CaseInput,
        CommandResult,
        MailFailure,
        RecordInput,
        Refused,
    )
    from workflows.case_display import attributes, details, timer_summary
    from workflows.case_update import CaseUpdates
    from workflows.options import CONTINUE_AFTER_EVENTS, GRACE, LATE_AFTER, RECORD_RETRY, RECORD_TIMEOUT


ONE_GRACE = "one-grace-for-all"


@dataclass(frozen=True, kw_only=True)
class Grace:
    """The time after an outage in which waiting commands and the outage itself are told first."""

    item: AgendaItem
    begun_at: datetime
    ends_at: datetime


@workflow.defn
class CaseWorkflow(CaseUpdates):
    """The life of one case. Handlers never await: they decide, change the state and queue the event."""

    @workflow.init
    def __init__(self, given: CaseInput) -> None:
        self._state = given.state
        self._pending = list(given.pending)
        self._changes = 0
        self._writing = False
        self._shown: CaseState | None = None
        self._grace: Grace | None = None
        if given.state.seq == 0:
            self._happen(begin(given.state, given.clocks, given.state.received_at))

    @workflow.run
    async def run(self, given: CaseInput) -> CaseState:
        """Waits for people and for time until the case's life has ended."""
        writer = asyncio.create_task(self._write())
        while not (self._state.ended and self._settled):
            if self._history_is_long():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(self.handed_on)
            changes = self._changes
            item = next(iter(agenda(self._state)), None)
            if item is None:
                await self._changed(changes, None, "a change")
            elif await self._reached(item, changes):
                self._happen(fire(self._state, item, workflow.now()))
        await workflow.wait_condition(workflow.all_handlers_finished)
        writer.cancel()
        return self._state

    @workflow.signal
    def message(self, command: Command) -> None:
        self._apply_if_possible(command)

    @workflow.signal
    def nudge(self, command: Command) -> None:
        self._apply_if_possible(command)

    @workflow.signal
    def outage_ended(self, outage: Outage) -> None:
        self._happen_if_any(shift(self._state, outage, workflow.now()))

    @workflow.signal
    def calendar_changed(self, change: CalendarChange) -> None:
        self._happen_if_any(recount(self._state, frozenset(change.unit_ids), workflow.now()))

    @workflow.signal
    def mail_failed(self, failure: MailFailure) -> None:
        self._happen_if_any(mail_failed(self._state, failure.id, failure.problem, workflow.now()))

    @workflow.query
    def get_case(self) -> CaseState:
        """The state as decided, and so ahead of the tables while an event is being written."""
        return self._state

    @workflow.query
    def get_agenda(self) -> CaseAgenda:
        return CaseAgenda(items=agenda(self._state))

    @workflow.query
    def get_allowed_actions(self, actor: Actor) -> AllowedActions:
        return AllowedActions(actions=allowed_actions(self._state, actor))

    def check(self, command: Command) -> None:
        """Refuses before anything reaches the history; a repeat is let through to its first answer.

        Whether a younger case may join is asked anew each time.
        """
        answered = command.id in self._state.done and command.action is not Action.ADOPT
        refused = None if answered else refusal(self._state, command)
        if refused is not None:
            raise _refusal_error(refused)

    def apply(self, command: Command) -> CommandResult:
        """Decides and changes the state; a repeat gets its first answer."""
        known = self._state.done.get(command.id)
        if known is not None:
            return CommandResult(seq=known)
        decision = decide(self._state, command)
        if isinstance(decision, Refusal):
            raise _refusal_error(decision)
        self._happen(decision)
        return CommandResult(seq=decision.seq)

    @property
    def handed_on(self) -> CaseInput:
        """What another run needs to go on from here."""
        return CaseInput(state=self._state, pending=tuple(self._pending))

    def _apply_if_possible(self, command: Command) -> None:
        if command.id not in self._state.done and refusal(self._state, command) is None:
            self.apply(command)

    def _happen_if_any(self, event: Event | None) -> None:
        if event is not None:
            self._happen(event)

    def _happen(self, event: Event) -> None:
        self._state = evolve(self._state, event)
        self._pending.append(event)
        self._changes += 1

    @property
    def _settled(self) -> bool:
        return not self._pending and not self._writing

    async def _write(self) -> None:
        """Records pending events in order, beside the loop, for as long as the case lives."""
        while True:
            await workflow.wait_condition(lambda: bool(self._pending))
            self._writing = True
            events = tuple(self._pending)
            result = await workflow.execute_activity_method(
                CaseRecordActivities.record,
                RecordInput(events=events, state=self._state),
                start_to_close_timeout=RECORD_TIMEOUT,
                retry_policy=RECORD_RETRY,
                summary=f"record {events[0].seq}–{events[-1].seq}",
            )
            del self._pending[: len(events)]
            self._state = with_dues(self._state, result.dues)
            self._writing = False
            self._changes += 1
            self._show()

    def _show(self) -> None:
        """For the engine's own lists and pages; attributes are written only where they differ."""
        workflow.set_current_details(details(self._state))
        now, before = attributes(self._state), self._shown and attributes(self._shown)
        self._shown = self._state
        if now != before:
            workflow.upsert_search_attributes(now)

    async def _reached(self, item: AgendaItem, changes: int) -> bool:
        """Waits for an instant, after an outage for one grace more; False if something changed before."""
        summary = timer_summary(item)
        if await self._changed(changes, item.at - workflow.now(), summary):
            return False
        if workflow.now() - item.at <= LATE_AFTER:
            return True
        left = self._grace_for(item) - workflow.now()
        return left <= timedelta() or not await self._changed(changes, left, f"grace before {summary}")

    def _grace_for(self, item: AgendaItem) -> datetime:
        """When the grace after an outage ends: one for all that was late when it began.

        Histories from before have one for each item.
        """
        now, shared = workflow.now(), workflow.patched(ONE_GRACE)
        covered = self._grace is not None and (
            item.at <= self._grace.begun_at if shared else item == self._grace.item
        )
        if self._grace is None or not covered:
            self._grace = Grace(item=item, begun_at=now, ends_at=now + GRACE)
        return self._grace.ends_at

    async def _changed(self, changes: int, within: timedelta | None, summary: str) -> bool:
        try:
            await workflow.wait_condition(
                lambda: self._changes != changes,
                timeout=None if within is None else max(within, timedelta(milliseconds=1)),
                timeout_summary=summary,
            )
        except TimeoutError:
            return False
        return True

    def _history_is_long(self) -> bool:
        info = workflow.info()
        return (
            info.is_continue_as_new_suggested() or info.get_current_history_length() > CONTINUE_AFTER_EVENTS
        )


def _refusal_error(refused: Refusal) -> ApplicationError:
    return ApplicationError(
        f"refused: {refused.reason.value}", Refused(refusal=refused), type=REFUSED, non_retryable=True
    )
