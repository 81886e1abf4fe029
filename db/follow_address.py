"""Which addresses may be asked whether they want to follow a report.

Anybody can enter anybody's address, so what its reader has said counts for all reports together:

- Who has ended a subscription or turned a question down is asked at most once in 30 days, and so is an
  address that has left ten questions unanswered. A yes, which only its reader can give, lifts this.
- An address that called a mail of ours spam, told the provider to send no more, or bounced for good is never
  asked again.

Nobody learns of it: whoever enters such an address gets the usual answer.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.subscription_table import FollowAddressRow

ENDED, UNWANTED = "ended", "unwanted"
MOST_IGNORED = 10
SELDOM_ASKED_AFTER = timedelta(days=30)


def locked_address(session: Session, address_hash: str) -> FollowAddressRow:
    """The row of an address, made if there is none; others wait for it until this transaction ends."""
    return locked_addresses(session, [address_hash])[0]


def locked_addresses(session: Session, hashes: Collection[str]) -> list[FollowAddressRow]:
    """The same for several, in one order for all, so that nobody waits in a circle."""
    wanted = sorted(set(hashes))
    if not wanted:
        return []
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(FollowAddressRow).on_conflict_do_nothing()
    session.execute(insert, [{"address_hash": one, "unanswered": 0} for one in wanted])
    query = select(FollowAddressRow).where(FollowAddressRow.address_hash.in_(wanted))
    query = query.order_by(FollowAddressRow.address_hash).with_for_update()
    return list(session.scalars(query.execution_options(populate_existing=True)))


def may_be_asked(row: FollowAddressRow, at: datetime) -> bool:
    """Whether an address may get one more question."""
    if row.refused == UNWANTED:
        return False
    seldom = row.refused == ENDED or row.unanswered >= MOST_IGNORED
    return not seldom or row.asked_at is None or row.asked_at <= at - SELDOM_ASKED_AFTER


def note_question(row: FollowAddressRow, at: datetime) -> None:
    """It was asked once more."""
    row.unanswered, row.asked_at = row.unanswered + 1, at


def note_yes(row: FollowAddressRow) -> None:
    """Its reader wants to follow something."""
    row.refused, row.unanswered, row.asked_at = None, 0, None


def note_end(row: FollowAddressRow) -> None:
    """Its reader has had enough of something. Safe to repeat."""
    row.refused = row.refused or ENDED


def note_unwanted(row: FollowAddressRow) -> None:
    """No mail of this kind is ever wanted there, or none arrives. Safe to repeat."""
    row.refused = UNWANTED
