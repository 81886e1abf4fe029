"""Tables of what is public: redacted reports and replies, their search index, support and comments.

What stands here in plain words was made public by a person. Comments are sealed under the key of their case.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.case_table import BigKey
from db.database import Base, Instant
from db.region_table import RegionCode


class PublicationRow(Base):
    """The redacted version of one report. Whether it is shown also depends on its case, as it is now."""

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    slug: Mapped[str] = mapped_column(String(12), unique=True)
    """The public name: random, so that it says nothing of the tracking code."""
    case_id: Mapped[int] = mapped_column(ForeignKey("report.id"), unique=True)
    version: Mapped[int]
    live: Mapped[bool]
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    supports: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        Index("ix_publication_newest", "live", "id"),
        Index("ix_publication_supported", "live", "supports", "id"),
    )


class PublicationRegionRow(Base):
    """A city, by its code in `region`, in which something was published at some time."""

    __tablename__ = "publication_region"

    code: Mapped[str] = mapped_column(RegionCode, primary_key=True)


class PublicationReplyRow(Base):
    """The redacted version of one reply of an office."""

    __tablename__ = "publication_reply"

    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class PublicationLogRow(Base):
    """Who made what public or took it back, when and why; rows are only ever added."""

    __tablename__ = "publication_log"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    form_id: Mapped[str] = mapped_column(String(36), unique=True)
    """UUID of the form: the same form acts once."""
    body_hash: Mapped[str | None] = mapped_column(String(64))
    """Keyed, of all that the form said: which edition it was stays known when its words are gone."""
    act: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    comment_id: Mapped[int | None] = mapped_column(BigKey)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("ix_publication_log_publication", "publication_id", "id"),)


class PublicationStemRow(Base):
    """The index of the search: which stem stands in which publication."""

    __tablename__ = "publication_stem"

    stem: Mapped[str] = mapped_column(String(40), primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), primary_key=True)

    __table_args__ = (Index("ix_publication_stem_publication", "publication_id"),)


class PublicationWordRow(Base):
    """Words of publications as they were written, by which typing mistakes are seen."""

    __tablename__ = "publication_word"

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    stem: Mapped[str] = mapped_column(String(40), index=True)


class PublicationSupportRow(Base):
    """That a browser said "I met this too"; `supporter` is a keyed hash of its random number."""

    __tablename__ = "publication_support"

    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), primary_key=True)
    supporter: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


class PublicationCommentRow(Base):
    """What somebody wrote below a publication; shown once a person has approved it."""

    __tablename__ = "publication_comment"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"))
    form_id: Mapped[str] = mapped_column(String(36), unique=True)
    body_hash: Mapped[str | None] = mapped_column(String(64))
    """Keyed, of the words; None for one from before there were hashes, like that of the log."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10))
    """`waiting`, `approved` or `rejected`."""
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        Index("ix_publication_comment_shown", "publication_id", "state", "id"),
        Index("ix_publication_comment_state", "state", "id"),
    )
