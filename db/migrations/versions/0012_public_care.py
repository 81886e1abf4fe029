"""Which words a public form has brought, and which addresses are not to be asked again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
FORMS = ("publication_log", "publication_comment")


def upgrade() -> None:
    for table in FORMS:
        op.add_column(table, sa.Column("body_hash", sa.String(64), nullable=True))
    op.create_table(
        "follow_address",
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("refused", sa.String(10), nullable=True),
        sa.Column("unanswered", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_follow_address")),
    )


def downgrade() -> None:
    op.drop_table("follow_address")
    for table in FORMS:
        op.drop_column(table, "body_hash")
