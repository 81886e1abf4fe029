"""The desk finds a case by the sign of its reporter, the open case received first, and one's own drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

RECEIVED = ["received_at", "case_id", "holder_id", "level", "secret", "accused_person_id"]
UNFINISHED = "case_view.stage NOT IN ('closed', 'archived')"


def upgrade() -> None:
    where = sa.text(UNFINISHED)
    op.create_index(
        "ix_case_view_received", "case_view", RECEIVED, sqlite_where=where, postgresql_where=where
    )
    op.create_index("ix_report_mask", "report", ["mask"])
    op.create_index("ix_desk_draft_person_id", "desk_draft", ["person_id"])


def downgrade() -> None:
    op.drop_index("ix_desk_draft_person_id", table_name="desk_draft")
    op.drop_index("ix_report_mask", table_name="report")
    op.drop_index("ix_case_view_received", table_name="case_view")
