"""Acts without effect so far on the page of a case: waiting, being called back, refused, cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from db.case_reader import CommandEntry
from domain.case import Action
from domain.code import show_code
from web.desk.case_material import Material
from web.form import Form
from web.presenter.conversation import FileView, file_view
from web.presenter.labels import ACTIONS, actor_label
from web.presenter.refusal import refusal_sentence
from web.text import LazyText, gettext


@dataclass(frozen=True, kw_only=True)
class CommandLine:
    """An act without effect so far: `at` is when it was sent.

    Attributes:
        files: what came with it, while it waits.
        cancels: its id if the reader sent it and can call it back, else "".
        form: the hidden id under which it is called back.
        leaving: its author has called it back, and that waits too.
    """

    label: LazyText
    by: str
    at: datetime
    reason: str
    text: str
    files: list[FileView]
    cancels: str
    form: Form
    leaving: bool


def waiting_lines(given: Material) -> list[CommandLine]:
    """What waits, and what is about to be called back; a cancel itself is said with what it cancels."""
    kept = [entry for entry in given.waiting if entry.command.action is not Action.CANCEL]
    return [_line(entry, given) for entry in (*kept, *given.cancelling)]


def refused_lines(given: Material) -> list[CommandLine]:
    """The newest that came to nothing, with their words."""
    entries = [entry for entry in given.refused if entry.command.action is not Action.CANCEL]
    newest = sorted([*entries, *given.cancelled], key=lambda entry: entry.command.recorded_at, reverse=True)
    return [_line(entry, given) for entry in newest]


def _line(entry: CommandEntry, given: Material) -> CommandLine:
    command = entry.command
    own = command.actor.person_id == given.case.person.id and entry.outcome == "waiting"
    return CommandLine(
        label=ACTIONS[command.action],
        by=actor_label(command.actor, given.names),
        at=command.recorded_at,
        reason=_reason(entry, given),
        text=entry.text,
        files=_files(entry, given) if entry.outcome in {"waiting", "cancelling"} else [],
        cancels=command.id if own else "",
        form=Form(),
        leaving=entry.outcome == "cancelling",
    )


def _files(entry: CommandEntry, given: Material) -> list[FileView]:
    code = show_code(given.file.code)
    return [
        file_view(one, url_for("desk.attachment", code=code, file_id=one.id)) for one in entry.attachments
    ]


def _reason(entry: CommandEntry, given: Material) -> str:
    if entry.outcome == "cancelled":
        return gettext("Dibatalkan oleh pengirimnya sebelum dijalankan.")
    return "" if entry.refusal is None else refusal_sentence(entry.refusal, given.names)
