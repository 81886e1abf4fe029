"""Empties the home of a demo."""

from __future__ import annotations

import shutil
from pathlib import Path

from ops.home import DATABASE_FILE, ENGINE_FILE, RESTORE_MARK, RESTORE_STAGING, held
from ops.preparation import refusals, require_no_real_data, used_database
from ops.refusal import Refusal
from settings import Settings


def reset(settings: Settings) -> None:
    """Deletes databases, attachments, exported histories and the master key of a demo's home; safe to repeat.

    Raises: Refusal if this is not a demo, if it keeps its data elsewhere, if people work with it, or if
    `tuntas up` runs on it.
    """
    if not settings.demo:
        raise Refusal("Only a demo can be reset: set TUNTAS_DEMO=1.")
    own_database = f"sqlite:///{settings.home / DATABASE_FILE}"
    if not settings.embedded_engine or settings.database_url != own_database:
        raise Refusal(
            "This demo keeps its data outside its home: unset TEMPORAL_ADDRESS and TUNTAS_DATABASE_URL."
        )
    if not settings.home.is_dir():
        return
    with held(settings.home):
        with refusals(), used_database(settings) as database:
            require_no_real_data(database)
        delete_contents(settings)


def delete_contents(settings: Settings) -> None:
    """Deletes what we put into the home, and nothing else that may lie there.

    The engine's file goes first and the key last: cut off half-way, what is left is still a whole database.
    """
    for name in (ENGINE_FILE, DATABASE_FILE):
        for path in settings.home.glob(f"{name}*"):
            path.unlink()
    for folder in (settings.files_folder, settings.histories_folder, settings.home / RESTORE_STAGING):
        shutil.rmtree(folder, ignore_errors=True)
    (settings.home / RESTORE_MARK).unlink(missing_ok=True)
    Path(settings.master_key_file).unlink(missing_ok=True)
