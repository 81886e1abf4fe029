from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ops.child import Backoff, ChildSpec
from ops.console import Console
from ops.supervisor import Supervisor
from tests.eventually import eventually, eventually_here

ROOT = Path(__file__).resolve().parents[3]
SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPER
QUICK = Backoff(first=0.01, limit=0.04)


def script(name: str, code: str, folder: Path) -> ChildSpec:
    return ChildSpec(
        name=name, command=(sys.executable, "-c", code), folder=folder, environment=dict(os.environ)
    )


@pytest.fixture
def printed() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def console(printed: io.StringIO) -> Console:
    return Console(printed)


async def test_a_line_carries_the_name_of_its_process(
    tmp_path: Path, console: Console, printed: io.StringIO
) -> None:
    async with Supervisor(console) as supervisor:
        supervisor.start(script("web", SLEEPER, tmp_path))
        await eventually(lambda: "web    | up\n" in printed.getvalue(), "the child's line")


async def test_a_very_long_line_is_printed_whole(
    tmp_path: Path, console: Console, printed: io.StringIO
) -> None:
    async with Supervisor(console) as supervisor:
        supervisor.start(script("web", "print('x' * 300_000 + 'end')" + "; " + SLEEPER, tmp_path))
        await eventually(lambda: "xend\n" in printed.getvalue(), "the end of the long line")
    assert f"web    | {'x' * 300_000}end\n" in printed.getvalue()


async def test_a_child_that_dies_is_started_again(
    tmp_path: Path, console: Console, printed: io.StringIO
) -> None:
    async with Supervisor(console, QUICK) as supervisor:
        child = supervisor.start(script("worker", SLEEPER, tmp_path))
        await eventually(lambda: "up\n" in printed.getvalue(), "the first life")
        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: printed.getvalue().count("| up\n") == 2, "the second life")
        assert child.pid not in (None, first)
    assert "worker was ended by signal 9; it starts again in 0.01 s" in printed.getvalue()


async def test_a_child_that_keeps_failing_is_started_ever_later(
    tmp_path: Path, console: Console, printed: io.StringIO
) -> None:
    async with Supervisor(console, QUICK) as supervisor:
        supervisor.start(script("web", "raise SystemExit(3)", tmp_path))
        await eventually(lambda: printed.getvalue().count("again in 0.04 s") >= 2, "the longest wait twice")
    waits = [line.rsplit(" ", 2)[1] for line in printed.getvalue().splitlines() if "again in" in line]
    assert waits[:4] == ["0.01", "0.02", "0.04", "0.04"]


async def test_a_program_that_cannot_be_started_is_tried_again(
    tmp_path: Path, console: Console, printed: io.StringIO
) -> None:
    async with Supervisor(console, QUICK) as supervisor:
        supervisor.start(script("web", SLEEPER, tmp_path / "missing"))
        await eventually(lambda: "could not be started" in printed.getvalue(), "the failed start")
        (tmp_path / "missing").mkdir()
        await eventually(lambda: "web    | up" in printed.getvalue(), "the start after the repair")


async def test_the_last_started_stops_first(tmp_path: Path, console: Console, printed: io.StringIO) -> None:
    async with Supervisor(console) as supervisor:
        children = [supervisor.start(script(name, SLEEPER, tmp_path)) for name in ("engine", "worker", "web")]
        await eventually(lambda: printed.getvalue().count("| up") == 3, "all three")
    stopped = [line.split()[-1] for line in printed.getvalue().splitlines() if "stopping" in line]
    assert stopped == ["web", "worker", "engine"]
    assert [child.pid for child in children] == [None] * 3


async def test_a_child_that_ignores_the_request_is_killed(
    tmp_path: Path, console: Console, printed: io.StringIO
) -> None:
    async with Supervisor(console, grace=0.1) as supervisor:
        child = supervisor.start(script("web", STUBBORN, tmp_path))
        await eventually(lambda: "| up" in printed.getvalue(), "the child")
    assert child.pid is None
    assert "web does not end: it is killed" in printed.getvalue()


async def test_a_stop_during_the_start_leaves_nothing_running(tmp_path: Path, console: Console) -> None:
    for turns in range(6):
        async with Supervisor(console) as supervisor:
            child = supervisor.start(script("web", SLEEPER, tmp_path))
            for _ in range(turns):
                await asyncio.sleep(0)
        assert child.pid is None


async def test_a_stop_does_not_wait_for_the_next_start(
    tmp_path: Path, console: Console, printed: io.StringIO
) -> None:
    async with asyncio.timeout(20), Supervisor(console, Backoff(first=600)) as supervisor:
        supervisor.start(script("web", "raise SystemExit(1)", tmp_path))
        await eventually(lambda: "again in 600 s" in printed.getvalue(), "the death")


def test_children_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    parent = f"""
import asyncio, os, sys
from pathlib import Path
from ops.child import ChildSpec
from ops.console import Console
from ops.supervisor import Supervisor

async def main():
    async with Supervisor(Console(sys.stdout)) as supervisor:
        code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
        supervisor.start(ChildSpec(name="web", command=(sys.executable, "-c", code),
                                   folder=Path({str(tmp_path)!r}), environment=os.environ))
        await asyncio.Event().wait()

asyncio.run(main())
"""
    with subprocess.Popen(
        [sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline().rsplit(" ", 1)[1])
        assert is_running(child)
        supervisor.kill()
    eventually_here(lambda: not is_running(child), "the end of the child")


def is_running(pid: int) -> bool:
    """Whether the process lives; a dead one that nobody has collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_the_wait_doubles_up_to_its_limit() -> None:
    backoff = Backoff()
    waits = [backoff.following(None, 0.1)]
    while len(waits) < 8:
        waits.append(backoff.following(waits[-1], 0.1))
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_long_life_makes_the_next_wait_short_again() -> None:
    assert Backoff().following(30, lived=59.9) == 30
    assert Backoff().following(30, lived=60) == 0.5
