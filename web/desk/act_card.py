"""The acts that a page offers, as cards with their forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from domain.case import Action
from domain.table import RULES
from web.desk.act_form import form_of, fresh
from web.desk.consequence import consequences_of
from web.desk.draft import NO_DRAFTS, CaseDrafts, Prepared, prepared_lines, restored, saved_line
from web.desk.field import ActForm, Field, Option, Widget
from web.desk.offer import BUTTONS, GROUPS, main_of
from web.desk.opened import OpenCase
from web.desk.preview import Preview
from web.desk.saved_text import WITH_REPLIES, InsertedText, texts_for
from web.form import Form
from web.text import LazyText, lazy_gettext

PREPARE = lazy_gettext("Siapkan jawaban")
PREPARED_FOR = lazy_gettext(
    "Jawaban diterbitkan oleh pejabat penghubung. Tulis drafnya di sini; ia melihatnya di halaman ini."
)


@dataclass(frozen=True, kw_only=True)
class FieldView:
    """A field as `macros/act.html` draws it."""

    field: Field
    options: list[Option]
    attrs: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ActCard:
    """An act that is offered, with its form. `version` goes back with it, if others' acts matter.

    Attributes:
        follows: what follows from it, before anything is typed; `preview`: from what was typed.
        sends: whether this person may send it; one who may not keeps a draft for those who may.
        saved: that the form was restored from a draft, and of when; "" if it was not.
        prepared: drafts of others that can be taken over; `replies`: texts that can be inserted.
    """

    verb: str
    title: LazyText
    button: LazyText
    lead: str
    fields: list[FieldView]
    folded: list[FieldView]
    version: int | None
    form: Form
    follows: tuple[LazyText, ...] = ()
    preview: Preview | None = None
    sends: bool = True
    saved: str = ""
    prepared: list[Prepared] = field(default_factory=list)
    replies: list[InsertedText] = field(default_factory=list)

    @property
    def has_fields(self) -> bool:
        """Whether there is anything to type or choose, and so to keep or to look at before."""
        return any(view.field.widget is not Widget.HIDDEN for view in (*self.fields, *self.folded))

    @property
    def opened(self) -> bool:
        """Whether it stands open: something in it is wrong, is being looked at, or waits to be sent."""
        return bool(self.form.errors or self.preview or self.saved or self.prepared)

    @property
    def unfolds(self) -> bool:
        """Whether the further details stand open: one of them is wrong, or says something."""
        names = {view.field.name for view in self.folded}
        return any(self.form.errors.get(name) or self.form.data.get(name) for name in names)


@dataclass(frozen=True, kw_only=True)
class ActGroup:
    """Folded cards under the words that tell them from others."""

    label: LazyText
    cards: list[ActCard]


@dataclass(frozen=True, kw_only=True)
class Acts:
    """`acts` in `desk/case.html`: the main card, the folded ones, and the button of who takes the case."""

    main: ActCard | None
    groups: list[ActGroup]
    buttons: list[ActCard]

    @property
    def cards(self) -> list[ActCard]:
        """All cards with forms, for the summary of errors."""
        others = [card for group in self.groups for card in group.cards]
        return [*([self.main] if self.main else []), *others]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What is known of the forms of a page before they are drawn.

    Attributes:
        forms: shown in place of fresh ones, and standing out; `preview` belongs to them.
        prepares: acts that this person only writes for somebody else.
    """

    forms: Mapping[Action, Form] = field(default_factory=dict)
    preview: Preview | None = None
    drafts: CaseDrafts = NO_DRAFTS
    prepares: Sequence[Action] = ()
    replies: list[InsertedText] = field(default_factory=list)


def acts_of(case: OpenCase, offered: list[Action], shown: Shown) -> Acts:
    """The cards of what is offered and of what one prepares for others."""
    actions = (*offered, *shown.prepares)
    shown = replace(shown, replies=texts_for(case, actions))
    cards = {action: act_card(case, action, shown) for action in actions}
    given = next((action for action in shown.forms if action in cards and action not in BUTTONS), None)
    main = given or main_of(offered)
    groups = [
        ActGroup(label=label, cards=[cards[action] for action in actions if _is_folded(action, main, cards)])
        for label, actions in GROUPS.items()
    ]
    return Acts(
        main=cards[main] if main else None,
        groups=[group for group in groups if group.cards],
        buttons=[cards[action] for action in offered if action in BUTTONS],
    )


def _is_folded(action: Action, main: Action | None, cards: Mapping[Action, ActCard]) -> bool:
    return action in cards and action is not main


def act_card(case: OpenCase, action: Action, shown: Shown) -> ActCard:
    """The card of one act."""
    act, given = form_of(case, action), shown.forms.get(action)
    draft = None if given else shown.drafts.own.get(action)
    sends = action not in shown.prepares
    fields = [view for view in _views(case, act) if sends or view.field.widget is not Widget.FILES]
    return ActCard(
        verb=action.value,
        title=act.title if sends else PREPARE,
        button=act.button,
        lead=act.lead(case) if sends else str(PREPARED_FOR),
        fields=[view for view in fields if not view.field.folded],
        folded=[view for view in fields if view.field.folded],
        version=case.state.version if RULES[action].versioned else None,
        form=given or (restored(draft) if draft else fresh(case, action)),
        follows=consequences_of(action) if sends else (),
        preview=shown.preview if given else None,
        sends=sends,
        saved=saved_line(draft.saved_at) if draft else "",
        prepared=prepared_lines(shown.drafts.prepared.get(action, ())),
        replies=shown.replies if action in WITH_REPLIES else [],
    )


def _views(case: OpenCase, act: ActForm) -> list[FieldView]:
    return [
        FieldView(field=one, options=one.options(case), attrs=one.attrs(case))
        for one in act.fields
        if one.shown(case)
    ]
