"""Real engines for tests: the time-skipping server, one a test, and the server that production embeds."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.case_record import CaseRecordActivities
from db.case_record import SqlCaseRecorder
from db.database import Database
from engine import case_client, inspection, probe
from engine.ids import CASES_QUEUE
from engine.payload import case_data_converter
from workflows.case import CaseWorkflow
from workflows.case_display import (
    CASE_DUE_AT,
    CASE_KIND,
    CASE_LEVEL,
    CASE_STAGE,
    CASE_UNIT,
)

SEARCH_ATTRIBUTES = (CASE_STAGE, CASE_UNIT, CASE_KIND, CASE_DUE_AT, CASE_LEVEL)
BIN = Path(sys.executable).parent
ATTRIBUTES = {
    "CaseStage": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "CaseUnit": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "CaseKind": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "CaseDueAt": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    "CaseLevel": IndexedValueType.INDEXED_VALUE_TYPE_INT,
}

BOUNDED = (case_client, inspection, probe)
"""What asks cases in a person's presence, and so gives up after some seconds."""


@asynccontextmanager
async def skipping_engine() -> AsyncIterator[WorkflowEnvironment]:
    """A server whose clock jumps to the next timer while somebody waits for a result."""
    environment = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(BIN / "temporal-test-server"), data_converter=case_data_converter
    )
    async with environment:
        await environment.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(search_attributes=ATTRIBUTES, namespace="default")
        )
        yield environment


@asynccontextmanager
async def local_engine(*extra: str) -> AsyncIterator[WorkflowEnvironment]:
    """The server that production embeds, in memory; its time is ours. `extra`: more of its options."""
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(BIN / "temporal"),
        data_converter=case_data_converter,
        search_attributes=SEARCH_ATTRIBUTES,
        dev_server_log_level="error",
        dev_server_extra_args=extra,
    )
    async with environment:
        yield environment


@asynccontextmanager
async def cases_worker(client: Client, database: Database, **options: object) -> AsyncIterator[Worker]:
    """A worker for cases that writes to a real database; on a slow machine it is waited for."""
    activities = CaseRecordActivities(SqlCaseRecorder(database))
    with ThreadPoolExecutor(4) as pool:
        worker = Worker(
            client,
            task_queue=CASES_QUEUE,
            workflows=[CaseWorkflow],
            activities=[activities.record],
            activity_executor=pool,
            **options,  # type: ignore[arg-type]
        )
        with unhurried():
            async with worker:
                yield worker


@contextmanager
def unhurried() -> Iterator[None]:
    """Nobody who asks a case gives up soon."""
    before = [(module, module.ATTEMPT, module.BOUND_SECONDS) for module in BOUNDED]
    for module in BOUNDED:
        module.ATTEMPT, module.BOUND_SECONDS = timedelta(seconds=30), 70.0
    try:
        yield
    finally:
        for module, attempt, bound in before:
            module.ATTEMPT, module.BOUND_SECONDS = attempt, bound
