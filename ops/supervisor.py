"""Several processes of ours under one roof, stopped in the reverse order of their start."""

from __future__ import annotations

import asyncio
from types import TracebackType

from ops.child import Backoff, Child, ChildSpec
from ops.console import Console

GRACE_SECONDS = 20.0


class Supervisor:
    """Starts children and keeps them running until its block ends, however it ends."""

    def __init__(
        self, console: Console, backoff: Backoff | None = None, grace: float = GRACE_SECONDS
    ) -> None:
        self._console = console
        self._backoff = backoff or Backoff()
        self._grace = grace
        self._running: list[tuple[Child, asyncio.Task[None]]] = []

    async def __aenter__(self) -> Supervisor:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def start(self, spec: ChildSpec) -> Child:
        """Starts a process and keeps it running; returns at once."""
        child = Child(spec, self._console, self._backoff)
        self._running.append((child, asyncio.create_task(child.keep_running())))
        return child

    async def stop(self) -> None:
        """Stops the last started first, each before the next; safe to repeat."""
        while self._running:
            child, task = self._running.pop()
            self._console.say(f"stopping {child.spec.name}")
            await child.stop(self._grace)
            await task
