"""The pages of the desk: the list, a case, and what is attached to it."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from web.auth.person import staff
from web.desk.blueprint import bp
from web.desk.case_page import render_case
from web.desk.list_page import list_page
from web.desk.opened import open_case
from web.download import attachment_response
from web.services import services


@bp.get("/desk")
def cases() -> ResponseReturnValue:
    """The list of a saved view."""
    return render_template("desk/list.html", **list_page(staff(), request.args))


@bp.get("/desk/<code>")
def case(code: str) -> ResponseReturnValue:
    """One case."""
    return render_case(open_case(code))


@bp.get("/desk/<code>/berkas/<int(max=9223372036854775807):file_id>")
def attachment(code: str, file_id: int) -> ResponseReturnValue:
    """A file of the case, to be saved and never shown by the browser."""
    found = services().reader.file(open_case(code).file.case_id, file_id)
    if found is None:
        abort(404)
    return attachment_response(*found)
