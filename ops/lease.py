"""The right to do background work alone, among all workers of an installation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from db.operation_store import OperationStore
from ops.process import is_dead, own_name

LEASE_FOR = timedelta(seconds=30)
RENEW_AFTER = LEASE_FOR / 3


class LeaseLostError(Exception):
    """Somebody else does this work now."""


class Lease:
    """One kind of work of this process, held before each piece of it."""

    def __init__(self, operation: OperationStore, name: str, clock: Callable[[], datetime]) -> None:
        self._operation = operation
        self._name = name
        self._clock = clock
        self._owner = own_name()
        self._renewed_at: datetime | None = None

    def hold(self) -> None:
        """Takes or renews the lease, as soon as a third of it is over. Raises: LeaseLostError."""
        at = self._clock()
        if self._renewed_at is not None and at < self._renewed_at + RENEW_AFTER:
            return
        self._renewed_at = None
        if not self._operation.take_lease(self._name, self._owner, LEASE_FOR, is_dead):
            raise LeaseLostError(self._name)
        self._renewed_at = at
