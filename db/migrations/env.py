"""How alembic reaches the database: the same way as everything else."""

from __future__ import annotations

from alembic import context

from db import (
    case_desk_table,
    case_table,
    category_table,
    desk_table,
    directory_table,
    draft_table,
    identity_table,
    mail_preference_table,
    measure_table,
    operation_table,
    publication_table,
    region_table,
    search_table,
    subscription_table,
    upkeep_table,
    upload_table,
)
from db.database import WRITE, Base, Database

TABLES = (
    case_desk_table,
    case_table,
    category_table,
    desk_table,
    directory_table,
    draft_table,
    identity_table,
    mail_preference_table,
    measure_table,
    operation_table,
    publication_table,
    region_table,
    search_table,
    subscription_table,
    upkeep_table,
    upload_table,
)
"""Imported so that all tables are known to `Base`."""


def migrate() -> None:
    """Runs the missing migrations in one transaction."""
    database = Database(context.config.attributes["url"])
    with database.engine.execution_options(**{WRITE: True}).connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    database.dispose()


migrate()
