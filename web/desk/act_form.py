"""The forms of the desk as one table: what was posted, what is wrong with it, and the command it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from db.command_store import STAFF_ONLY
from domain.case import Action
from domain.table import RULES
from schemas.command import NewCommand
from web.desk.field import FILES, ActForm, Widget, check
from web.desk.handing import HANDING
from web.desk.opened import OpenCase
from web.desk.placeholder import spelled, unfilled_places
from web.desk.replying import REPLYING
from web.desk.steering import STEERING, TAKE_OVER
from web.form import Form, posted_form, posted_version
from web.public.upload import read_uploads
from web.services import services
from web.text import gettext

FORMS: Mapping[Action, ActForm] = {**REPLYING, **HANDING, **STEERING}
"""Every act of staff that has a form of its own; `cancel` stands with the command that it calls back."""


def form_of(case: OpenCase, action: Action) -> ActForm:
    """The form of an act on that case."""
    return TAKE_OVER if action is Action.CLAIM and case.taken_by_other is not None else FORMS[action]


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A posted form. `command` is None while something is wrong with the form."""

    form: Form
    command: NewCommand | None


def posted(case: OpenCase, action: Action) -> Posted:
    """The form of an action, checked. Raises: MalformedFormError for hidden fields that we did not make."""
    act, form = FORMS[action], typed(action)
    version = posted_version() if RULES[action].versioned else None
    outdated = version is not None and version != case.state.version
    with services().database.glance():
        for field in act.fields:
            if field.shown(case):
                check(case, field, form, outdated=outdated)
        _check_places(action, form)
        content = act.content(case, form)
    if form.errors:
        form.errors = {
            field.name: form.errors[field.name] for field in act.fields if field.name in form.errors
        }
        return Posted(form=form, command=None)
    command = NewCommand(
        id=form.command_id,
        case_id=case.file.case_id,
        action=action,
        actor=case.actor,
        version=version,
        words=content.words,
        body=content.body,
        files=() if form.uploads is None else form.uploads.files,
    )
    return Posted(form=form, command=command)


def typed(action: Action) -> Form:
    """The form of an action as it was posted, unchecked."""
    fields = FORMS[action].fields
    many = [field.name for field in fields if field.widget is Widget.TICKS]
    form = posted_form([field.name for field in fields], many)
    if FILES in fields:
        form.uploads = read_uploads(FILES.name)
    return form


def _check_places(action: Action, form: Form) -> None:
    """No reporter gets a letter with a place in it that nobody has filled in."""
    left = [] if action in STAFF_ONLY else unfilled_places(form.text("words"))
    if left:
        form.errors["words"] = gettext(
            "Masih ada isian kosong: %(places)s. Ganti dengan kata-kata, atau hapus.", places=spelled(left)
        )


def fresh(case: OpenCase, action: Action) -> Form:
    """An empty form, with what is already known filled in."""
    facts = case.state.facts
    category = str(facts.category_id or "")
    if action is Action.RECLASSIFY:
        return Form(data={"category": category})
    if action is not Action.DISPOSE:
        return Form()
    data: dict[str, str | bool] = {
        "category": category,
        "accused_person": str(facts.accused_person_id or ""),
        "kind": case.state.kind.value,
        "accused": str(case.state.accused_unit_id or ""),
        "assisting": ",".join(str(one) for one in facts.assisting),
        "publish": facts.publish,
    }
    return Form(data=data)
