"""The acts that a page offers, as cards with their forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.case import Action
from domain.table import RULES
from web.desk.act_form import FORMS, fresh
from web.desk.field import Field, Option
from web.desk.offer import BUTTONS, GROUPS, main_of
from web.desk.opened import OpenCase
from web.form import Form
from web.text import LazyText


@dataclass(frozen=True, kw_only=True)
class FieldView:
    """A field as `macros/act.html` draws it."""

    field: Field
    options: list[Option]
    attrs: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ActCard:
    """An act that is offered, with its form. `version` goes back with it, if others' acts matter."""

    verb: str
    title: LazyText
    button: LazyText
    lead: str
    fields: list[FieldView]
    folded: list[FieldView]
    version: int | None
    form: Form

    @property
    def opened(self) -> bool:
        """Whether it stands open because of something that was typed into it."""
        return bool(self.form.errors) or any(
            self.form.text(view.field.name) for view in self.fields if not view.options
        )

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


def acts_of(case: OpenCase, offered: list[Action], forms: Mapping[Action, Form]) -> Acts:
    """The cards of what is offered; a form in `forms` is shown in place of a fresh one, and stands out."""
    cards = {action: _card(case, action, forms.get(action)) for action in offered}
    given = next((action for action in forms if action in cards and action not in BUTTONS), None)
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


def _card(case: OpenCase, action: Action, form: Form | None) -> ActCard:
    act = FORMS[action]
    fields = [
        FieldView(field=field, options=field.options(case), attrs=field.attrs(case))
        for field in act.fields
        if field.shown(case)
    ]
    return ActCard(
        verb=action.value,
        title=act.title,
        button=act.button,
        lead=act.lead(case),
        fields=[view for view in fields if not view.field.folded],
        folded=[view for view in fields if view.field.folded],
        version=case.state.version if RULES[action].versioned else None,
        form=form or fresh(case, action),
    )
