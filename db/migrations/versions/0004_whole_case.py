"""The whole case: assisting units, joined cases, open pauses and answers taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "case_assistant",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["report.id"], name=op.f("fk_case_assistant_case_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_case_assistant_unit_id")),
        sa.PrimaryKeyConstraint("case_id", "unit_id", name=op.f("pk_case_assistant")),
    )
    op.create_index("ix_case_assistant_unit", "case_assistant", ["unit_id", "case_id"])
    with op.batch_alter_table("message") as table:
        table.add_column(sa.Column("taken_back_seq", sa.Integer(), nullable=True))
    with op.batch_alter_table("case_due") as table:
        table.add_column(sa.Column("answer", sa.JSON(), nullable=True))
        table.alter_column("due_at", existing_type=sa.DateTime(timezone=True), nullable=True)
    with op.batch_alter_table("case_view") as table:
        table.add_column(sa.Column("claimed_by", sa.Integer(), nullable=True))
        table.add_column(sa.Column("merged_into", BIG, nullable=True))
        table.add_column(sa.Column("accused_person_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_case_view_claimed_by"), "person", ["claimed_by"], ["id"])
        table.create_foreign_key(op.f("fk_case_view_merged_into"), "report", ["merged_into"], ["id"])
        table.create_foreign_key(
            op.f("fk_case_view_accused_person_id"), "person", ["accused_person_id"], ["id"]
        )
        table.create_index("ix_case_view_merged", ["merged_into", "case_id"])


def downgrade() -> None:
    with op.batch_alter_table("case_view") as table:
        table.drop_index("ix_case_view_merged")
        for column in ("accused_person_id", "merged_into", "claimed_by"):
            table.drop_constraint(op.f(f"fk_case_view_{column}"), type_="foreignkey")
            table.drop_column(column)
    op.execute("DELETE FROM case_due WHERE due_at IS NULL")
    with op.batch_alter_table("case_due") as table:
        table.alter_column("due_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        table.drop_column("answer")
    with op.batch_alter_table("message") as table:
        table.drop_column("taken_back_seq")
    op.drop_index("ix_case_assistant_unit", table_name="case_assistant")
    op.drop_table("case_assistant")
