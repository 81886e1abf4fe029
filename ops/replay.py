"""The gate of an upgrade: this version's workflow code must follow every history that older versions made."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from engine.access import access
from engine.ids import CASE_WORKFLOW
from engine.payload import case_data_converter
from ops.refusal import Refusal
from settings import Settings
from workflows.case import CaseWorkflow

RUNNING = f"WorkflowType = '{CASE_WORKFLOW}' AND ExecutionStatus = 'Running'"
SHOWN = 20


@dataclass(frozen=True)
class Replayed:
    """What came of it, for people."""

    lines: list[str]
    fit: bool


def replay(settings: Settings, folder: Path | None, open_cases: int | None) -> Replayed:
    """Replays exported histories and those of `open_cases` open cases (None: of all); changes nothing.

    Raises: Refusal if open cases are asked for and no engine answers; EngineAccessError.
    """
    return asyncio.run(_replay(settings, folder or settings.histories_folder, open_cases))


async def _replay(settings: Settings, folder: Path, open_cases: int | None) -> Replayed:
    replayer = Replayer(
        workflows=[CaseWorkflow],
        data_converter=case_data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    count, misfits = 0, []
    async for history in _histories(settings, folder, open_cases):
        count += 1
        result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
        if result.replay_failure is not None:
            misfits.append(f"{history.workflow_id} does not fit: {type(result.replay_failure).__name__}")
    more = [f"and {len(misfits) - SHOWN} more"] if len(misfits) > SHOWN else []
    return Replayed([*misfits[:SHOWN], *more, f"{count} histories, {len(misfits)} do not fit"], not misfits)


async def _histories(
    settings: Settings, folder: Path, open_cases: int | None
) -> AsyncIterator[WorkflowHistory]:
    for file in sorted(folder.glob("**/*.json.gz")):
        for history in _exported(file):
            yield history
    if open_cases != 0:
        async for history in _open(settings, open_cases):
            yield history


def _exported(file: Path) -> Iterator[WorkflowHistory]:
    """All runs of one exported case. Raises: Refusal if it cannot be read."""
    try:
        document = json.loads(gzip.decompress(file.read_bytes()))
        for run in document["runs"]:
            yield WorkflowHistory.from_json(document["workflow_id"], run["history"])
    except (OSError, EOFError, ValueError, LookupError) as problem:
        raise Refusal(f"{file} is no history that was exported here.") from problem


async def _open(settings: Settings, limit: int | None) -> AsyncIterator[WorkflowHistory]:
    try:
        client = await Client.connect(
            settings.temporal_address,
            namespace=settings.temporal_namespace,
            data_converter=case_data_converter,
            **access(settings.temporal_access),
        )
        async for found in client.list_workflows(RUNNING, limit=limit):
            yield await client.get_workflow_handle(found.id, run_id=found.run_id).fetch_history()
    except (RPCError, RuntimeError) as away:
        raise Refusal(
            f"No engine answers at {settings.temporal_address}: start it, or say --open 0 to leave it out."
        ) from away
