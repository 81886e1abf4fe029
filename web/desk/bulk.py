"""One act on many cases: chosen in the list, confirmed once, recorded as a whole, told case by case."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from db.account_store import Person
from db.bulk_store import NewBulk, NewItem
from db.command_store import STAFF_ONLY, OtherBodySentError
from db.wire import canonical
from domain.case import Action
from web.auth.person import staff
from web.desk.blueprint import bp
from web.desk.bulk_act import BULK
from web.desk.bulk_case import Chosen, chosen_cases, item_of, shared_fields, shared_options
from web.desk.bulk_page import confirm_page, result_page
from web.desk.bulk_send import send_all
from web.desk.came_from import came_from, list_again
from web.desk.field import CHOOSES
from web.desk.opened import ROLES_OF
from web.desk.placeholder import unfilled_places
from web.form import Form, posted_form
from web.services import services
from web.text import gettext, lazy_gettext

CAME_BEFORE = lazy_gettext("Yang Anda kirim sudah tercatat sebelumnya. Tidak ada yang terkirim dua kali.")
OTHER_CONTENT = lazy_gettext(
    "Formulir ini sudah pernah terkirim dengan isi lain; yang baru ini belum terkirim."
)


@bp.get("/desk/massal")
def bulk() -> ResponseReturnValue:
    """What is about to happen, before it does."""
    person = staff()
    action = _action(person, request.args.get("action", ""))
    chosen = chosen_cases(person, action, request.args.getlist("case"))
    if not chosen:
        flash(gettext("Pilih dulu laporannya, lalu tindakannya."), "info")
        return redirect(list_again(), 303)
    return _confirm(action, chosen, Form())


@bp.post("/desk/massal")
def send_bulk() -> ResponseReturnValue:
    """Records the act for all cases, sends what it can, and leads to what became of them."""
    person = staff()
    action = _action(person, request.form.get("action", ""))
    form = posted_form([field.name for field in shared_fields(action)])
    addresses = request.form.getlist("case")
    body_hash = services().keyring.fingerprint(
        canonical({"action": action.value, "cases": sorted(addresses), "said": form.data})
    )
    try:
        if services().bulks.came_before(form.command_id, person.id, body_hash):
            flash(
                gettext("Yang Anda kirim sudah tercatat sebelumnya. Tidak ada yang terkirim dua kali."),
                "info",
            )
            return _to_result(form.command_id)
        chosen = chosen_cases(person, action, addresses)
        items = _items(action, chosen, form)
        if items is None:
            return _confirm(action, chosen, form), 400
        new = NewBulk(
            id=form.command_id, person_id=person.id, action=action, body_hash=body_hash, items=tuple(items)
        )
        send_all(services(), new.id, services().bulks.record(new))
    except OtherBodySentError:
        flash(
            gettext("Formulir ini sudah pernah terkirim dengan isi lain; yang baru ini belum terkirim."),
            "warning",
        )
        return _confirm(action, chosen_cases(person, action, addresses), form.renewed()), 409
    return _to_result(new.id)


@bp.get("/desk/massal/<bulk_id>")
def bulk_result(bulk_id: str) -> ResponseReturnValue:
    """What became of each case, as the tables know it now."""
    person = staff()
    found = services().bulks.find(bulk_id, person.id)
    if found is None:
        abort(404)
    return render_template("desk/bulk_result.html", **result_page(person, found))


def _action(person: Person, name: str) -> Action:
    """The act of that name. Ends the request with 404 for another, 403 if no role of the person takes it."""
    action = next((one for one in BULK if one.value == name), None)
    if action is None:
        abort(404)
    if not any(member.role in ROLES_OF[action] for member in person.memberships):
        abort(403)
    return action


def _confirm(action: Action, chosen: list[Chosen], form: Form) -> str:
    return render_template("desk/bulk.html", **confirm_page(action, chosen, form))


def _to_result(bulk_id: str) -> ResponseReturnValue:
    return redirect(url_for("desk.bulk_result", bulk_id=bulk_id, **came_from()), 303)


def _items(action: Action, chosen: list[Chosen], form: Form) -> list[NewItem] | None:
    """What is asked of each case; None if something is wrong with the form, or nobody takes part."""
    _check(action, chosen, form)
    if form.errors or all(one.left_out for one in chosen):
        return None
    return [item_of(one, action, form.command_id, form) for one in chosen]


def _check(action: Action, chosen: list[Chosen], form: Form) -> None:
    """Puts beside each field what is wrong with it for all cases alike."""
    options = shared_options(action, chosen)
    for field in shared_fields(action):
        text = form.text(field.name)
        offered = {option[0] for option in options.get(field.name, [])}
        lacking = text not in offered if field.widget in CHOOSES else not text
        if lacking and not field.optional:
            form.errors[field.name] = str(field.missing)
        if len(text) > field.longest:
            form.errors[field.name] = gettext(
                "Terlalu panjang: %(length)d huruf, paling banyak %(longest)d.",
                length=len(text),
                longest=field.longest,
            )
    if action not in STAFF_ONLY and unfilled_places(form.text("words")):
        form.errors["words"] = gettext("Masih ada isian kosong. Ganti dengan kata-kata, atau hapus.")
