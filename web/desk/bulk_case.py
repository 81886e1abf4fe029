"""The cases that were chosen for one act: which of them can take part, and what each would be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from db.account_store import Person
from db.bulk_store import LeftOut, NewItem
from domain.case import Action
from domain.code import MalformedCodeError, parse_code
from domain.command import RefusalReason
from domain.decide import barred
from domain.table import RULES
from schemas.command import NewCommand
from web.desk.act_form import FORMS, fresh
from web.desk.bulk_act import BULK, MOST_CASES
from web.desk.field import CHOOSES, Field, Option, check
from web.desk.opened import OpenCase, find_case, rung_above
from web.form import Form

LONGEST_VERSION = 9


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A chosen case. `version` is what the form was made from; `left_out` why it cannot take part.

    `barred` is what the rules say of that, if they say it.
    One that has changed since takes part: the rules refuse it, and say who did what meanwhile.
    """

    case: OpenCase
    version: int
    left_out: LeftOut | None
    barred: RefusalReason | None = None

    @property
    def address(self) -> str:
        """How a form that is made now names it: code and version."""
        return f"{self.case.file.code}:{self.case.state.version}"

    @property
    def outdated(self) -> bool:
        """Whether the case has changed since the form was made."""
        return self.version != self.case.state.version


def chosen_cases(person: Person, action: Action, addresses: Iterable[str]) -> list[Chosen]:
    """The cases of these addresses that the person may see, each once and in their order."""
    wanted: dict[str, int | None] = {}
    for address in addresses:
        code, _, version = address.partition(":")
        wanted.setdefault(_plain(code), _version(version))
    found = ((find_case(person, code), version) for code, version in list(wanted.items())[:MOST_CASES])
    return [_chosen(case, action, version) for case, version in found if case is not None]


def shared_fields(action: Action) -> list[Field]:
    """The fields that are asked once for all."""
    return [field for field in FORMS[action].fields if field.name in BULK[action].fields]


def shared_options(action: Action, chosen: Sequence[Chosen]) -> Mapping[str, list[Option]]:
    """What can be chosen in each field for every case that takes part."""
    taking_part = [one.case for one in chosen if one.left_out is None and not one.outdated]
    choosing = [field for field in shared_fields(action) if field.widget in CHOOSES]
    return {field.name: _common(field, taking_part) for field in choosing}


def item_of(chosen: Chosen, action: Action, bulk_id: str, given: Form) -> NewItem:
    """What is asked of one case: the act's own form, with what was said for all and what the case has."""
    case = chosen.case
    if chosen.left_out is not None:
        return NewItem(case_id=case.file.case_id, left_out=chosen.left_out)
    form, act = fresh(case, action), FORMS[action]
    form.data |= given.data
    for field in act.fields:
        if field.shown(case):
            check(case, field, form, outdated=chosen.outdated)
    content = act.content(case, form)
    if form.errors:
        return NewItem(case_id=case.file.case_id, left_out=LeftOut.NOT_FIT)
    command = NewCommand(
        id=str(uuid5(UUID(bulk_id), case.file.code)),
        case_id=case.file.case_id,
        action=action,
        actor=case.actor,
        version=chosen.version if RULES[action].versioned else None,
        words=content.words,
        body=content.body,
    )
    return NewItem(case_id=case.file.case_id, command=command)


def _chosen(case: OpenCase, action: Action, version: int | None) -> Chosen:
    known = case.state.version if version is None else version
    outdated = known != case.state.version
    if outdated:
        return Chosen(case=case, version=known, left_out=None)
    if _is_so(case, action):
        return Chosen(case=case, version=known, left_out=LeftOut.ALREADY)
    bar = barred(case.state, case.actor, action) or _bars_here(case, action)
    left_out = None if bar is None else LEFT_OUT_BY.get(bar, LeftOut.NOT_NOW)
    return Chosen(case=case, version=known, left_out=left_out, barred=bar)


LEFT_OUT_BY: Mapping[RefusalReason, LeftOut] = {
    RefusalReason.WRONG_STAGE: LeftOut.WRONG_STAGE,
    RefusalReason.ENDED: LeftOut.WRONG_STAGE,
    RefusalReason.NOT_YOURS: LeftOut.NOT_YOURS,
}


def _bars_here(case: OpenCase, action: Action) -> RefusalReason | None:
    """What only the tables know: who stands above, and who is on it."""
    if action is Action.RAISE_CASE and rung_above(case) is None:
        return RefusalReason.TOP_RUNG
    return RefusalReason.OTHERS_CLAIM if action is Action.RELEASE and case.taken_by_other else None


def _is_so(case: OpenCase, action: Action) -> bool:
    claimed_by = case.state.facts.claimed_by
    mine = action is Action.CLAIM and claimed_by == case.person.id
    return mine or (action is Action.RELEASE and claimed_by is None)


def _common(field: Field, cases: Sequence[OpenCase]) -> list[Option]:
    """The options that every case has; cases that are held alike have the same."""
    known: dict[object, list[Option]] = {}
    for case in cases:
        alike = (
            case.state.holder.id,
            case.file.secret,
            case.state.accused_unit_id,
            case.state.facts.accused_person_id,
            case.actor.role,
        )
        if alike not in known:
            known[alike] = field.options(case)
    several = list(known.values())
    shared = (
        set.intersection(*({option[0] for option in options} for options in several)) if several else set()
    )
    return [option for options in several[:1] for option in options if option[0] in shared]


def _plain(code: str) -> str:
    try:
        return parse_code(code)
    except MalformedCodeError:
        return ""


def _version(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_VERSION else None
