"""Tables of a case: the report, its words and identity (sealed), its read model, log and commands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    TextClause,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.database import Base, Instant
from db.region_table import RegionCode

BigKey = BigInteger().with_variant(Integer(), "sqlite")


class ReportRow(Base):
    """What was received, committed before anything else knows of it."""

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    intake_id: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID made with the form: the same form makes one report."""
    body_hash: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(10), unique=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    mask: Mapped[str] = mapped_column(String(8), index=True)
    """What staff call the reporter."""
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    """The key of this case, wrapped by the master key."""
    channel: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(5))
    kind: Mapped[str] = mapped_column(String(30))
    anonymous: Mapped[bool]
    secret: Mapped[bool]
    verifier_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    happened_on: Mapped[date | None]
    region_code: Mapped[str | None] = mapped_column(RegionCode)
    """Where it happened, as in `region`; stands even if a later list of regions has it no more."""
    category_id: Mapped[int | None]
    """What the reporter chose; what counts is in the state, and may change."""
    received_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    start: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The workflow's input with the promised dates, as computed at intake."""
    entered_by: Mapped[int | None]
    """The member of staff who entered it for somebody at the counter, on paper or on the telephone."""
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    """When the engine took it; empty rows are what the sweeper looks for."""

    __table_args__ = (Index("ix_report_not_started", "started_at", "id"),)


class IdentityRow(Base):
    """The vault: who the reporter is, apart from the content, sealed under the case's key."""

    __tablename__ = "identity"

    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    has_email: Mapped[bool]
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    """When the holder of the key proved that the e-mail address is theirs."""


class MessageRow(Base):
    """Words: the report itself, replies, messages, reasons. Sealed, and immutable once published."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    command_id: Mapped[str | None] = mapped_column(String(36), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    author: Mapped[str] = mapped_column(String(20))
    """`reporter` or `staff`."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    public_to_reporter: Mapped[bool]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
    published_seq: Mapped[int | None]
    """The event that published it; empty while it is a draft."""
    taken_back_seq: Mapped[int | None]
    """The event that took it back before it reached the reporter."""

    __table_args__ = (Index("ix_message_case", "case_id", "id"),)


class FileRow(Base):
    """An attachment; the bytes lie sealed on disk under `stored_as`, as they came."""

    __tablename__ = "file"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    stored_as: Mapped[str] = mapped_column(String(64), unique=True)
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    served_as: Mapped[str | None] = mapped_column(String(64))
    """The copy that people are shown; empty where it is the file itself, and in rows of before."""
    served_type: Mapped[str | None] = mapped_column(String(60))
    """Empty in rows of before; then nobody has drawn a copy yet."""
    thumbnail_as: Mapped[str | None] = mapped_column(String(64))
    width: Mapped[int | None]
    height: Mapped[int | None]


class CommandRow(Base):
    """What somebody asked of a case, from before it was sent until its outcome is known."""

    __tablename__ = "command"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(30))
    body_hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The command as it is sent; ids and enums only."""
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    outcome: Mapped[str] = mapped_column(String(20))
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    seq: Mapped[int | None]
    tries: Mapped[int] = mapped_column(default=0)
    """How often the sweeper has sent it without learning its outcome."""
    tried_at: Mapped[datetime | None] = mapped_column(Instant)
    next_try_at: Mapped[datetime] = mapped_column(Instant)
    """While it waits: when the sweeper may send it (again)."""

    __table_args__ = (
        Index("ix_command_case", "case_id", "recorded_at"),
        Index("ix_command_outcome", "outcome", "recorded_at"),
    )


BOUNCED = text("case_view.bounce_count >= 2")
"""Cases that were sent back twice or more, in the words of their index: see `UNTOLD`."""
STILL_OPEN = text("case_view.stage NOT IN ('closed', 'archived')")
"""Cases that somebody must still do something about, in the words of their index: see `UNTOLD`."""
IS_OPEN = text("end_reason IS NULL")
HAS_CLIMBED = text("level > 0")
IS_CLAIMED = text("claimed_by IS NOT NULL")
_SIGHT = ("level", "secret", "accused_person_id")
"""Who may see a case: it stands in the index, so that counting reads nothing else."""
_COVERED = ("stage", "due_clock", "claimed_by", *_SIGHT)
"""What the views ask of an open case."""
_ASKED = ("stage", "kind", "category_id", "region_code", "claimed_by", *_SIGHT)
"""What a filter asks of any case."""


def _part(name: str, condition: TextClause, *columns: str) -> Index:
    """An index of some rows; both databases use it only where a query says the very same words."""
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


class CaseViewRow(Base):
    """One row a case for lists, kept equal to the workflow's state."""

    __tablename__ = "case_view"

    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(10), unique=True)
    seq: Mapped[int]
    version: Mapped[int]
    stage: Mapped[str] = mapped_column(String(30))
    kind: Mapped[str] = mapped_column(String(30))
    secret: Mapped[bool]
    holder_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    agency_id: Mapped[int | None]
    """The agency to which the holder belongs."""
    level: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    due_clock: Mapped[str | None] = mapped_column(String(30))
    end_reason: Mapped[str | None] = mapped_column(String(30))
    ended: Mapped[bool]
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    """The elder case that this one follows."""
    accused_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """For this person the case does not exist."""
    bounce_count: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was sent back."""
    category_id: Mapped[int | None]
    region_code: Mapped[str | None] = mapped_column(RegionCode)
    received_at: Mapped[datetime] = mapped_column(Instant)
    last_kind: Mapped[str] = mapped_column(String(30))
    last_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[dict[str, Any]] = mapped_column(JSON)
    """A copy of the workflow's state: ids only, enough to rebuild everything."""

    __table_args__ = (
        Index("ix_case_view_newest", "case_id", "holder_id", *_ASKED),
        Index("ix_case_view_agency", "agency_id", "case_id", "holder_id", *_ASKED),
        Index("ix_case_view_agency_due", "agency_id", "due_at", "case_id"),
        Index("ix_case_view_agency_last", "agency_id", "last_at", "case_id"),
        Index("ix_case_view_holder", "holder_id", "case_id", *_ASKED),
        Index("ix_case_view_due", "due_at", "case_id"),
        Index("ix_case_view_last", "last_at", "case_id"),
        Index("ix_case_view_stage", "stage", "due_at", "case_id"),
        Index("ix_case_view_kind", "kind", "due_at", "case_id"),
        Index("ix_case_view_holder_due", "holder_id", "due_at", "case_id"),
        Index("ix_case_view_holder_last", "holder_id", "last_at", "case_id"),
        Index("ix_case_view_end", "end_reason", "stage"),
        Index("ix_case_view_merged", "merged_into", "case_id"),
        Index("ix_case_view_category", "category_id", "due_at", "case_id"),
        Index("ix_case_view_region", "region_code", "case_id"),
        Index("ix_case_view_bounced", "case_id", sqlite_where=BOUNCED, postgresql_where=BOUNCED),
        Index("ix_case_view_unfinished", "case_id", sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN),
        _part("ix_case_view_received", STILL_OPEN, "received_at", "case_id", "holder_id", *_SIGHT),
        _part("ix_case_view_open", IS_OPEN, "due_at", "case_id", "holder_id", *_COVERED),
        _part("ix_case_view_open_agency", IS_OPEN, "agency_id", "due_at", "case_id", "holder_id", *_COVERED),
        _part("ix_case_view_open_holder", IS_OPEN, "holder_id", "due_at", "case_id", *_COVERED),
        _part("ix_case_view_level", HAS_CLIMBED, "level", "due_at", "case_id"),
        _part("ix_case_view_claimed", IS_CLAIMED, "claimed_by", "case_id"),
    )


class CaseAssistantRow(Base):
    """A unit that helps the holder of a case."""

    __tablename__ = "case_assistant"

    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)

    __table_args__ = (Index("ix_case_assistant_unit", "unit_id", "case_id"),)


class CaseLogRow(Base):
    """The append-only log: one row an event, chained by hashes within the case."""

    __tablename__ = "case_log"

    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime] = mapped_column(Instant)
    event: Mapped[dict[str, Any]] = mapped_column(JSON)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    hash: Mapped[str] = mapped_column(String(64))


class DueRow(Base):
    """A computed due date with its derivation; the answer that a repeated `record` gives again.

    `due_at` is empty while an open pause comes before the end.
    """

    __tablename__ = "case_due"

    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    clock: Mapped[str] = mapped_column(String(30), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    provisional: Mapped[bool]
    derivation: Mapped[dict[str, Any]] = mapped_column(JSON)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The whole answer: warnings, grace and rung beside the date; empty in rows of 0.1.0."""


UNTOLD = text(
    "state = 'failed' AND told_at IS NULL AND substr(recipient, 1, 7) <> 'person:' "
    "AND substr(recipient, 1, 11) <> 'subscriber:'"
)
"""Failed messages to reporters of which no case has heard: all that an index holds, and what is looked for.

Both databases use the index only for these very words, without parameters.
"""


class OutboxRow(Base):
    """A message to send: one row per case, event, template and recipient."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    seq: Mapped[int]
    template: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(40))
    """`reporter`, `person:7`, `follower:12`: the reporter of case 12, which was joined to this one, or
    `subscriber:5`: who follows what was published of it."""
    channel: Mapped[str] = mapped_column(String(10), default="mail")
    digest_key: Mapped[str | None] = mapped_column(String(40))
    """Rows with the same key that are due together go in one mail; empty: a mail of its own."""
    carried_by: Mapped[int | None] = mapped_column(BigKey)
    """The row whose mail carried this one; both share its outcome."""
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    """The date that the message promises or reminds of, as it stood at the event."""
    state: Mapped[str] = mapped_column(String(10))
    not_before: Mapped[datetime] = mapped_column(Instant)
    deferred_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it first could not go although it was due; three days later it is given up."""
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str | None] = mapped_column(String(100))
    problem: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    """When the reporter's case was told that it failed; what failed before there was this counts as told."""

    __table_args__ = (
        UniqueConstraint("case_id", "seq", "template", "recipient"),
        Index("ix_outbox_due", "state", "not_before", "id"),
        Index("ix_outbox_digest", "digest_key", "state", "id"),
        Index("ix_outbox_deferred", "state", "deferred_at", "id"),
        Index("ix_outbox_state", "state", "id"),
        Index("ix_outbox_carried", "carried_by"),
        Index("ix_outbox_untold", "state", "told_at", "id", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
    )
