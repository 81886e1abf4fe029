"""Words that were just sent and come once more under another id: a page restored by the back button."""

from __future__ import annotations

from datetime import datetime, timedelta

from db.command_store import MESSAGE_KINDS
from domain.case import Action, Relation
from schemas.command import NewCommand
from web.services import services

SAME_WITHIN = timedelta(minutes=10)
REPEATABLE = frozenset({Action.MESSAGE, Action.FOLLOW_UP})
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
    same = (new.action, new.actor.person_id, new.body.follow_up, new.body.promised_on, new.words)
    return [
        entry.command.recorded_at
        for entry in entries
        if same
        == (
            entry.command.action,
            entry.command.actor.person_id,
            entry.command.body.follow_up,
            entry.command.body.promised_on,
            entry.text,
        )
    ]


def _published(new: NewCommand) -> list[datetime]:
    """By the words and, where a kind of follow-up goes with them, by the event that published them."""
    author = "reporter" if Relation.REPORTER in new.actor.relations else "staff"
    same = (MESSAGE_KINDS[new.action], author, new.actor.person_id, new.words)
    events = {entry.event.seq: entry.event for entry in services().reader.log(new.case_id)}
    return [
        message.created_at
        for message in services().reader.messages(new.case_id, for_reporter=True)
        if same == (message.kind, message.author, message.person_id, message.text)
        and (event := events.get(message.seq or 0)) is not None
        and (event.follow_up, event.promised_on) == (new.body.follow_up, new.body.promised_on)
    ]
