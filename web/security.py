"""What every answer carries against misuse: headers, the visitor's signed cookie, and limits on bodies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from wsgiref.headers import Headers

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import MethodNotAllowed, NotFound, RequestEntityTooLarge, UnsupportedMediaType

from web.services import Services

MAX_BODY_BYTES = 54 * 1024 * 1024
"""All attachments that the form allows at their largest, with room for its fields and some overweight."""
MAX_FIELD_BYTES = 256 * 1024
MAX_FIELDS = 60
FORM_TYPES = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
JSON_PATHS = frozenset({"/dev/sendgrid/v3/mail/send", "/hooks/sendgrid"})
"""Where a body that is no form is expected; these are for machines."""

CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
FILE_CSP = "default-src 'none'; sandbox"
COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = f"max-age={int(timedelta(days=365).total_seconds())}"

csrf = CSRFProtect()


def protect(app: Flask, given: Services) -> None:
    """Sets up cookies, body limits, CSRF checks and headers. Comes before all that reads a form."""
    secure = given.settings.secure
    app.config.update(
        SECRET_KEY=given.keyring.secret("cookie"),
        SESSION_COOKIE_NAME="__Host-tuntas" if secure else "tuntas",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FIELD_BYTES,
        MAX_FORM_PARTS=MAX_FIELDS,
        WTF_CSRF_TIME_LIMIT=None,  # a slow writer loses nothing: the token lives as long as the cookie
        WTF_CSRF_SSL_STRICT=False,  # it asks for a Referer, which our own policy withholds
    )
    app.before_request(refuse_unread)
    csrf.init_app(app)
    app.after_request(_harden(secure))


def refuse_unread() -> None:
    """Refuses a body by its headers alone, and an address that no page has.

    Raises: NotFound, RequestEntityTooLarge, UnsupportedMediaType.
    """
    if any(sign < " " for sign in request.path):
        raise NotFound
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise RequestEntityTooLarge
    if isinstance(request.routing_exception, MethodNotAllowed):
        return  # which is the better answer, and nobody reads the body
    if request.method in {"POST", "PUT", "PATCH"} and not accepted_type(request.path, request.mimetype):
        raise UnsupportedMediaType


def accepted_type(path: str, media_type: str) -> bool:
    """Whether a path takes a body of that type; "" stands for no type, as an empty post has."""
    if path in JSON_PATHS:
        return media_type == "application/json"
    return media_type in FORM_TYPES


def static_headers(headers: Headers, _path: str, _url: str) -> None:
    """The headers of static files, which are served outside of the application."""
    for name, value in COMMON.items():
        headers[name] = value
    headers["Content-Security-Policy"] = FILE_CSP


def _harden(secure: bool) -> Callable[[Response], Response]:
    """The hook that completes every answer; what a view has set itself stays."""

    def complete(response: Response) -> Response:
        for name, value in COMMON.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", CSP)
        if request.endpoint != "static" and not response.cache_control.immutable:
            response.headers["Cache-Control"] = "no-store"
        if secure:
            response.headers.setdefault("Strict-Transport-Security", HSTS)
        return response

    return complete
