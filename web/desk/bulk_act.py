"""Acts that make sense for many cases at once, and what is asked for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from db.account_store import Person
from domain.case import Action
from web.desk.opened import ROLES_OF
from web.text import LazyText, lazy_gettext

MOST_CASES = 100


@dataclass(frozen=True, kw_only=True)
class BulkAct:
    """An act on many cases.

    Attributes:
        fields: those of the act's own form that are asked once for all; the others stay as a case has them.
    """

    title: LazyText
    button: LazyText
    fields: tuple[str, ...] = ()


BULK: Mapping[Action, BulkAct] = {
    Action.CLAIM: BulkAct(title=lazy_gettext("Ambil"), button=lazy_gettext("Ambil semua")),
    Action.RELEASE: BulkAct(title=lazy_gettext("Lepaskan"), button=lazy_gettext("Lepaskan semua")),
    Action.DISPOSE: BulkAct(
        title=lazy_gettext("Disposisikan ke satu unit"),
        button=lazy_gettext("Kirim semua ke unit"),
        fields=("unit", "note"),
    ),
    Action.REASSIGN: BulkAct(
        title=lazy_gettext("Alihkan ke satu unit"),
        button=lazy_gettext("Alihkan semua"),
        fields=("unit", "words"),
    ),
    Action.URGE: BulkAct(title=lazy_gettext("Ingatkan unit pemegang"), button=lazy_gettext("Ingatkan semua")),
    Action.RAISE_CASE: BulkAct(
        title=lazy_gettext("Naikkan jenjang"),
        button=lazy_gettext("Naikkan semua"),
        fields=("words",),
    ),
    Action.EXTEND: BulkAct(
        title=lazy_gettext("Perpanjang tenggat"),
        button=lazy_gettext("Perpanjang semua"),
        fields=("words",),
    ),
    Action.ARCHIVE: BulkAct(
        title=lazy_gettext("Arsipkan"),
        button=lazy_gettext("Arsipkan semua"),
        fields=("end_reason", "words"),
    ),
}


def bulk_options(person: Person) -> list[tuple[str, LazyText]]:
    """The acts that any of the person's roles ever takes, as (value, label)."""
    roles = {member.role for member in person.memberships}
    return [(action.value, act.title) for action, act in BULK.items() if roles & ROLES_OF[action]]
