"""The activity that makes the tables true after a decision."""

from __future__ import annotations

from typing import Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.errors import RecordConflictError
from schemas.case import RecordInput, RecordResult


class CaseRecorder(Protocol):
    """What the activity needs of a store."""

    def record(self, record: RecordInput) -> RecordResult:
        """Writes events once. Raises: RecordConflictError if a seq holds something else already."""


class CaseRecordActivities:
    """Log, view, outbox and due dates, kept in step with the workflows."""

    def __init__(self, recorder: CaseRecorder) -> None:
        self._recorder = recorder

    @activity.defn
    def record(self, record: RecordInput) -> RecordResult:
        """Writes events, view, messages to send and due dates in one transaction.

        Safe to repeat: keyed by case and seq; a repeat returns the due dates of the first time.
        """
        try:
            return self._recorder.record(record)
        except RecordConflictError as conflict:
            activity.logger.critical("record conflict: case %s", record.state.case_id)
            raise ApplicationError(str(conflict), type="RecordConflict") from conflict
