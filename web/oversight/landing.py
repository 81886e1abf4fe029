"""The front of oversight: the way to a case by its code, and to the lists of the desk."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from db.desk_filter import DeskView
from domain.code import show_code
from web.auth.person import staff
from web.desk.list_page import VIEWS
from web.form import Form, clean
from web.oversight.blueprint import bp
from web.oversight.opened import find_overseen
from web.text import gettext

LONGEST_CODE = 40
SHOWN = (DeskView.LATE, DeskView.ESCALATED, DeskView.TODAY, DeskView.AWAITING_REPORTER, DeskView.ALL)


@bp.get("", strict_slashes=False)
def landing() -> ResponseReturnValue:
    """`?kode=` leads to the inspector of that case."""
    form = Form(data={"kode": clean(request.args.get("kode", ""))[:LONGEST_CODE]})
    if form.text("kode"):
        found = find_overseen(staff(), form.text("kode"))
        if found is not None:
            return redirect(url_for("oversight.case", code=show_code(found.file.code)), 303)
        form.errors["kode"] = gettext(
            "Kode ini tidak kami kenal, atau bukan laporan yang dapat Anda lihat. Periksa lagi."
        )
    views = [(VIEWS[view], url_for("desk.cases", view=view.value)) for view in SHOWN]
    return render_template("oversight/landing.html", form=form, views=views), 404 if form.errors else 200
