"""Whether anybody works with the cases, as far as the database tells."""

from __future__ import annotations

from db.database import Database
from db.operation_store import OperationStore
from ops.process import is_dead
from ops.refusal import Refusal
from ops.sweeper import ALIVE_WITHIN


def require_no_worker(database: Database) -> None:
    """Raises: Refusal while a worker shows signs of life; one killed elsewhere does so for a while."""
    operation = OperationStore(database)
    working = [owner for owner in operation.lease_owners() if not is_dead(owner)]
    if working or operation.is_worker_alive(ALIVE_WITHIN):
        raise Refusal(
            "A worker runs, or did a moment ago: stop all workers, wait half a minute, run this again."
        )
