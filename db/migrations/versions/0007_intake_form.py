"""The form in steps: regions, categories and drafts; where a report happened and what it is about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORD = sa.String(40).with_variant(sa.String(40, "C"), "postgresql")
OF_CASES = ("report", "case_view")


def upgrade() -> None:
    _create_category()
    _create_region()
    op.create_table(
        "report_draft",
        sa.Column("intake_id", sa.String(36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("intake_id", name=op.f("pk_report_draft")),
    )
    op.create_index("ix_report_draft_changed_at", "report_draft", ["changed_at"])
    for name in OF_CASES:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("region_code", sa.String(13), nullable=True))
            table.add_column(sa.Column("category_id", sa.Integer(), nullable=True))
    op.create_index("ix_case_view_category", "case_view", ["category_id", "case_id"])
    op.create_index("ix_case_view_region", "case_view", ["region_code", "case_id"])


def downgrade() -> None:
    op.drop_index("ix_case_view_region", table_name="case_view")
    op.drop_index("ix_case_view_category", table_name="case_view")
    for name in OF_CASES:
        op.drop_column(name, "category_id")
        op.drop_column(name, "region_code")
    op.drop_index("ix_report_draft_changed_at", table_name="report_draft")
    for name in ("report_draft", "region_word"):
        op.drop_table(name)
    op.drop_index("ix_region_parent_code", table_name="region")
    op.drop_table("region")
    op.drop_index("ix_category_parent", table_name="category")
    op.drop_table("category")


def _create_category() -> None:
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("name_en", sa.String(100), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["category.id"], name=op.f("fk_category_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("code", name=op.f("uq_category_code")),
    )
    op.create_index("ix_category_parent", "category", ["parent_id", "sort"])


def _create_region() -> None:
    op.create_table(
        "region",
        sa.Column("code", sa.String(13), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("parent_code", sa.String(13), nullable=True),
        sa.Column("path", sa.String(250), nullable=False),
        sa.Column("search", sa.String(250), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_index("ix_region_parent_code", "region", ["parent_code"])
    op.create_table(
        "region_word",
        sa.Column("word", WORD, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(13), nullable=False),
        sa.PrimaryKeyConstraint("word", "level", "code", name=op.f("pk_region_word")),
    )
