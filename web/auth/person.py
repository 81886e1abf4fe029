"""The member of staff behind a request, known by a random token in a cookie and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Response, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from db import directory_store
from db.account_store import Person
from domain.case import Role
from web.presenter.labels import ROLES
from web.services import services


class LogInEndedError(Unauthorized):
    """Somebody sent a form of the desk and is not logged in any more; nothing was done."""


ENTERS = frozenset({Role.OPERATOR, Role.LIAISON, Role.AGENCY_ADMIN})
"""Who enters reports for people at the counter, on paper or on the telephone."""
OVERSEES = frozenset(
    {Role.SUPERVISOR, Role.AGENCY_ADMIN, Role.NATIONAL_ADMIN, Role.INSPECTORATE, Role.OVERSEER}
)
"""Who may look into what happened to the cases that they see."""
RUNS_PLATFORM = frozenset({Role.NATIONAL_ADMIN})
"""Who may look into the engine itself, where all cases are by their ids, without words."""
KEPT_OF_VISITOR = ("lang",)
"""What a visitor's session hands on when somebody logs in or out; all else in it ends."""


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who is logged in, as `layout.html` shows it."""

    name: str
    role_label: str
    unit_label: str
    enters: bool = False
    """Whether they may enter reports that did not come over the web."""
    oversees: bool = False


def current_person() -> Person | None:
    """Who is logged in, looked up once a request: a closed account or an ended log-in is nobody."""
    if "person" not in g:
        token = request.cookies.get(cookie_name())
        g.person = services().accounts.person_of(token) if token else None
    found: Person | None = g.person
    return found


def staff() -> Person:
    """Who is logged in, in a view that `require_staff` guards."""
    person = current_person()
    if person is None:
        abort(403)
    return person


def require_staff() -> ResponseReturnValue | None:
    """The guard of a blueprint: visitors are led to the log-in page and back, and may change nothing.

    Raises: LogInEndedError for a form, whose page gives the words back.
    """
    if current_person() is not None:
        return None
    if request.method not in {"GET", "HEAD"}:
        raise LogInEndedError
    return redirect(url_for("auth.login", next=request.full_path.rstrip("?")), 303)


def viewer() -> Viewer | None:
    """Who is logged in, with role and unit in words; of several roles the first is shown."""
    person = current_person()
    if person is None:
        return None
    if not person.memberships:
        return Viewer(name=person.name, role_label="", unit_label="")
    first = person.memberships[0]
    with services().database.read() as session_:
        unit = directory_store.unit_names(session_, {first.unit_id}).get(first.unit_id, "")
    return Viewer(
        name=person.name,
        role_label=str(ROLES[first.role]),
        unit_label=unit,
        enters=any(member.role in ENTERS for member in person.memberships),
        oversees=oversees(person),
    )


def oversees(person: Person) -> bool:
    """Whether some role of theirs is one that oversees."""
    return any(member.role in OVERSEES for member in person.memberships)


def runs_platform(person: Person) -> bool:
    """Whether some role of theirs is one that runs the platform."""
    return any(member.role in RUNS_PLATFORM for member in person.memberships)


def as_overseer(person: Person) -> Person:
    """The same person with only the roles in which they oversee."""
    return replace(person, memberships=tuple(one for one in person.memberships if one.role in OVERSEES))


def locale_of_viewer() -> str | None:
    """The language of the account that is logged in."""
    if g.get("without_viewer"):
        return None
    person = current_person()
    return None if person is None else person.locale


def cookie_name() -> str:
    """With https the browser itself refuses that another host or path sets it."""
    return "__Host-tuntas-staff" if services().settings.secure else "tuntas-staff"


def begin(response: Response, token: str) -> Response:
    """Starts a session for a fresh token; whatever the visitor carried before ends here."""
    end_old_session()
    settings = services().settings
    response.set_cookie(cookie_name(), token, path="/", secure=settings.secure, httponly=True, samesite="Lax")
    return response


def end(response: Response) -> Response:
    """Ends the log-in on the server and in the browser."""
    end_old_session()
    settings = services().settings
    response.delete_cookie(cookie_name(), path="/", secure=settings.secure, httponly=True, samesite="Lax")
    return response


def end_old_session() -> None:
    """Ends the log-in that the request carried, and the visitor's session with its CSRF token."""
    old = request.cookies.get(cookie_name())
    if old:
        services().accounts.log_out(old)
    kept = {name: session[name] for name in KEPT_OF_VISITOR if name in session}
    session.clear()
    session.update(kept)
    g.pop("csrf_token", None)
    g.person = None
