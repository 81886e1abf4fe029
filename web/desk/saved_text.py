"""The saved replies that somebody may insert into the form of a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from db.saved_reply_store import SavedReply
from domain.case import Action
from web.desk.opened import OpenCase
from web.desk.placeholder import filled
from web.services import services

WITH_REPLIES = frozenset({Action.FOLLOW_UP, Action.ANSWER, Action.ASK, Action.CORRECT_REPLY, Action.ARCHIVE})
"""Acts whose words the reporter reads, and which come again and again."""


@dataclass(frozen=True, kw_only=True)
class InsertedText:
    """A saved reply in the choice of a form: `text` is what a script inserts."""

    value: str
    title: str
    text: str


def texts_for(case: OpenCase, actions: Iterable[Action]) -> list[InsertedText]:
    """The texts of one's own units, and of that for which one stands in, if an act has use for them."""
    if WITH_REPLIES.isdisjoint(actions):
        return []
    replies = services().saved_replies.of_units(_unit_ids(case))
    return [InsertedText(value=str(one.id), title=one.title, text=filled(one.text, case)) for one in replies]


def reply_of_unit(case: OpenCase, reply_id: str) -> SavedReply | None:
    """The text of a posted id, if it belongs to one of these units."""
    if not (reply_id.isdecimal() and len(reply_id) < 10):
        return None
    return services().saved_replies.find(int(reply_id), _unit_ids(case))


def _unit_ids(case: OpenCase) -> set[int]:
    stood_in_for = {case.state.holder.id} if case.publishes else set()
    return {member.unit_id for member in case.person.memberships} | stood_in_for
