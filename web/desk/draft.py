"""Unsent forms on the page of a case: one's own comes back by itself, an operator's can be taken over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from db.desk_draft_store import DeskDraft
from domain.case import Action, Role
from web.desk.field import ActForm, Widget
from web.desk.opened import OpenCase
from web.form import Form
from web.language import ZONE, language, moment
from web.presenter.labels import ROLES
from web.services import services
from web.text import gettext

NOT_KEPT = frozenset({Widget.HIDDEN, Widget.FILES})
"""What the page itself fills in would only be old; files are kept beside the form that brings them."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A draft of somebody else that the reader may take over, as `macros/act.html` shows it."""

    label: str
    text: str
    author: str


@dataclass(frozen=True, kw_only=True)
class CaseDrafts:
    """The drafts of a case that one person may read."""

    own: Mapping[Action, DeskDraft]
    prepared: Mapping[Action, Sequence[DeskDraft]]


NO_DRAFTS = CaseDrafts(own={}, prepared={})


def drafts_of(case: OpenCase) -> CaseDrafts:
    """One's own, and to who speaks for the holder what its operators have prepared."""
    found = services().drafts.of_case(case.file.case_id)
    own = {draft.action: draft for draft in found if draft.person_id == case.person.id}
    prepared: dict[Action, list[DeskDraft]] = {}
    for draft in found:
        if _may_take(case, draft):
            prepared.setdefault(draft.action, []).append(draft)
    return CaseDrafts(own=own, prepared=prepared)


def prepared_by(case: OpenCase, action: Action, author_id: str) -> DeskDraft | None:
    """The draft of that author which this person may take over."""
    offered = drafts_of(case).prepared.get(action, ())
    return next((draft for draft in offered if str(draft.person_id) == author_id), None)


def restored(draft: DeskDraft) -> Form:
    """The form as it was left."""
    return Form(data=dict(draft.fields))


def kept_fields(act: ActForm, form: Form) -> dict[str, str | bool]:
    """What of a form is kept: what was typed or chosen in it."""
    names = [field.name for field in act.fields if field.widget not in NOT_KEPT]
    return {name: value for name in names if (value := form.data.get(name))}


def prepared_lines(drafts: Sequence[DeskDraft]) -> list[Prepared]:
    """Who has prepared what, without names of people."""
    return [
        Prepared(
            label=gettext("Draf dari %(role)s, %(when)s", role=_role(draft), when=moment(draft.saved_at)),
            text=str(draft.fields.get("words", "")),
            author=str(draft.person_id),
        )
        for draft in drafts
    ]


def saved_line(at: datetime) -> str:
    """That a draft is kept, since what time of the day."""
    spelled = "%H.%M" if language() == "id" else "%H:%M"
    return gettext("Draf tersimpan %(time)s", time=at.astimezone(ZoneInfo(ZONE)).strftime(spelled))


def operator_units(case: OpenCase) -> tuple[int, ...]:
    """Whose operators' drafts are settled when this person sends the form."""
    return (case.state.holder.id,) if case.publishes else ()


def _may_take(case: OpenCase, draft: DeskDraft) -> bool:
    by_operator = draft.role is Role.OPERATOR and draft.unit_id == case.state.holder.id
    mine = draft.person_id == case.person.id
    return by_operator and not mine and case.publishes


def _role(draft: DeskDraft) -> str:
    return str(ROLES[draft.role or Role.OPERATOR])
