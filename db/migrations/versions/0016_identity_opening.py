"""Who opened a reporter's identity, when and for what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "identity_opening",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["report.id"], name="fk_identity_opening_case_id_report"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_identity_opening_person_id_person"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_identity_opening_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_identity_opening"),
    )
    op.create_index("ix_identity_opening_case", "identity_opening", ["case_id", "opened_at"])


def downgrade() -> None:
    op.drop_table("identity_opening")
