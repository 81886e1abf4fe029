"""Brings reports that were received before there was a search into it, a few at a time."""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from db.database import Database
from db.keyring import Keyring
from db.search_store import SearchStore
from ops.preparation import opened
from ops.refusal import Refusal
from settings import Settings

log = logging.getLogger(__name__)

PAGE = 25
PAUSE_SECONDS = 0.5
LOOK_AGAIN_SECONDS = 600.0


class SearchFill:
    """Reports come into the search when they are received; this is for those of older versions."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._store = SearchStore(database, keyring)

    def run(self, stop: threading.Event) -> None:
        """Works until told to stop; a database that is away is tried again."""
        after: int | None = 0
        while not stop.is_set():
            try:
                after = self._store.fill(PAGE, after or 0)
            except SQLAlchemyError as problem:
                log.warning("the search waits for the database: %s", type(problem).__name__)
            stop.wait(PAUSE_SECONDS if after else LOOK_AGAIN_SECONDS)


def fill_search(settings: Settings) -> list[str]:
    """Brings every report into the search at once, and says so. Safe to repeat. Raises: Refusal."""
    if settings.master_key is None:
        raise Refusal("There is no master key: set TUNTAS_MASTER_KEY or TUNTAS_MASTER_KEY_FILE.")
    with opened(settings) as database:
        store = SearchStore(database, Keyring(settings.master_key))
        after: int | None = 0
        while after is not None:
            after = store.fill(PAGE, after)
    return ["Every report can be found by its words."]
