"""What the tracking page shows: all of it to the holder of the key, stage and dates to everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask import render_template, url_for

from db.case_reader import CommandEntry, Message
from db.vault_store import Gate
from domain.case import OPEN_STAGES, Action, Stage
from domain.code import show_code
from domain.state import CaseState
from web.form import Form
from web.presenter.category import category_words
from web.presenter.chip import Chip, stage_chip, undated_chip
from web.presenter.clock import ClockView, clock_chip, clock_view, due_of
from web.presenter.conversation import FileView, Letter, Reading, file_view, letters
from web.presenter.labels import ACTIONS, KINDS, OWN_STAGES, STAGES
from web.presenter.opening import opening_lines
from web.presenter.refusal import refusal_sentence
from web.presenter.sentence import now_sentence
from web.presenter.stepper import Step, steps
from web.public.followed import followed_view
from web.public.mail_wanted import wanted_label
from web.public.offer import messages_left, nudge_again_at, offered, own_commands
from web.public.standing import Known, elder_of, know
from web.services import services
from web.text import LazyText, gettext, lazy_gettext

REFUSED_SHOWN = 3
PROMISED_DATE = lazy_gettext("Tanggal yang dijanjikan")
OWN_DATE = lazy_gettext("Batas waktu Anda menjawab")


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """The view model of `public/case.html` and, without words, of `public/case_stage.html`."""

    code: str
    title: str
    kind_label: LazyText
    stage_label: LazyText
    received_at: datetime
    by_hand: bool
    anonymous: bool
    secret: bool
    open: bool
    steps: list[Step]
    now: str
    chip: Chip
    promise: ClockView | None
    promise_title: LazyText
    messages: list[Letter]
    question: str
    version: int
    about: tuple[str, ...] = ()
    """Category and region, as far as they are known."""


@dataclass(frozen=True, kw_only=True)
class CommandView:
    """An act of the reporter without effect so far: waiting, being called back, or come to nothing.

    Attributes:
        files: what came with it, while it waits.
        cancels: its id while it can be called back, else "".
        form: the hidden id under which it is called back.
    """

    label: LazyText
    at: datetime
    text: str
    files: list[FileView]
    reason: str
    cancels: str
    leaving: bool
    form: Form


def case_page(gate: Gate, forms: Mapping[Action, Form] | None = None) -> str:
    """The whole page, for the holder of the key; `forms` are shown in place of fresh ones."""
    typed = forms or {}
    known = know(gate.case_id)
    waiting = own_commands(gate, "waiting")
    allowed, left = offered(known.state, waiting), messages_left(gate)
    if left == 0 and not (Action.MESSAGE in typed and typed[Action.MESSAGE].errors):
        allowed -= {Action.MESSAGE}
    elder = elder_of(known)
    again_at = nudge_again_at(known.state, services().now())
    return render_template(
        "public/case.html",
        case=_view(known),
        followed=None if elder is None else followed_view(elder),
        waiting=_waiting_views(gate, waiting),
        refused=_refused(gate, known.names),
        forms={action.value: typed.get(action) or Form() for action in allowed},
        messages_left=left,
        nudge_again_at=again_at if Action.NUDGE in allowed else None,
        mails_label=wanted_label(gate.case_id),
        openings=opening_lines(services().identities.told(gate.case_id)),
    )


def stage_page(gate: Gate, form: Form, key_action: str) -> str:
    """Stage and dates, and a box for the key that is sent to `key_action`."""
    view = _view(know(gate.case_id), words=False)
    return render_template("public/case_stage.html", case=view, form=form, key_action=key_action)


def _view(known: Known, *, words: bool = True) -> CaseView:
    found, state, now = known.found, known.state, services().now()
    promise = _promise(known, now)
    view = CaseView(
        code=show_code(found.code),
        title="",
        kind_label=KINDS[state.kind],
        stage_label=(OWN_STAGES if words else STAGES)[state.stage],
        received_at=found.received_at,
        by_hand=found.by_hand,
        anonymous=found.anonymous,
        secret=found.secret,
        open=state.stage in OPEN_STAGES,
        steps=steps(state, known.events, found.received_at, by_hand=found.by_hand),
        now=_sentence(known, now),
        chip=_chip(known, now),
        promise=promise.without_lines() if promise and not words else promise,
        promise_title=OWN_DATE if state.stage is Stage.AWAITING_CONFIRMATION else PROMISED_DATE,
        messages=[],
        question="",
        version=state.version,
    )
    return _with_words(view, known) if words else view


def _promise(known: Known, now: datetime) -> ClockView | None:
    if known.promise is None or known.state.stage not in OPEN_STAGES:
        return None
    return clock_view(known.promise, now, for_reporter=True)


def _with_words(view: CaseView, known: Known) -> CaseView:
    found = services().reader.by_id(known.found.case_id)
    assert found is not None  # noqa: S101  a standing is of a case that is there
    messages = services().reader.messages(known.found.case_id, for_reporter=True)
    title, question = found.words.title, _question(messages, known.state)
    about = tuple(words for words in (category_words(found.category), found.region) if words)
    return replace(view, title=title, messages=_letters(known, messages), question=question, about=about)


def _question(messages: list[Message], state: CaseState) -> str:
    """What the reporter was asked last, while an answer is awaited."""
    asked = [message.text for message in messages if message.kind == "question"]
    return asked[-1] if asked and state.facts.return_stage is not None and state.stage in OPEN_STAGES else ""


def _sentence(known: Known, now: datetime) -> str:
    due_at = None if known.due is None else due_of(known.due)
    return now_sentence(known.state, known.holder, due_at, now)


def _chip(known: Known, now: datetime) -> Chip:
    by_stage = stage_chip(known.state.stage, for_reporter=True)
    if by_stage is not None:
        return by_stage
    return undated_chip() if known.due is None else clock_chip(known.due, now)


def _letters(known: Known, messages: list[Message]) -> list[Letter]:
    code = show_code(known.found.code)
    reading = Reading(
        reporter=gettext("Anda"),
        unit_names=known.names,
        file_url=lambda file_id: url_for("public.attachment", code=code, file_id=file_id),
        came_at=known.found.received_at if known.found.by_hand else None,
    )
    return letters(messages, known.events, reading)


def _waiting_views(gate: Gate, waiting: list[CommandEntry]) -> list[CommandView]:
    """What waits, and what is about to be called back; a cancel itself is said with what it cancels."""
    kept = [entry for entry in waiting if entry.command.action is not Action.CANCEL]
    return [_command_view(gate, entry, "") for entry in (*kept, *own_commands(gate, "cancelling"))]


def _refused(gate: Gate, names: Mapping[int, str]) -> list[CommandView]:
    """The reporter's own newest acts that came to nothing, so that none ends in silence."""
    refused = [
        _command_view(gate, entry, refusal_sentence(entry.refusal, names) if entry.refusal else "")
        for entry in own_commands(gate, "refused")
        if entry.command.action is not Action.CANCEL
    ]
    own_choice = gettext("Anda membatalkannya sebelum dijalankan.")
    called_back = [
        _command_view(gate, entry, own_choice) for entry in own_commands(gate, "cancelled") if entry.text
    ]
    return sorted([*refused, *called_back], key=lambda view: view.at, reverse=True)[:REFUSED_SHOWN]


def _command_view(gate: Gate, entry: CommandEntry, reason: str) -> CommandView:
    return CommandView(
        label=ACTIONS[entry.command.action],
        at=entry.command.recorded_at,
        text=entry.text,
        files=[] if reason else _files(gate, entry),
        reason=reason,
        cancels=entry.command.id if entry.outcome == "waiting" else "",
        leaving=entry.outcome == "cancelling",
        form=Form(),
    )


def _files(gate: Gate, entry: CommandEntry) -> list[FileView]:
    code = show_code(gate.code)
    return [
        file_view(one, url_for("public.attachment", code=code, file_id=one.id)) for one in entry.attachments
    ]
