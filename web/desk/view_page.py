"""The views that a person keeps: saved from the list, renamed and forgotten on a page of their own."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from db.account_store import Person
from db.saved_view_store import LONGEST_NAME, MOST_VIEWS, NameTakenError, TooManyViewsError
from web.auth.person import staff
from web.desk.blueprint import bp
from web.desk.list_asked import asked_of
from web.desk.list_choice import list_choices
from web.desk.list_page import list_url
from web.desk.opened import desk_query, onlooker
from web.form import Form, posted_form
from web.services import services
from web.text import gettext

ID = "int(max=2147483647)"


@bp.get("/desk/pandangan")
def views() -> ResponseReturnValue:
    """One's own views, to be renamed or forgotten."""
    return _page(staff())


@bp.post("/desk/pandangan")
def save_view() -> ResponseReturnValue:
    """Keeps the filters of a list under a name, and leads back to that list."""
    person = staff()
    filters, form = _filters(person), posted_form(["name"])
    if not _is_name(form):
        return _page(person, save=form, filters=filters), 400
    try:
        services().saved_views.save(person.id, form.text("name"), filters)
    except TooManyViewsError:
        form.errors["name"] = gettext(
            "Anda sudah menyimpan %(most)d pandangan. Hapus salah satu, lalu simpan lagi.", most=MOST_VIEWS
        )
        return _page(person, save=form, filters=filters), 400
    flash(gettext("Pandangan “%(name)s” tersimpan.", name=form.text("name")), "success")
    return redirect(list_url(filters), 303)


@bp.post(f"/desk/pandangan/<{ID}:view_id>")
def rename_view(view_id: int) -> ResponseReturnValue:
    """Gives one of one's own views another name."""
    person, form = staff(), posted_form(["name"])
    if not _is_name(form):
        return _page(person, renamed=(view_id, form)), 400
    try:
        if not services().saved_views.rename(person.id, view_id, form.text("name")):
            abort(404)
    except NameTakenError:
        form.errors["name"] = gettext("Nama ini sudah dipakai pandangan Anda yang lain.")
        return _page(person, renamed=(view_id, form)), 400
    flash(gettext("Nama pandangan diubah menjadi “%(name)s”.", name=form.text("name")), "success")
    return redirect(url_for("desk.views"), 303)


@bp.post(f"/desk/pandangan/<{ID}:view_id>/hapus")
def delete_view(view_id: int) -> ResponseReturnValue:
    """Forgets one of one's own views; no case changes."""
    services().saved_views.delete(staff().id, view_id)
    flash(gettext("Pandangan dihapus. Laporannya tidak berubah."), "success")
    return redirect(url_for("desk.views"), 303)


@bp.get(f"/desk/pandangan/<{ID}:view_id>")
@bp.get(f"/desk/pandangan/<{ID}:view_id>/hapus")
def view_again(view_id: int) -> ResponseReturnValue:
    """For those who reload the address of a change, or switch its language."""
    return redirect(url_for("desk.views"), 303)


def _filters(person: Person) -> dict[str, str]:
    """What makes sense of the posted filters; words of a search are never kept."""
    query, who = desk_query(), onlooker(person)
    given = {name: value for name, value in request.form.items() if name != "q"}
    asked = asked_of(person, given, list_choices(query, who, given))
    return {name: value for name, value in asked.data.items() if value}


def _is_name(form: Form) -> bool:
    """Whether the form holds a name; else it says what is wrong."""
    name = " ".join(form.text("name").split())
    form.data["name"] = name
    if not name:
        form.errors["name"] = gettext("Tulis nama pandangannya.")
    elif len(name) > LONGEST_NAME:
        form.errors["name"] = gettext("Paling banyak %(longest)d huruf.", longest=LONGEST_NAME)
    return not form.errors


def _page(
    person: Person,
    *,
    save: Form | None = None,
    filters: dict[str, str] | None = None,
    renamed: tuple[int, Form] | None = None,
) -> str:
    context: dict[str, Any] = {
        "lines": [
            {
                "id": view.id,
                "name": view.name,
                "url": list_url(view.filters),
                "form": renamed[1] if renamed and renamed[0] == view.id else Form(data={"name": view.name}),
            }
            for view in services().saved_views.of(person.id)
        ],
        "save": save,
        "filters": filters or {},
        "wrong": save or (renamed[1] if renamed else Form()),
        "wrong_prefix": f"view-{renamed[0]}-" if renamed else "",
        "back_url": url_for("desk.cases"),
    }
    return render_template("desk/views.html", **context)
