"""The desk: saved views, acts on many cases, the search, and an index for each order of the list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ORDERS = {
    "ix_case_view_stage": ["stage", "due_at", "case_id"],
    "ix_case_view_level": ["level", "case_id"],
    "ix_case_view_last": ["last_at", "case_id"],
    "ix_case_view_holder_due": ["holder_id", "due_at", "case_id"],
    "ix_case_view_holder_last": ["holder_id", "last_at", "case_id"],
}


def upgrade() -> None:
    _make_search()
    _make_saved_view()
    _make_bulk()
    for name, columns in ORDERS.items():
        op.create_index(name, "case_view", columns)


def _make_search() -> None:
    op.create_table(
        "search_token",
        sa.Column("token", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", BIG_KEY, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["report.id"], name="fk_search_token_case_id"),
        sa.PrimaryKeyConstraint("token", "case_id", name="pk_search_token"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_token_case", "search_token", ["case_id"])
    op.create_table(
        "searched_case",
        sa.Column("case_id", BIG_KEY, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["report.id"], name="fk_searched_case_case_id"),
        sa.PrimaryKeyConstraint("case_id", name="pk_searched_case"),
    )


def _make_saved_view() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_saved_view_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.UniqueConstraint("person_id", "name", name="uq_saved_view_person_id_name"),
    )


def _make_bulk() -> None:
    op.create_table(
        "bulk",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(30), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_bulk_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bulk"),
    )
    op.create_index("ix_bulk_person", "bulk", ["person_id", "created_at"])
    op.create_table(
        "bulk_item",
        sa.Column("bulk_id", sa.String(36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("case_id", BIG_KEY, nullable=False),
        sa.Column("command_id", sa.String(36), nullable=True),
        sa.Column("problem", sa.String(20), nullable=True),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulk.id"], name="fk_bulk_item_bulk_id"),
        sa.ForeignKeyConstraint(["case_id"], ["report.id"], name="fk_bulk_item_case_id"),
        sa.ForeignKeyConstraint(["command_id"], ["command.id"], name="fk_bulk_item_command_id"),
        sa.PrimaryKeyConstraint("bulk_id", "position", name="pk_bulk_item"),
        sa.UniqueConstraint("command_id", name="uq_bulk_item_command_id"),
    )
    op.create_index("ix_bulk_item_case_id", "bulk_item", ["case_id"])


def downgrade() -> None:
    for name in ORDERS:
        op.drop_index(name, table_name="case_view")
    for name in ("bulk_item", "bulk", "saved_view", "searched_case", "search_token"):
        op.drop_table(name)
