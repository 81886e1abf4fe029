"""What is public: redacted reports with their search index, support, comments and log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TO_NO_STAFF = "state = 'failed' AND told_at IS NULL AND substr(recipient, 1, 7) <> 'person:'"
TO_REPORTERS = f"{TO_NO_STAFF} AND substr(recipient, 1, 11) <> 'subscriber:'"


def upgrade() -> None:
    publications()
    for name, columns in {
        "ix_publication_newest": ["live", "id"],
        "ix_publication_supported": ["live", "supports", "id"],
    }.items():
        op.create_index(name, "publication", columns)
    log()
    search()
    crowd()
    subscriptions()
    untold(TO_REPORTERS)


def downgrade() -> None:
    untold(TO_NO_STAFF)
    for table in (
        "subscription",
        "publication_comment",
        "publication_support",
        "publication_word",
        "publication_stem",
        "publication_log",
        "publication_reply",
        "publication_region",
        "publication",
    ):
        op.drop_table(table)


def key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    """A foreign key under the name that our convention gives it."""
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def publications() -> None:
    op.create_table(
        "publication",
        sa.Column("id", BIG, nullable=False),
        sa.Column("slug", sa.String(12), nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("supports", sa.Integer(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        key("publication", "case_id", "report"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("slug", name=op.f("uq_publication_slug")),
        sa.UniqueConstraint("case_id", name=op.f("uq_publication_case_id")),
    )
    op.create_table(
        "publication_region",
        sa.Column("code", sa.String(13), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_publication_region")),
    )
    op.create_table(
        "publication_reply",
        sa.Column("publication_id", BIG, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        key("publication_reply", "publication_id", "publication"),
        key("publication_reply", "message_id", "message"),
        sa.PrimaryKeyConstraint("publication_id", "message_id", name=op.f("pk_publication_reply")),
    )


def log() -> None:
    op.create_table(
        "publication_log",
        sa.Column("id", BIG, nullable=False),
        sa.Column("publication_id", BIG, nullable=False),
        sa.Column("form_id", sa.String(36), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("comment_id", BIG, nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(20), nullable=True),
        sa.Column("reason", sa.String(20), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        key("publication_log", "publication_id", "publication"),
        key("publication_log", "person_id", "person"),
        key("publication_log", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_log")),
        sa.UniqueConstraint("form_id", name=op.f("uq_publication_log_form_id")),
    )
    op.create_index("ix_publication_log_publication", "publication_log", ["publication_id", "id"])


def search() -> None:
    op.create_table(
        "publication_stem",
        sa.Column("stem", sa.String(40), nullable=False),
        sa.Column("publication_id", BIG, nullable=False),
        key("publication_stem", "publication_id", "publication"),
        sa.PrimaryKeyConstraint("stem", "publication_id", name=op.f("pk_publication_stem")),
    )
    op.create_index("ix_publication_stem_publication", "publication_stem", ["publication_id"])
    op.create_table(
        "publication_word",
        sa.Column("word", sa.String(40), nullable=False),
        sa.Column("stem", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_publication_word")),
    )
    op.create_index(op.f("ix_publication_word_stem"), "publication_word", ["stem"])


def crowd() -> None:
    op.create_table(
        "publication_support",
        sa.Column("publication_id", BIG, nullable=False),
        sa.Column("supporter", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        key("publication_support", "publication_id", "publication"),
        sa.PrimaryKeyConstraint("publication_id", "supporter", name=op.f("pk_publication_support")),
    )
    op.create_table(
        "publication_comment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("publication_id", BIG, nullable=False),
        sa.Column("form_id", sa.String(36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        key("publication_comment", "publication_id", "publication"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_comment")),
        sa.UniqueConstraint("form_id", name=op.f("uq_publication_comment_form_id")),
    )
    shown = ["publication_id", "state", "id"]
    op.create_index("ix_publication_comment_shown", "publication_comment", shown)
    op.create_index("ix_publication_comment_state", "publication_comment", ["state", "id"])


def subscriptions() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", BIG, nullable=False),
        sa.Column("publication_id", BIG, nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("locale", sa.String(5), nullable=False),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        key("subscription", "publication_id", "publication"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint(
            "publication_id", "address_hash", name=op.f("uq_subscription_publication_id_address_hash")
        ),
    )
    op.create_index("ix_subscription_address", "subscription", ["address_hash", "asked_at"])
    op.create_index("ix_subscription_unanswered", "subscription", ["ended_at", "confirmed_at", "asked_at"])


def untold(which: str) -> None:
    """The failed mails of which a case has to be told; those who follow it are no part of it."""
    where = sa.text(which)
    op.drop_index("ix_outbox_untold", table_name="outbox")
    columns = ["state", "told_at", "id"]
    op.create_index("ix_outbox_untold", "outbox", columns, sqlite_where=where, postgresql_where=where)
