"""The addresses to which other machines post, and the keys by which they are known."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app

from mail.event_webhook import MalformedWebhookKeyError, WebhookKey
from settings import Settings, SettingsError

KEY = "tuntas.sendgrid_webhook_key"

bp = Blueprint("hooks", __name__, url_prefix="/hooks")


def take_keys(app: Flask, settings: Settings) -> None:
    """Reads the keys before the first request comes. Raises: SettingsError."""
    text = settings.sendgrid_webhook_key
    try:
        app.extensions[KEY] = None if text is None else WebhookKey(text)
    except MalformedWebhookKeyError as problem:
        wrong = "SENDGRID_WEBHOOK_KEY is no public key: copy it from SendGrid's signed event webhook."
        raise SettingsError([wrong]) from problem


def webhook_key() -> WebhookKey | None:
    """The key of the mail provider; None where its webhook is not set up."""
    found: WebhookKey | None = current_app.extensions[KEY]
    return found
