"""The way of a published report and the replies to it, with days instead of instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from db import directory_store
from db.publication_query import PublishedReply, PublishedReport
from db.standing_store import StandingStore
from domain.event import Event
from web.language import today
from web.presenter.conversation import KINDS
from web.presenter.stepper import StepState, steps
from web.services import services
from web.text import LazyText, gettext


@dataclass(frozen=True, kw_only=True)
class PublicReply:
    """A redacted reply under the name of the office that gave it."""

    office: str
    kind_label: str
    on: date
    text: str


@dataclass(frozen=True, kw_only=True)
class PublicStep:
    """A step of `macros/stepper.html` whose hour is nobody's business."""

    label: LazyText
    state: StepState
    at: date | None


def public_steps(report: PublishedReport) -> list[PublicStep]:
    """The stages as everybody may know them."""
    state = StandingStore(services().database).of(report.case_id).state
    return [
        PublicStep(label=step.label, state=step.state, at=None if step.at is None else today(step.at))
        for step in steps(state, _events(report), report.received_at, own=False)
    ]


def public_replies(report: PublishedReport, replies: list[PublishedReply]) -> list[PublicReply]:
    """The published replies, oldest first; people stay unnamed."""
    if not replies:
        return []
    events = {event.seq: event for event in _events(report)}
    units = {event.actor.unit_id for event in events.values() if event.actor.unit_id is not None}
    with services().database.read() as session:
        names = directory_store.unit_names(session, units)
    return [
        PublicReply(
            office=names.get(events[reply.seq].actor.unit_id or 0, "") or gettext("Petugas"),
            kind_label=str(KINDS.get(reply.kind, "")),
            on=today(events[reply.seq].at),
            text=reply.text,
        )
        for reply in replies
        if reply.seq in events
    ]


def _events(report: PublishedReport) -> list[Event]:
    return [entry.event for entry in services().reader.log(report.case_id)]
