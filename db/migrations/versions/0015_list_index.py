"""The lists of the desk: the agency of each case, and an index for each part in sight, view and order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SIGHT = ["level", "secret", "accused_person_id"]
COVERED = ["holder_id", "stage", "due_clock", "claimed_by", *SIGHT]
ASKED = ["stage", "kind", "category_id", "region_code", "claimed_by", *SIGHT]
INDEXES: dict[str, tuple[list[str], str | None]] = {
    "ix_case_view_agency_due": (["agency_id", "due_at", "case_id"], None),
    "ix_case_view_agency_last": (["agency_id", "last_at", "case_id"], None),
    "ix_case_view_newest": (["case_id", "holder_id", *ASKED], None),
    "ix_case_view_agency": (["agency_id", "case_id", "holder_id", *ASKED], None),
    "ix_case_view_holder": (["holder_id", "case_id", *ASKED], None),
    "ix_case_view_open": (["due_at", "case_id", *COVERED], "end_reason IS NULL"),
    "ix_case_view_open_agency": (["agency_id", "due_at", "case_id", *COVERED], "end_reason IS NULL"),
    "ix_case_view_open_holder": (["holder_id", "due_at", "case_id", *COVERED[1:]], "end_reason IS NULL"),
    "ix_case_view_category": (["category_id", "due_at", "case_id"], None),
    "ix_case_view_end": (["end_reason", "stage"], None),
    "ix_case_view_kind": (["kind", "due_at", "case_id"], None),
    "ix_case_view_level": (["level", "due_at", "case_id"], "level > 0"),
    "ix_case_view_claimed": (["claimed_by", "case_id"], "claimed_by IS NOT NULL"),
}
BEFORE = {
    "ix_case_view_holder": ["holder_id", "stage", "due_at", "case_id"],
    "ix_case_view_level": ["level", "case_id"],
    "ix_case_view_category": ["category_id", "case_id"],
}
CODES = [
    ("region", "code"),
    ("region", "parent_code"),
    ("region_word", "code"),
    ("publication_region", "code"),
    ("report", "region_code"),
    ("case_view", "region_code"),
]
OF_HOLDER = "(SELECT agency_id FROM unit WHERE unit.id = case_view.holder_id)"


FIGURES = {"old": "ix_case_view_open", "new": "ix_case_view_unfinished"}
"""The index of the figures' lists gives its name to that of the desk's."""
UNFINISHED = "case_view.stage NOT IN ('closed', 'archived')"


def upgrade() -> None:
    _rename(FIGURES["old"], FIGURES["new"])
    op.add_column("case_view", sa.Column("agency_id", sa.Integer(), nullable=True))
    op.execute(f"UPDATE case_view SET agency_id = {OF_HOLDER}")  # noqa: S608  our own words
    _collate("C")
    for name in BEFORE:
        op.drop_index(name, table_name="case_view")
    for name, (columns, only) in INDEXES.items():
        where = None if only is None else sa.text(only)
        op.create_index(name, "case_view", columns, sqlite_where=where, postgresql_where=where)


def _collate(collation: str) -> None:
    """Codes are compared byte by byte, so that an index answers what lies in a region."""
    if op.get_bind().dialect.name == "postgresql":
        for table, column in CODES:
            op.alter_column(table, column, type_=sa.String(13, collation=collation))


def _rename(old: str, new: str) -> None:
    op.drop_index(old, table_name="case_view")
    where = sa.text(UNFINISHED)
    op.create_index(new, "case_view", ["case_id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="case_view")
    _rename(FIGURES["new"], FIGURES["old"])
    for name, before in BEFORE.items():
        op.create_index(name, "case_view", before)
    _collate("default")
    op.drop_column("case_view", "agency_id")
