"""A random number by which a browser is counted once, kept in a signed cookie and as a keyed hash here."""

from __future__ import annotations

import secrets

from flask import Response, request
from itsdangerous import BadData, URLSafeSerializer

from db.support_store import SupportStore
from web.services import services

COOKIE = "tuntas-dukung"
YEAR_SECONDS = 365 * 24 * 60 * 60
NUMBER_BYTES = 12


def support_store() -> SupportStore:
    """The counts of the running application."""
    return SupportStore(services().database)


def has_supported(publication_id: int) -> bool:
    """Whether this browser is counted for a report."""
    number = _number()
    return number is not None and support_store().supports(publication_id, _hash(number))


def supporter() -> str | None:
    """How this browser is known, if it ever supported something."""
    number = _number()
    return None if number is None else _hash(number)


def new_supporter(response: Response) -> str:
    """Gives this browser a number that outlives its visit."""
    number = secrets.token_hex(NUMBER_BYTES)
    response.set_cookie(
        COOKIE,
        str(_serializer().dumps(number)),
        max_age=YEAR_SECONDS,
        path="/laporan",
        secure=services().settings.secure,
        httponly=True,
        samesite="Lax",
    )
    return _hash(number)


def _number() -> str | None:
    try:
        return str(_serializer().loads(request.cookies.get(COOKIE, "")))
    except BadData:
        return None


def _hash(number: str) -> str:
    return services().keyring.fingerprint(f"supporter:{number}")


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(services().keyring.secret("supporter"), salt="tuntas.supporter")
