"""Words that were just sent and come once more under another id: a page restored by the back button."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from db.attachment import Attachment
from db.command_store import MESSAGE_KINDS
from domain.case import Action, Relation
from domain.command import Body
from domain.event import Event
from schemas.command import NewCommand
from web.services import services

SAME_WITHIN = timedelta(minutes=10)
REPEATABLE = frozenset(
    {Action.MESSAGE, Action.FOLLOW_UP, Action.NOTE, Action.CONTRIBUTE, Action.CORRECT_REPLY}
)
"""Acts that the rules would take twice; a second verdict, disposal or answer is refused by the stage."""


def sent_before(new: NewCommand) -> datetime | None:
    """When the same person did the same with the same words, if that was just now and by another form."""
    if new.action not in REPEATABLE or services().commands.find(new.id) is not None:
        return None
    found = [*_waiting(new), *_published(new)]
    since = services().now() - SAME_WITHIN
    return max((at for at in found if at > since), default=None)


def _waiting(new: NewCommand) -> list[datetime]:
    entries = services().reader.commands(new.case_id, "waiting")
    same = (new.action, new.actor.person_id, _particulars(new.body), new.words, _files_of(new))
    return [
        entry.command.recorded_at
        for entry in entries
        if same
        == (
            entry.command.action,
            entry.command.actor.person_id,
            _particulars(entry.command.body),
            entry.text,
            _spelled(entry.attachments),
        )
    ]


def _published(new: NewCommand) -> list[datetime]:
    """By the words and, where more goes with them, by the event that published them."""
    by_reporter = Relation.REPORTER in new.actor.relations
    author = "reporter" if by_reporter else "staff"
    same = (MESSAGE_KINDS[new.action], author, new.actor.person_id, new.words, _files_of(new))
    events = {entry.event.seq: entry.event for entry in services().reader.log(new.case_id)}
    return [
        message.created_at
        for message in services().reader.messages(new.case_id, for_reporter=by_reporter)
        if same
        == (message.kind, message.author, message.person_id, message.text, _spelled(message.attachments))
        and (event := events.get(message.seq or 0)) is not None
        and _particulars(event) == _particulars(new.body)
    ]


def _files_of(new: NewCommand) -> list[tuple[str, int]]:
    return sorted((file.name, len(file.content)) for file in new.files)


def _spelled(attachments: Iterable[Attachment]) -> list[tuple[str, int]]:
    """What tells attachments apart without opening them."""
    return sorted((one.name, one.size) for one in attachments)


def _particulars(said: Body | Event) -> tuple[object, ...]:
    """What goes with the words of an act that can come twice."""
    return said.follow_up, said.promised_on, said.corrects
