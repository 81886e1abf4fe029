from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.eventually import eventually_here

pytestmark = pytest.mark.server
ROOT = Path(__file__).resolve().parents[3]


class Copy:
    """One `tuntas up` with its home and ports, and all that it printed."""

    def __init__(self, folder: Path, home: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as web, socket.create_server(("127.0.0.1", 0)) as engine:
            self.port, engine_port = web.getsockname()[1], engine.getsockname()[1]
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("TUNTAS_", "TEMPORAL_"))
        }
        ports = {"TUNTAS_PORT": str(self.port), "TUNTAS_ENGINE_PORT": str(engine_port)}
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "cli.py"), "up"],
            cwd=folder,
            env={**clean, **ports, "TUNTAS_HOME": str(home), "TUNTAS_DEMO": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(line.rstrip("\n") for line in iter(self.process.stdout.readline, ""))

    def printed(self, pattern: str) -> int:
        """How many lines match from their beginning."""
        return sum(1 for line in list(self.lines) if re.match(pattern, line))

    def until_printed(self, pattern: str, limit: float = 180) -> None:
        def done() -> bool:
            assert self.process.poll() is None, self.lines
            return self.printed(pattern) > 0

        eventually_here(done, pattern, limit)

    def until_ready(self) -> None:
        self.until_printed(f"ready http://127.0.0.1:{self.port}$")

    def healthz(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def child(self, name: str) -> int:
        """The process of that name under this supervisor; 0 between two lives."""
        sign = {"engine": "start-dev", "worker": "-m\0worker", "web": "-m\0web"}[name]
        return next((pid for pid in children_of(self.process.pid) if sign in command_of(pid)), 0)

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        code = self.process.wait(120)
        self._reader.join(10)
        return code


def children_of(parent: int) -> list[int]:
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(pid) for pid in text.split()]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Copy]]:
    """Starts copies by the name of their home; ends those that still run."""
    copies: list[Copy] = []

    def run(home: str) -> Copy:
        copies.append(Copy(tmp_path, tmp_path / home))
        return copies[-1]

    yield run
    for copy in copies:
        if copy.process.poll() is None:
            copy.end(signal.SIGTERM)


def test_it_gets_ready_and_stops_in_order(start: Callable[[str], Copy]) -> None:
    copy = start("home")
    copy.until_ready()
    assert copy.healthz() == 200
    assert copy.end(signal.SIGINT) == 0
    stopped = [line.split()[-1] for line in copy.lines if "| stopping" in line]
    assert stopped == ["web", "worker", "engine"]
    ours = [line for line in copy.lines if not line.startswith("worker")]  # it tells of attempts it repeats
    assert "Traceback" not in "\n".join(ours)


def test_it_resumes_after_a_kill(start: Callable[[str], Copy]) -> None:
    copy = start("home")
    copy.until_ready()
    children = children_of(copy.process.pid)
    copy.end(signal.SIGKILL)
    eventually_here(lambda: not any(map(command_of, children)), "the end of all children")
    again = start("home")
    again.until_ready()
    assert again.end(signal.SIGTERM) == 0


@pytest.mark.parametrize("name", ["web", "worker", "engine"])
def test_a_killed_child_is_replaced(start: Callable[[str], Copy], name: str) -> None:
    copy = start("home")
    copy.until_ready()
    first = eventually_here(lambda: copy.child(name), f"{name} runs")
    os.kill(first, signal.SIGKILL)
    copy.until_printed(rf"tuntas \| {name} was ended by signal 9; it starts again in 0.5 s")
    eventually_here(lambda: copy.child(name) not in (0, first), "another process")
    eventually_here(lambda: copy.healthz() == 200, "health")


def test_two_copies_run_side_by_side(start: Callable[[str], Copy]) -> None:
    one, two = start("one"), start("two")
    one.until_ready()
    two.until_ready()
    assert (one.healthz(), two.healthz()) == (200, 200)


def test_a_stop_during_the_start_is_clean(start: Callable[[str], Copy]) -> None:
    copy = start("home")
    copy.until_printed(r"engine \|")
    assert copy.end(signal.SIGTERM) == 0
    assert copy.printed("Traceback|.*Traceback") == 0
    start("home").until_ready()
