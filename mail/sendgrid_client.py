"""SendGrid: one mail to one address, and an honest word on how it ended."""

from __future__ import annotations

from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from email_validator import EmailNotValidError, validate_email
from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from mail.answer import accepted, refused
from mail.http_line import LineClient, NotConnectedError
from mail.pace import back_off
from mail.problem import Problem
from mail.render import RenderedMail, one_line
from schemas.mail import Deferred, Delivery, OutgoingMail, Undeliverable, UnknownOutcome

SENDER_NAME = "Tuntas"
TRACKING_OFF = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
    "ganalytics": {"enable": False},
}


class MalformedApiKeyError(ValueError):
    """The key is empty or holds signs that no header can carry."""


class MalformedAddressError(ValueError):
    """What should be one plain address is none, or more than one."""


class SendGridMailer:
    """Sends through SendGrid's v3 API at `url`; no step waits longer than `timeout_seconds`.

    Raises: MalformedApiKeyError.
    """

    def __init__(self, api_key: str, url: str, mail_from: str, timeout_seconds: float = 10) -> None:
        key = api_key.strip()
        if not key or not key.isascii() or not key.isprintable():
            raise MalformedApiKeyError
        self._mail_from = mail_from
        self._api = SendGridAPIClient(api_key=key, host=url)
        headers = self._api.client.request_headers
        self._api.client = LineClient(url, version=3, request_headers=headers, timeout=timeout_seconds)

    def deliver(self, mail: OutgoingMail, rendered: RenderedMail, now: datetime) -> Delivery:
        """Sends once. Not safe to repeat after UnknownOutcome: SendGrid knows no key against doubles."""
        try:
            body = message(mail, rendered, self._mail_from)
        except MalformedAddressError:
            return Undeliverable(problem=Problem.ADDRESS)
        try:
            response = self._api.send(body)
        except HTTPError as problem:
            return refused(problem.status_code, problem.headers, mail.attempts, now)
        except (OSError, HTTPException) as problem:
            return _broken_line(problem, mail.attempts, now)
        return accepted(response.headers)


def message(mail: OutgoingMail, rendered: RenderedMail, mail_from: str) -> dict[str, Any]:
    """The body of the request, written out: the library's helpers read names and addresses out of strings.

    Raises: MalformedAddressError.
    """
    return {
        "personalizations": [
            {
                "to": [{"email": plain_address(mail.to_address)}],
                "custom_args": {"outbox_id": str(mail.outbox_id)},
            }
        ],
        "from": {"email": mail_from, "name": SENDER_NAME},
        "subject": one_line(rendered.subject),
        "content": [
            {"type": "text/plain", "value": rendered.text},
            {"type": "text/html", "value": rendered.html},
        ],
        "headers": {"Auto-Submitted": "auto-generated", **_stop_headers(rendered.stop_link)},
        "tracking_settings": TRACKING_OFF,
    }


def _stop_headers(stop_link: str) -> dict[str, str]:
    """By which programs offer to stop such mails with one click. Source: RFC 2369, RFC 8058."""
    if not stop_link:
        return {}
    return {"List-Unsubscribe": f"<{stop_link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def plain_address(typed: str) -> str:
    """Exactly one address in ASCII, without a name. Raises: MalformedAddressError."""
    try:
        checked = validate_email(
            typed, check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError as problem:
        raise MalformedAddressError from problem
    if checked.ascii_email is None:
        raise MalformedAddressError
    return checked.ascii_email


def _broken_line(problem: OSError | HTTPException, attempts: int, now: datetime) -> Delivery:
    """Without a connection nothing has left; after that nobody can say."""
    cause = problem.reason if isinstance(problem, URLError) else problem
    if isinstance(cause, NotConnectedError):
        return Deferred(problem=Problem.UNREACHABLE, not_before=now + back_off(attempts))
    timed_out = isinstance(cause, TimeoutError)
    return UnknownOutcome(problem=Problem.TIMED_OUT if timed_out else Problem.CONNECTION_LOST)
