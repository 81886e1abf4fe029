"""The pages of the desk: the list, a case, and what is attached to it."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from domain.code import show_code
from web.auth.person import staff
from web.desk.blueprint import bp
from web.desk.case_page import render_case
from web.desk.list_page import list_page, listing_of
from web.desk.opened import open_case
from web.download import attachment_response, thumbnail_response
from web.services import services


@bp.get("/desk")
def cases() -> ResponseReturnValue:
    """The list of a view or of a search; a search for a code leads to its case."""
    listing = listing_of(staff(), request.args)
    if listing.found.case_code is not None:
        return redirect(url_for("desk.case", code=show_code(listing.found.case_code)), 303)
    return render_template("desk/list.html", **list_page(listing))


@bp.get("/desk/<code>")
def case(code: str) -> ResponseReturnValue:
    """One case."""
    return render_case(open_case(code))


@bp.get("/desk/<code>/berkas/<int(max=9223372036854775807):file_id>")
def attachment(code: str, file_id: int) -> ResponseReturnValue:
    """A file of the case."""
    found = services().reader.file(open_case(code).file.case_id, file_id, for_reporter=False)
    if found is None:
        abort(404)
    return attachment_response(found)


@bp.get("/desk/<code>/berkas/<int(max=9223372036854775807):file_id>/kecil")
def attachment_thumbnail(code: str, file_id: int) -> ResponseReturnValue:
    """The small picture of a file of the case."""
    found = services().reader.thumbnail(open_case(code).file.case_id, file_id, for_reporter=False)
    if found is None:
        abort(404)
    return thumbnail_response(found)
