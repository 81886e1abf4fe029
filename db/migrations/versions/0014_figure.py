"""Figures for those who oversee: what is measured of each case, targets, and two more lists."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTED = ["month", "measure", "outcome", "first", "days", "rating"]
ASIDE = ["secret", "accused_person_id", "counted_at"]
LISTS = {
    "ix_case_view_bounced": "case_view.bounce_count >= 2",
    "ix_case_view_open": "case_view.stage NOT IN ('closed', 'archived')",
}
SOURCE = "Target nasional laporan yang ditangani, sebagaimana dikutip sebuah pemerintah kota: 90 %."
BOUNCES = {
    "sqlite": "CASE WHEN json_valid(state) THEN json_extract(state, '$.facts.bounce_count') END",
    "postgresql": "CAST(state -> 'facts' ->> 'bounce_count' AS integer)",
}
"""How often a case was sent back, as its state knows it; states of 0.1.0 do not."""


def upgrade() -> None:
    _make_measure()
    _make_target()
    op.add_column("case_view", sa.Column("bounce_count", sa.Integer(), server_default="0", nullable=False))
    known = BOUNCES[op.get_bind().dialect.name]
    op.execute(f"UPDATE case_view SET bounce_count = {known} WHERE {known} > 0")  # noqa: S608  ours alone
    for name, held in LISTS.items():
        where = sa.text(held)
        op.create_index(name, "case_view", ["case_id"], sqlite_where=where, postgresql_where=where)


def _make_measure() -> None:
    op.create_table(
        "case_measure",
        sa.Column("case_id", BIG_KEY, nullable=False),
        sa.Column("measure", sa.String(12), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("accused_person_id", sa.Integer(), nullable=True),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("counted_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["report.id"], name="fk_case_measure_case_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_case_measure_unit_id"),
        sa.ForeignKeyConstraint(
            ["accused_person_id"], ["person.id"], name="fk_case_measure_accused_person_id"
        ),
        sa.PrimaryKeyConstraint("case_id", "measure", "round", name="pk_case_measure"),
    )
    op.create_index("ix_case_measure_unit", "case_measure", ["unit_id", *COUNTED, *ASIDE])
    op.create_index("ix_case_measure_month", "case_measure", [*COUNTED, "unit_id", *ASIDE])


def _make_target() -> None:
    table = op.create_table(
        "figure_target",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("measure", sa.String(12), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("near_percent", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(400), nullable=False),
        sa.Column("valid_from", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_figure_target"),
    )
    op.create_index("ix_figure_target_measure", "figure_target", ["measure", "valid_from"])
    shared = {
        "percent": 90,
        "near_percent": 80,
        "source": SOURCE,
        "valid_from": datetime(2020, 1, 1, tzinfo=UTC),
    }
    op.bulk_insert(table, [{"measure": name, **shared} for name in ("follow_up", "resolution")])


def downgrade() -> None:
    for name in LISTS:
        op.drop_index(name, "case_view")
    with op.batch_alter_table("case_view") as table:
        table.drop_column("bounce_count")
    op.drop_table("figure_target")
    op.drop_table("case_measure")
