"""Upkeep: exported histories, daily heads over the logs, and what the doctor finds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "history_export",
        sa.Column("case_id", big, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["report.id"], name=op.f("fk_history_export_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_history_export")),
    )
    op.create_table(
        "finding",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("case_id", big, nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["report.id"], name=op.f("fk_finding_case_id")),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_case_id"), "finding", ["case_id"])
    op.create_index("ix_finding_open", "finding", ["resolved_at", "last_seen_at"])
    op.create_table(
        "log_head",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_log_head")),
    )
    op.create_table(
        "upkeep_place",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("case_id", big, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_upkeep_place")),
    )
    op.create_index("ix_case_log_recorded", "case_log", ["recorded_at"])
    op.create_index("ix_case_view_ended", "case_view", ["ended", "case_id"])


def downgrade() -> None:
    op.drop_index("ix_case_view_ended", "case_view")
    op.drop_index("ix_case_log_recorded", "case_log")
    for table in ("upkeep_place", "log_head", "finding", "history_export"):
        op.drop_table(table)
