"""Failed mails to reporters: whether their case has been told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UNTOLD = "state = 'failed' AND told_at IS NULL AND substr(recipient, 1, 7) <> 'person:'"
WHAT_FAILED_BEFORE_COUNTS_AS_TOLD = "update outbox set told_at = created_at where state = 'failed'"


def upgrade() -> None:
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(WHAT_FAILED_BEFORE_COUNTS_AS_TOLD)
    where = sa.text(UNTOLD)
    columns = ["state", "told_at", "id"]
    op.create_index("ix_outbox_untold", "outbox", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_outbox_untold", table_name="outbox")
    with op.batch_alter_table("outbox") as table:
        table.drop_column("told_at")
