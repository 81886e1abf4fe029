"""Outbox rows as mails: whom they reach, where, in which language and about what, as of the last moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from db import directory_store
from db.case_table import CaseViewRow, IdentityRow, OutboxRow, ReportRow
from db.directory_table import PersonRow
from db.keyring import Keyring, SealBrokenError
from db.mail_preference_table import MailPreferenceRow
from db.staff_calendar import calendars_of
from db.subscriber import is_subscriber, subscriber_mail
from schemas.mail import Digest, DigestLine, MailTemplate, OutgoingMail
from schemas.report import Identity

REPORTER = "reporter"
FOLLOWER = "follower:"
PERSON = "person:"
DEFAULT_ZONE = "Asia/Jakarta"
LISTED = 50
"""Messages that a digest lists; the others are counted, and stand on the desk anyway."""
BROKEN = (SealBrokenError, NoResultFound, ValueError, LookupError)
"""What resolving a row raises whose content or surroundings are damaged: no later try would fare better."""


@dataclass(frozen=True)
class _Reader:
    """Who gets a mail. `case_id` and `code` name the case that the mail opens to them."""

    case_id: int
    code: str
    address: str
    locale: str
    is_reporter: bool


def single(session: Session, keyring: Keyring, row: OutboxRow) -> OutgoingMail | None:
    """A row as a mail of its own; None if its reader has no address (any more). Raises: one of `BROKEN`."""
    if is_subscriber(row.recipient):
        return subscriber_mail(session, keyring, row)
    template = MailTemplate(row.template)
    reader = _reader(session, keyring, row)
    if not reader.address:
        return None
    holder_id = session.scalars(select(CaseViewRow.holder_id).where(CaseViewRow.case_id == row.case_id)).one()
    holder = directory_store.unit(session, holder_id)
    return OutgoingMail(
        outbox_id=row.id,
        case_id=reader.case_id,
        code=reader.code,
        template=template,
        locale=reader.locale,
        to_address=reader.address,
        to_reporter=reader.is_reporter,
        unit_name="" if holder is None else holder.name,
        due_at=row.due_at,
        zone=directory_store.calendar_of(session, holder_id).zone,
        attempts=row.attempts,
    )


def digest(session: Session, keyring: Keyring, rows: Sequence[OutboxRow]) -> OutgoingMail | None:
    """Rows of one person, whose templates are known, as one mail that the first of them carries.

    None if the person has no address (any more). Raises: one of `BROKEN`.
    """
    first = rows[0]
    person = _person(session, first)
    if person is None or not person.email:
        return None
    calendar = calendars_of(session, [person.id]).get(person.id)
    return OutgoingMail(
        outbox_id=first.id,
        case_id=first.case_id,
        code=session.get_one(ReportRow, first.case_id).code,
        template=MailTemplate.STAFF_DIGEST,
        locale=person.locale,
        to_address=person.email,
        to_reporter=False,
        unit_name="",
        due_at=None,
        zone=DEFAULT_ZONE if calendar is None else calendar.zone,
        attempts=first.attempts,
        digest=_content(session, rows),
    )


def _content(session: Session, rows: Sequence[OutboxRow]) -> Digest:
    listed = rows[:LISTED]
    query = select(ReportRow.id, ReportRow.code).where(ReportRow.id.in_({row.case_id for row in listed}))
    codes = {found.id: found.code for found in session.execute(query)}
    lines = tuple(
        DigestLine(code=codes[row.case_id], template=MailTemplate(row.template), due_at=row.due_at)
        for row in listed
    )
    return Digest(lines=lines, unlisted=len(rows) - len(listed), reports=len({row.case_id for row in rows}))


def _reader(session: Session, keyring: Keyring, row: OutboxRow) -> _Reader:
    """Whoever a row is for; with an empty address if there is nobody to write to."""
    if row.recipient == REPORTER:
        return _reporter(session, keyring, row.case_id)
    if row.recipient.startswith(FOLLOWER):
        return _reporter(session, keyring, int(row.recipient.removeprefix(FOLLOWER)))
    report = session.get_one(ReportRow, row.case_id)
    person = _person(session, row)
    address, locale = ("", "id") if person is None else (person.email or "", person.locale)
    return _Reader(report.id, report.code, address, locale, is_reporter=False)


def _reporter(session: Session, keyring: Keyring, case_id: int) -> _Reader:
    """The reporter of a case, by the vault and the key of that very case."""
    report = session.get_one(ReportRow, case_id)
    address = _address(session, keyring, report)
    chosen = session.get(MailPreferenceRow, case_id)
    locale = (chosen and chosen.locale) or report.locale
    return _Reader(report.id, report.code, address, locale, is_reporter=True)


def _address(session: Session, keyring: Keyring, report: ReportRow) -> str:
    vault = session.get_one(IdentityRow, report.id)
    if not vault.has_email:
        return ""
    seal = keyring.case_seal(report.wrapped_key, report.code)
    content = seal.open(vault.sealed, f"identity.sealed:{report.code}")
    return Identity.model_validate_json(content).email


def _person(session: Session, row: OutboxRow) -> PersonRow | None:
    """The active account that a row is for."""
    person = session.get(PersonRow, int(row.recipient.removeprefix(PERSON)))
    return person if person is not None and person.active else None
