"""Copies of attachments that people are shown, and files that are sent ahead of their form."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ADDED: dict[str, sa.types.TypeEngine[Any]] = {
    "served_as": sa.String(64),
    "served_type": sa.String(60),
    "thumbnail_as": sa.String(64),
    "width": sa.Integer(),
    "height": sa.Integer(),
}


def upgrade() -> None:
    with op.batch_alter_table("file") as table:
        for name, kind in ADDED.items():
            table.add_column(sa.Column(name, kind, nullable=True))
    op.create_table(
        "upload",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("form_id", sa.String(36), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(60), nullable=False),
        sa.Column("served_type", sa.String(60), nullable=False),
        sa.Column("has_copy", sa.Boolean(), nullable=False),
        sa.Column("has_thumbnail", sa.Boolean(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index("ix_upload_owner", "upload", ["owner", "form_id", "created_at"])
    op.create_index("ix_upload_expires", "upload", ["expires_at"])


def downgrade() -> None:
    op.drop_table("upload")
    with op.batch_alter_table("file") as table:
        for name in ADDED:
            table.drop_column(name)
