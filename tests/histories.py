"""Histories for tests: the replay corpus, and engine events made by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import ApplicationFailureInfo, Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from schemas.upkeep import FetchedHistory, FetchedRun

FOLDER = Path(__file__).parent / "replay" / "histories" / "case"
CORPUS = sorted(FOLDER.glob("*/*.json"))
BAD = FOLDER / "bad_unknown_activity.json"
SECRET = "Pelapor bernama Kenari tinggal di Jalan Melati"
"""What a failure might repeat."""
START = datetime(2026, 11, 2, 3, tzinfo=UTC)


@cache
def history(file: Path) -> WorkflowHistory:
    """A history of the corpus."""
    return WorkflowHistory.from_json(f"case-{file.stem}", file.read_text())


def fetched(*files: Path) -> FetchedHistory:
    """Histories of the corpus as the runs of one exported history, the oldest first."""
    runs = (
        FetchedRun(run_id=f"run-{number}", event_count=0, history=json.loads(file.read_text()))
        for number, file in enumerate(files, start=1)
    )
    return FetchedHistory(workflow_id="case-X", runs=tuple(runs), whole=True)


def payloads(content: Any) -> Payloads:
    """A value as the SDK sends it."""
    data = json.dumps(content).encode()
    return Payloads(payloads=[Payload(metadata={"encoding": b"json/plain"}, data=data)])


def failure(type_: str = "DatabaseGone") -> Failure:
    """A failure that says too much."""
    info = ApplicationFailureInfo(type=type_)
    return Failure(message=SECRET, stack_trace=SECRET, application_failure_info=info)


class Made:
    """A run made by hand, one event a second."""

    def __init__(self) -> None:
        self.events: list[HistoryEvent] = []

    def add(self, kind: str, after: timedelta | None = None, **attributes: Any) -> HistoryEvent:
        """Another event, a second after the last unless told otherwise."""
        number = len(self.events) + 1
        event = HistoryEvent(event_id=number, event_type=EventType.Value(f"EVENT_TYPE_{kind}"))
        last = self.events[-1].event_time.ToDatetime(tzinfo=UTC) if self.events else START
        event.event_time.FromDatetime(last + (after or timedelta(seconds=1)))
        field = getattr(event, f"{kind.lower()}_event_attributes", None)
        assert field is not None, kind
        field.SetInParent()
        for name, value in attributes.items():
            target = getattr(field, name)
            if hasattr(target, "CopyFrom"):
                target.CopyFrom(value)
            else:
                setattr(field, name, value)
        self.events.append(event)
        return event

    def say(self, summary: str) -> None:
        """Gives the last event its summary."""
        self.events[-1].user_metadata.summary.CopyFrom(payloads(summary).payloads[0])
