"""One process of ours: started, listened to, started again when it dies, stopped."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ops.console import Console
from ops.tether import tethered

CHUNK_BYTES = 65536


@dataclass(frozen=True, kw_only=True)
class ChildSpec:
    """What to run, in which folder, with which environment."""

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """How long to wait before a dead child is started again. All in seconds."""

    first: float = 0.5
    limit: float = 30.0
    forget_after: float = 60.0
    """A child that lived this long starts again as if it had never failed."""

    def following(self, previous: float | None, lived: float) -> float:
        """The next wait, after `previous` (None for the first death) and a life of `lived`."""
        if previous is None or lived >= self.forget_after:
            return self.first
        return min(previous * 2, self.limit)


class Child:
    """Keeps one process running until it is told to stop."""

    def __init__(self, spec: ChildSpec, console: Console, backoff: Backoff) -> None:
        self.spec = spec
        self._console = console
        self._backoff = backoff
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._starting = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The process that runs now; None between two lives."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    async def keep_running(self) -> None:
        """Starts the process, and again after each death, until `stop`."""
        wait: float | None = None
        clock = asyncio.get_running_loop().time
        while not self._stopping.is_set():
            born = clock()
            ending = await self._live()
            if self._stopping.is_set():
                return
            wait = self._backoff.following(wait, clock() - born)
            self._console.say(f"{self.spec.name} {ending}; it starts again in {wait:g} s")
            await self._pause(wait)

    async def stop(self, grace: float) -> None:
        """Asks the process to end, and ends it after `grace` seconds; safe to repeat."""
        self._stopping.set()
        async with self._starting:  # a process that is being started now is stopped too
            process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(grace):
                await process.wait()
        except TimeoutError:
            self._console.say(f"{self.spec.name} does not end: it is killed")
            self._kill(process)
            await process.wait()

    async def _live(self) -> str:
        """One life, from start to end; says in words how it ended."""
        async with self._starting:
            if self._stopping.is_set():
                return "is not wanted any more"
            try:
                process = self._process = await self._spawn()
            except OSError as problem:
                return f"could not be started ({problem.strerror})"
        reader = asyncio.create_task(self._relay(process.stdout))
        code = await process.wait()
        self._kill(process)
        await reader
        return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"

    async def _spawn(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *tethered(self.spec.command),
            cwd=self.spec.folder,
            env=dict(self.spec.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches us alone, so that we choose the order of the end
        )

    async def _relay(self, output: asyncio.StreamReader | None) -> None:
        """Prints what the process prints, line by line, whatever the length of a line."""
        rest = b""
        while output and (chunk := await output.read(CHUNK_BYTES)):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._print(line)
        if rest:
            self._print(rest)

    def _print(self, line: bytes) -> None:
        self._console.log(self.spec.name, line.decode("utf-8", "replace").rstrip("\r"))

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    @staticmethod
    def _kill(process: asyncio.subprocess.Process) -> None:
        """Ends the process and everything that it started and left behind."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
