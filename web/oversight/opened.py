"""A case as somebody may look into it who oversees it. One that they may not see does not exist."""

from __future__ import annotations

from flask import abort

from db.account_store import Person
from domain.code import MalformedCodeError, parse_code
from web.auth.person import as_overseer, staff
from web.desk.opened import OpenCase, find_case


def overseen_case(code: str) -> OpenCase:
    """The case of a code for the person who asks. Ends the request with 404 if it is not for them."""
    found = find_overseen(staff(), code)
    if found is None:
        abort(404)
    return found


def find_overseen(person: Person, typed: str) -> OpenCase | None:
    """The case of a code in any spelling, if a role in which that person oversees shows it to them."""
    try:
        code = parse_code(typed)
    except MalformedCodeError:
        return None
    return find_case(as_overseer(person), code)
