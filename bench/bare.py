"""What the engine gives when nothing is done in it: workflows of the same shape as a life, empty within.

`python -m bench.bare ADDRESS` is their worker, with the options of ours.
"""

from __future__ import annotations

import asyncio
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

QUEUE = "bench-bare"
ACTIVITY_WITHIN = timedelta(seconds=10)
LONG = timedelta(days=30)


@activity.defn
def nothing(number: int) -> int:
    """Stands for one recording."""
    return number


@workflow.defn
class BareWorkflow:
    """Takes so many updates, each with an activity, and a timer that every change sets anew; then ends."""

    @workflow.init
    def __init__(self, updates: int) -> None:
        self._pending, self._changes, self._left = 1, 0, updates

    @workflow.run
    async def run(self, updates: int) -> None:
        """Until all updates came and all activities are done."""
        writer = asyncio.create_task(self._write())
        while self._left or self._pending:
            changes = self._changes
            await workflow.wait_condition(lambda was=changes: self._changes != was, timeout=LONG)  # type: ignore[misc]
        writer.cancel()

    @workflow.update
    def step(self, number: int) -> int:
        """Stands for one act."""
        self._left -= 1
        self._pending += 1
        self._changes += 1
        return number

    async def _write(self) -> None:
        while True:
            await workflow.wait_condition(lambda: self._pending > 0)
            count = self._pending
            await workflow.execute_activity(nothing, count, start_to_close_timeout=ACTIVITY_WITHIN)
            self._pending -= count
            self._changes += 1


async def live(client: Client, count: int, updates: int, at_once: int) -> tuple[float, list[str]]:
    """Seconds for so many workflows until their ends, some at once; and their ids."""
    gate = asyncio.Semaphore(at_once)

    async def one() -> str:
        async with gate:
            handle = await client.start_workflow(
                BareWorkflow.run, updates, id=f"bare-{uuid4()}", task_queue=QUEUE
            )
            for number in range(updates):
                await handle.execute_update(BareWorkflow.step, number)
            await handle.result()
            return handle.id

    begun = time.perf_counter()
    ids = await asyncio.gather(*(one() for _ in range(count)))
    return time.perf_counter() - begun, list(ids)


async def serve(address: str) -> None:
    """Until it is killed."""
    client = await Client.connect(address)
    with ThreadPoolExecutor(16) as pool:
        worker = Worker(
            client,
            task_queue=QUEUE,
            workflows=[BareWorkflow],
            activities=[nothing],
            activity_executor=pool,
            max_cached_workflows=500,
            max_concurrent_activities=16,
            max_concurrent_workflow_tasks=20,
        )
        await worker.run()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
