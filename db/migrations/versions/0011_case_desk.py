"""The desk's forms: drafts, saved replies, and who entered a report for somebody else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "desk_draft",
        sa.Column("case_id", BIG_KEY, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(30), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(20), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["report.id"], name=op.f("fk_desk_draft_case_id_report")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_desk_draft_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_desk_draft_unit_id_unit")),
        sa.PrimaryKeyConstraint("case_id", "person_id", "action", name=op.f("pk_desk_draft")),
    )
    op.create_table(
        "entry_draft",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_entry_draft_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_entry_draft")),
    )
    op.create_table(
        "saved_reply",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_saved_reply_unit_id_unit")),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_saved_reply_changed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_reply")),
    )
    op.create_index("ix_saved_reply_unit", "saved_reply", ["unit_id", "title", "id"])
    op.add_column("report", sa.Column("entered_by", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("report", "entered_by")
    op.drop_index("ix_saved_reply_unit", table_name="saved_reply")
    op.drop_table("saved_reply")
    op.drop_table("entry_draft")
    op.drop_table("desk_draft")
