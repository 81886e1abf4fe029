"""What the tracking page shows: all of it to the holder of the key, stage and dates to everybody else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from flask import render_template, url_for
from sqlalchemy.orm import Session

from db import directory_store
from db.command_store import MAX_MESSAGES
from db.standing_store import Standing, StandingStore
from db.vault_store import Gate
from domain.actor import reporter_actor
from domain.case import Action, Channel, ClockName, Relation, Stage
from domain.code import show_code
from domain.decide import allowed_actions
from domain.event import Event
from domain.state import CaseState
from web.form import Form
from web.presenter.chip import Chip, stage_chip, undated_chip
from web.presenter.clock import ClockView, Running, clock_chip, clock_view, running
from web.presenter.conversation import Letter, Reading, letters
from web.presenter.labels import ACTIONS, KINDS, STAGES, refusal_sentence, units_of_log
from web.presenter.sentence import now_sentence
from web.presenter.stepper import Step, steps
from web.services import services
from web.text import LazyText, gettext

VERDICTS = frozenset({Action.CONFIRM, Action.DISPUTE})
REFUSED_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """The view model of `public/case.html` and, without words, of `public/case_stage.html`."""

    code: str
    title: str
    kind_label: LazyText
    stage_label: LazyText
    received_at: datetime
    anonymous: bool
    secret: bool
    steps: list[Step]
    now: str
    chip: Chip
    promise: ClockView | None
    messages: list[Letter]
    version: int


@dataclass(frozen=True, kw_only=True)
class WaitingView:
    """An act of the reporter that is recorded and not applied yet."""

    label: LazyText
    since: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class RefusedView:
    """An act that was recorded and not applied, with the words that would else be lost."""

    label: LazyText
    at: datetime
    reason: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Forms:
    """The forms of the page, as typed; fresh ones unless given."""

    confirm: Form = field(default_factory=Form)
    dispute: Form = field(default_factory=Form)
    message: Form = field(default_factory=Form)


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What the page reads of a case before it is put into words."""

    found: Standing
    events: list[Event]
    names: dict[int, str]
    due: Running | None
    promise: Running | None


def case_page(gate: Gate, forms: Forms | None = None) -> str:
    """The whole page, for the holder of the key."""
    given = forms or Forms()
    known = _know(gate)
    waiting = _waiting(gate)
    offered = _offered(known.found, waiting)
    left = messages_left(gate)
    writes = Action.MESSAGE in offered and (left > 0 or bool(given.message.errors))
    return render_template(
        "public/case.html",
        case=_view(known),
        waiting=[view for _, view in waiting],
        refused=_refused(gate, known.names),
        confirm_form=given.confirm if Action.CONFIRM in offered else None,
        dispute_form=given.dispute if Action.DISPUTE in offered else None,
        message_form=given.message if writes else None,
        messages_left=left,
        asked=False,
    )


def stage_page(gate: Gate, form: Form, key_action: str) -> str:
    """Stage and dates, and a box for the key that is sent to `key_action`."""
    view = _view(_know(gate), words=False)
    return render_template("public/case_stage.html", case=view, form=form, key_action=key_action)


def offers(gate: Gate, action: Action) -> bool:
    """Whether the page has the form of that act now."""
    return action in _offered(StandingStore(services().database).of(gate.case_id), _waiting(gate))


def messages_left(gate: Gate) -> int:
    """How many more messages the case takes."""
    return max(0, MAX_MESSAGES - services().reader.message_count(gate.case_id))


def holder_name(gate: Gate) -> str:
    """The unit that now has the case."""
    known = _know(gate)
    return known.names.get(known.found.state.holder.id, "")


def _know(gate: Gate) -> _Known:
    """Not a word of the case is unsealed for this."""
    reader, found = services().reader, StandingStore(services().database).of(gate.case_id)
    events = [entry.event for entry in reader.log(gate.case_id)]
    derivations = reader.derivations(gate.case_id)
    with services().database.read() as session:
        names = _names(session, events, found)
        due = running(session, found.state.due, derivations)
        promise = running(session, found.state.clock(_promised(found.state)), derivations)
    return _Known(found=found, events=events, names=names, due=due, promise=promise)


def _names(session: Session, events: list[Event], found: Standing) -> dict[int, str]:
    return directory_store.unit_names(session, units_of_log(events) | {found.state.holder.id})


def _promised(state: CaseState) -> ClockName:
    """The date that concerns the reporter: the answer, or their own to say whether it is done."""
    awaiting = state.stage is Stage.AWAITING_CONFIRMATION
    return ClockName.CONFIRMATION if awaiting else ClockName.RESOLUTION


def _view(known: _Known, *, words: bool = True) -> CaseView:
    found, state, now = known.found, known.found.state, services().now()
    promise = clock_view(known.promise, now) if known.promise and state.stage is not Stage.CLOSED else None
    view = CaseView(
        code=show_code(found.code),
        title="",
        kind_label=KINDS[state.kind],
        stage_label=STAGES[state.stage],
        received_at=found.received_at,
        anonymous=found.anonymous,
        secret=found.secret,
        steps=steps(state.stage, known.events, found.received_at),
        now=_sentence(known, now),
        chip=_chip(known, now),
        promise=promise.without_lines() if promise and not words else promise,
        messages=[],
        version=state.version,
    )
    return replace(view, title=_title(found.case_id), messages=_letters(known)) if words else view


def _title(case_id: int) -> str:
    found = services().reader.by_id(case_id)
    assert found is not None  # noqa: S101  a standing is of a case that is there
    return found.words.title


def _sentence(known: _Known, now: datetime) -> str:
    state = known.found.state
    due_at = None if known.due is None else known.due.derivation.due_at
    return now_sentence(state, known.names.get(state.holder.id, ""), due_at, now)


def _chip(known: _Known, now: datetime) -> Chip:
    by_stage = stage_chip(known.found.state, for_reporter=True)
    if by_stage is not None:
        return by_stage
    return undated_chip() if known.due is None else clock_chip(known.due, now)


def _letters(known: _Known) -> list[Letter]:
    messages = services().reader.messages(known.found.case_id, for_reporter=True)
    code = show_code(known.found.code)
    reading = Reading(
        reporter=gettext("Anda"),
        unit_names=known.names,
        file_url=lambda file_id: url_for("public.attachment", code=code, file_id=file_id),
    )
    return letters(messages, known.events, reading)


def _refused(gate: Gate, names: dict[int, str]) -> list[RefusedView]:
    """The reporter's own newest acts that came to nothing, so that none ends in silence."""
    entries = services().reader.commands(gate.case_id, "refused")
    mine = [entry for entry in entries if Relation.REPORTER in entry.command.actor.relations]
    return [
        RefusedView(
            label=ACTIONS[entry.command.action],
            at=entry.command.recorded_at,
            reason=refusal_sentence(entry.refusal, names) if entry.refusal else "",
            text=entry.text,
        )
        for entry in mine[:REFUSED_SHOWN]
    ]


def _waiting(gate: Gate) -> list[tuple[Action, WaitingView]]:
    """The reporter's own acts; what staff have under way is not theirs to see."""
    entries = services().reader.commands(gate.case_id, "waiting")
    return [
        (
            entry.command.action,
            WaitingView(
                label=ACTIONS[entry.command.action], since=entry.command.recorded_at, text=entry.text
            ),
        )
        for entry in entries
        if Relation.REPORTER in entry.command.actor.relations
    ]


def _offered(found: Standing, waiting: list[tuple[Action, WaitingView]]) -> frozenset[Action]:
    """What the reporter may do now; while a verdict waits, no second one."""
    allowed = frozenset(allowed_actions(found.state, reporter_actor(Channel.WEB)))
    undecided = any(action in VERDICTS for action, _ in waiting)
    return allowed - VERDICTS if undecided else allowed
