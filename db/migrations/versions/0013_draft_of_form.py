"""Drafts of reports being entered belong to their form; old drafts of the desk are found by their age."""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
FORM_ID = sa.Column("intake_id", sa.String(36), nullable=False)


def upgrade() -> None:
    kept = _taken_out()
    table = _make_entry_drafts(FORM_ID.copy())
    op.create_index("ix_entry_draft_saved_at", "entry_draft", ["saved_at"])
    op.create_index("ix_desk_draft_saved_at", "desk_draft", ["saved_at"])
    op.bulk_insert(table, [draft | {"intake_id": str(uuid4())} for draft in kept])


def downgrade() -> None:
    """Of several drafts of a person the newest stays."""
    newest = {draft["person_id"]: draft for draft in _taken_out()}
    op.drop_index("ix_desk_draft_saved_at", table_name="desk_draft")
    op.bulk_insert(_make_entry_drafts(), list(newest.values()))


def _taken_out() -> list[dict[str, object]]:
    """All drafts, the newest last; their table is gone then."""
    old = sa.table("entry_draft", sa.column("person_id"), sa.column("sealed"), sa.column("saved_at", INSTANT))
    drafts = [dict(row) for row in op.get_bind().execute(sa.select(old).order_by(old.c.saved_at)).mappings()]
    op.drop_table("entry_draft")
    return drafts


def _make_entry_drafts(*more: sa.Column[str]) -> sa.Table:
    return op.create_table(
        "entry_draft",
        sa.Column("person_id", sa.Integer(), nullable=False),
        *more,
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_entry_draft_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", *(column.name for column in more), name=op.f("pk_entry_draft")),
    )
