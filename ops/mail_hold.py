"""`tuntas mail`: what waits to be sent, and whether it may leave."""

from __future__ import annotations

from datetime import UTC, datetime

from db.mail_hold import MailHoldStore, WaitingMails
from ops.preparation import opened
from ops.refusal import Refusal
from schemas.mail import MailTemplate
from settings import Settings

FREE = "Mails go their way."
NOTHING = "No mail waits."


def held_line(since: datetime) -> str:
    """That nothing leaves, and what to do."""
    return (
        f"Mails are held since {_shown(since)}: `tuntas mail` shows them, `tuntas mail drop` ends what is "
        "stale, `tuntas mail release` lets the rest go."
    )


def waiting_lines(settings: Settings) -> list[str]:
    """Whether mails may leave, and what waits: by template, with ages."""
    with opened(settings) as database:
        store = MailHoldStore(database)
        since, waiting = store.held_since(), store.waiting()
    first = FREE if since is None else held_line(since)
    return [first, *([_line(each, held=since is not None) for each in waiting] or [NOTHING])]


def hold(settings: Settings) -> list[str]:
    """Holds all mails back. Safe to repeat."""
    with opened(settings) as database:
        return [held_line(MailHoldStore(database).hold())]


def release(settings: Settings) -> list[str]:
    """Lets mails go. Safe to repeat."""
    with opened(settings) as database:
        MailHoldStore(database).release()
    return [FREE]


def drop(settings: Settings, queued_until: datetime | None, template: str | None) -> list[str]:
    """Ends waiting mails for good: those from before they were held, or until the instant that is named.

    Raises: Refusal.
    """
    if template is not None and template not in set(MailTemplate):
        raise Refusal(f"There is no mail {template}: `tuntas mail` names those that wait.")
    with opened(settings) as database:
        store = MailHoldStore(database)
        until = queued_until or store.held_since()
        if until is None:
            raise Refusal(
                "Mails are not held: run `tuntas mail hold` first, or name an instant with --until."
            )
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return [f"{store.drop(until, template)} mails queued until {_shown(until)} will never be sent."]


def _line(each: WaitingMails, *, held: bool) -> str:
    span = f"queued {_shown(each.oldest_at)} to {_shown(each.newest_at)}"
    before = f", {each.before} of them before mails were held" if held else ""
    return f"{each.count:>6}  {each.template:<24}  {span}{before}"


def _shown(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
