"""Mails: digests, what the provider tells of them, and when they are given up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_outbox_digest": ["digest_key", "state", "id"],
    "ix_outbox_deferred": ["state", "deferred_at", "id"],
    "ix_outbox_state": ["state", "id"],
    "ix_outbox_carried": ["carried_by"],
}
STAFF_MAILS_WAIT_FOR_A_DIGEST = (
    "update outbox set digest_key = recipient "
    "where state = 'pending' and recipient like 'person:%' and template <> 'staff_assigned'"
)
TRIED_MAILS_ARE_DEFERRED = (
    "update outbox set deferred_at = created_at where state = 'pending' and attempts > 0"
)


def upgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest_key", sa.String(length=40), nullable=True))
        batch_op.add_column(
            sa.Column("carried_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("deferred_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(STAFF_MAILS_WAIT_FOR_A_DIGEST)
    op.execute(TRIED_MAILS_ARE_DEFERRED)
    for name, columns in INDEXES.items():
        op.create_index(name, "outbox", columns, unique=False)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="outbox")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("deferred_at")
        batch_op.drop_column("carried_by")
        batch_op.drop_column("digest_key")
