"""A SendGrid-compatible endpoint, so that the demo mails through the very client that production uses."""

from __future__ import annotations

import ipaddress
from typing import Any

from flask import Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from db.dev_mail_store import DevMailStore
from web.dev.blueprint import bp
from web.limit import limiter
from web.security import csrf
from web.services import services

ADDRESS = r"^[^@\s]+@[^@\s]+$"


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow")


class _Address(_Part):
    email: str = Field(pattern=ADDRESS, max_length=320)
    name: str = ""


class _Personalization(_Part):
    to: list[_Address] = Field(min_length=1, max_length=1000)


class _Content(_Part):
    type: str = Field(min_length=1)
    value: str = Field(min_length=1)


class _Mail(_Part):
    """As much of SendGrid's rules for `POST /v3/mail/send` as a client can get wrong."""

    personalizations: list[_Personalization] = Field(min_length=1, max_length=1000)
    sender: _Address = Field(alias="from")
    subject: str = Field(min_length=1)
    content: list[_Content] = Field(min_length=1)


@bp.post("/sendgrid/v3/mail/send")
@limiter.exempt
def sendgrid() -> ResponseReturnValue:
    """Takes a mail from this machine: 202 with `X-Message-Id`, 401 without a key, 400 for a wrong body."""
    if not _from_here():
        abort(404)
    if not request.headers.get("Authorization", "").startswith("Bearer "):
        return _errors(["The provided authorization grant is invalid, expired, or revoked"]), 401
    payload: Any = request.get_json(silent=True)
    wrong = _wrong(payload)
    if wrong:
        return _errors(wrong), 400
    number = DevMailStore(services().database).add(payload)
    response = Response(status=202, mimetype="text/plain")
    response.headers["X-Message-Id"] = f"dev-{number}"
    return response


csrf.exempt(sendgrid)


def _from_here() -> bool:
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _wrong(payload: Any) -> list[str]:
    try:
        _Mail.model_validate(payload)
    except ValidationError as problem:
        return [f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in problem.errors()]
    return []


def _errors(messages: list[str]) -> Any:
    return jsonify(errors=[{"message": message, "field": None, "help": None} for message in messages])
