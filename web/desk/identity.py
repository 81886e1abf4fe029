"""Who the reporter is: opened by those who handle the case, with a reason on the record (docs/adr/015)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from db.identity_store import NewOpening, OpenedIdentity
from domain.code import show_code
from domain.identity import OpeningReason, may_open_identity
from schemas.report import Identity
from web.desk.blueprint import bp
from web.desk.opened import OpenCase, open_case
from web.form import Form, posted_form
from web.presenter.labels import reporter_mask
from web.presenter.opening import REASONS, OpeningLine, opening_lines
from web.services import services
from web.text import gettext

WORDS_MIN, WORDS_MAX = 10, 500
FIELDS = ("reason", "words")


@dataclass(frozen=True, kw_only=True)
class IdentityCard:
    """What the page of a case says of the reporter's identity.

    Attributes:
        note: why it stays shut, or that it is shut.
        url: where it is opened; "" for who may not.
    """

    note: str
    url: str
    openings: list[OpeningLine]


@bp.get("/desk/<code>/identitas")
def identity(code: str) -> ResponseReturnValue:
    """The identity, to who has just opened it; else the form that opens it."""
    case = _openable(code)
    return _page(case, Form(data={"reason": "", "words": ""}))


@bp.post("/desk/<code>/identitas")
def open_identity(code: str) -> ResponseReturnValue:
    """Puts the opening on the record; then the page shows the identity."""
    case, form = _openable(code), posted_form(FIELDS)
    form.errors = _errors(form)
    if form.errors:
        return _page(case, form), 400
    services().identities.record(_opening(case, form))
    return redirect(url_for("desk.identity", code=show_code(case.file.code)), 303)


def identity_card(case: OpenCase) -> IdentityCard:
    """For the page of the case."""
    code = show_code(case.file.code)
    return IdentityCard(
        note=_note(case),
        url=url_for("desk.identity", code=code) if _may(case) else "",
        openings=opening_lines(services().identities.openings(case.file.case_id)),
    )


def _note(case: OpenCase) -> str:
    if case.file.anonymous:
        return gettext("Pelapor anonim: namanya dan cara menghubunginya tidak dibuka untuk siapa pun.")
    if not _may(case):
        return gettext("Terkunci. Hanya yang sedang menangani laporan ini dapat membukanya.")
    return gettext("Terkunci. Membukanya perlu alasan, tercatat, dan dapat dibaca pelapor.")


def _may(case: OpenCase) -> bool:
    return may_open_identity(case.actor, case.state.stage, anonymous=case.file.anonymous)


def _openable(code: str) -> OpenCase:
    """The case, if this person may open its identity now; else the request ends with 403."""
    case = open_case(code)
    if not _may(case):
        abort(403)
    return case


def _opening(case: OpenCase, form: Form) -> NewOpening:
    actor = case.actor
    assert actor.person_id is not None and actor.unit_id is not None and actor.role is not None  # noqa: S101
    return NewOpening(
        id=form.command_id,
        case_id=case.file.case_id,
        person_id=actor.person_id,
        unit_id=actor.unit_id,
        role=actor.role,
        reason=OpeningReason(form.text("reason")),
        words=form.text("words"),
    )


def _errors(form: Form) -> dict[str, str]:
    errors = {}
    if form.text("reason") not in set(OpeningReason):
        errors["reason"] = gettext("Pilih untuk apa identitas dibuka.")
    length = len(form.text("words"))
    if length < WORDS_MIN:
        errors["words"] = gettext("Tulis alasannya, paling sedikit %(least)d huruf.", least=WORDS_MIN)
    elif length > WORDS_MAX:
        errors["words"] = gettext(
            "Terlalu panjang: %(length)d huruf, paling banyak %(longest)d.", length=length, longest=WORDS_MAX
        )
    return errors


def _page(case: OpenCase, form: Form) -> str:
    given = services()
    opened = given.identities.opened(case.file.case_id, case.person.id)
    return render_template(
        "desk/identity.html",
        code=show_code(case.file.code),
        title=case.file.words.title,
        reporter=reporter_mask(case.file.mask),
        opened=None if opened is None else _lines(opened),
        until=_until(opened),
        form=form,
        reasons=[(one.value, label) for one, label in REASONS.items()],
        words_max=WORDS_MAX,
        openings=opening_lines(given.identities.openings(case.file.case_id)),
    )


def _until(opened: OpenedIdentity | None) -> datetime | None:
    return None if opened is None else opened.until


def _lines(opened: OpenedIdentity) -> list[tuple[str, str]]:
    """What the reporter has left, under its name; nothing for what they have not."""
    one: Identity = opened.identity
    given = (
        (gettext("Nama"), one.name),
        (gettext("Mewakili"), one.on_behalf_of),
        (gettext("Telepon"), one.phone),
        (gettext("Surel"), one.email),
        (gettext("Alamat"), one.address),
    )
    return [(label, words) for label, words in given if words]
