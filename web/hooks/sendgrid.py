"""What the mail provider tells of mails that it took: the only way to settle an unknown outcome."""

from __future__ import annotations

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from db.mail_preference_store import MailPreferenceStore
from db.outbox_store import OutboxStore
from db.subscription_store import SubscriptionStore
from mail.event_webhook import SIGNATURE_HEADER, TIMESTAMP_HEADER, UnreadableEventsError, provider_events
from web.hooks.blueprint import bp, webhook_key
from web.limit import limiter
from web.security import csrf
from web.services import services

MAX_BYTES = 2 * 1024 * 1024
"""More than twice of what SendGrid puts into one call."""


@bp.post("/sendgrid")
@limiter.exempt
def sendgrid() -> ResponseReturnValue:
    """Takes signed events: 200 once they are committed, 403 for another's, 404 where no key is set."""
    key = webhook_key()
    if key is None:
        abort(404)
    if (request.content_length or 0) > MAX_BYTES:
        abort(413)
    request.max_content_length = MAX_BYTES
    body = request.get_data(cache=False)
    headers, now = request.headers, services().now()
    if not key.signed(body, headers.get(SIGNATURE_HEADER, ""), headers.get(TIMESTAMP_HEADER, ""), now):
        abort(403)
    try:
        events = provider_events(body)
    except UnreadableEventsError:
        abort(400)
    OutboxStore(services().database, services().keyring).hear(events, now)
    MailPreferenceStore(services().database).hear(events)
    SubscriptionStore(services().database, services().keyring).hear(events)
    return Response(status=200, mimetype="text/plain")


csrf.exempt(sendgrid)
