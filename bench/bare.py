"""What the engine gives when nothing is done in it: workflows of the same shape as a life, empty within.

`python -m bench.bare ADDRESS` is their worker, with the options of ours.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

QUEUE = "bench-bare"
ACTIVITY_WITHIN = timedelta(seconds=10)
LONG = timedelta(days=30)
AT_ONCE = 20
TIMER_SET = 5
"""Events: started, a task scheduled, started and completed, the timer."""
LOOK_AGAIN_SECONDS = 0.2


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


@workflow.defn
class BareTimer:
    """Waits for an instant and calls one activity then."""

    @workflow.run
    async def run(self, due_at: str) -> None:
        """Until then; the instant as ISO 8601 writes it."""
        await workflow.sleep(datetime.fromisoformat(due_at) - workflow.now())
        await workflow.execute_activity(nothing, 1, start_to_close_timeout=ACTIVITY_WITHIN)


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


async def wait_until(client: Client, count: int, due_at: datetime) -> None:
    """Starts so many that wait, and returns when each has set its timer."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate:
            handle = await client.start_workflow(
                BareTimer.run, due_at.isoformat(), id=f"bare-timer-{number}", task_queue=QUEUE
            )
            while (await handle.describe()).history_length < TIMER_SET:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    await asyncio.gather(*(one(number) for number in range(count)))


async def all_fired(client: Client, count: int) -> None:
    """Returns when all of them have ended."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate:
            await client.get_workflow_handle(f"bare-timer-{number}").result()

    await asyncio.gather(*(one(number) for number in range(count)))


class BareWorker:
    """A process that runs them, for as long as it is entered."""

    def __init__(self, address: str) -> None:
        self._address = address

    def __enter__(self) -> int:
        """Its number."""
        self._process = subprocess.Popen([sys.executable, "-m", "bench.bare", self._address])  # noqa: S603
        return self._process.pid

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


async def serve(address: str) -> None:
    """Until it is killed."""
    client = await Client.connect(address)
    with ThreadPoolExecutor(16) as pool:
        worker = Worker(
            client,
            task_queue=QUEUE,
            workflows=[BareWorkflow, BareTimer],
            activities=[nothing],
            activity_executor=pool,
            max_cached_workflows=500,
            max_concurrent_activities=16,
            max_concurrent_workflow_tasks=20,
        )
        await worker.run()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
