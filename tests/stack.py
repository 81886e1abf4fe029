"""All of Tuntas as a visitor meets it: `tuntas up` on free ports in a home of its own."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import requests
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from db.database import Database
from ops.ports import is_free
from settings import Settings
from tests.eventually import eventually_here

ROOT = Path(__file__).parent.parent
PARTS = {"engine": "start-dev", "worker": "worker", "web": "web"}
READY_WITHIN = 300.0
LANE = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PORTS = iter(random.sample(range(20_000 + 2_000 * LANE, 21_000 + 2_000 * LANE, 2), 500))
"""Each process of a test run has its own; what is built on a port may take the next and the thousandth."""


class Stack:
    """One running copy. Its processes are ours alone: they are found below our own child."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.port, self.engine_port = free_port(), free_port()
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("TUNTAS_", "TEMPORAL_"))
            },
            "TUNTAS_HOME": str(home),
            "TUNTAS_PORT": str(self.port),
            "TUNTAS_ENGINE_PORT": str(self.engine_port),
            "TUNTAS_DEMO": "1",
            "TUNTAS_RESTART_SECONDS": "1",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where its web answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> Settings:
        """The settings that its processes read."""
        return Settings.from_env(self.environment)

    @property
    def log(self) -> Path:
        """What all its processes print."""
        return self.home.parent / f"{self.home.name}.log"

    def start(self) -> None:
        """Starts everything and waits until it is ready."""
        log = self.log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", "up"],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        with ExitStack() as undo:
            undo.callback(self._kill_all)
            self.wait_until_whole()
            undo.pop_all()

    def wait_until_whole(self) -> None:
        """Waits until web, worker, engine and database work together."""
        eventually_here(self._is_whole, f"{self.home.name} ready", READY_WITHIN, 0.2)

    def pid(self, part: str) -> int | None:
        """The process of a part, below our own child."""
        assert self.process is not None
        for pid in _descendants(self.process.pid):
            words = _command_line(pid)
            if words[-1:] == [PARTS[part]] or (part == "engine" and "start-dev" in words):
                return pid
        return None

    def kill(self, part: str) -> None:
        """kill -9 on a part, as soon as it is there."""
        eventually_here(lambda: self._kill(part), f"{part} runs", READY_WITHIN)

    def freeze(self, part: str) -> int:
        """Stops a part in its tracks, but not while it writes: SQLite has one writer. For `thaw`: its pid."""
        return eventually_here(lambda: self._freeze(part), f"{part} stands still", READY_WITHIN)

    def thaw(self, pid: int) -> None:
        """Lets a frozen process go on."""
        os.kill(pid, signal.SIGCONT)

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=120)

    def _kill_all(self) -> None:
        """Nobody stops a copy that did not get ready. Its processes are tied to our child and end with it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def _kill(self, part: str) -> bool:
        pid = self.pid(part)
        try:
            return pid is not None and os.kill(pid, signal.SIGKILL) is None
        except ProcessLookupError:
            return False

    def _freeze(self, part: str) -> int | None:
        pid = self.pid(part)
        if pid is None:
            return None
        os.kill(pid, signal.SIGSTOP)
        eventually_here(lambda: _stands_still(pid), f"{part} has stopped")
        if self._can_write():
            return pid
        self.thaw(pid)
        return None

    def _can_write(self) -> bool:
        database = Database(self.settings.database_url)
        try:
            with database.write() as session:
                session.execute(text("select 1"))
                return True
        except OperationalError:
            return False
        finally:
            database.dispose()

    def _is_whole(self) -> bool:
        assert self.process is not None and self.process.poll() is None, "tuntas up has ended"
        try:
            return requests.get(f"{self.url}/readyz", timeout=3).status_code == 200
        except requests.RequestException:
            return False


def free_port() -> int:
    """One that is handed out once, and not to those who ask for any: they get theirs from 32768 on."""
    return next(port for port in PORTS if is_free(port))


def _descendants(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent(int(entry.name)) == pid:
            found += [int(entry.name), *_descendants(int(entry.name))]
    return found


def _parent(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def _stands_still(pid: int) -> bool:
    """Whether every thread has come to its stop: a signal to a process reaches them one by one."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return all((thread / "stat").read_text().rpartition(")")[2].split()[0] == "T" for thread in threads)


def _command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []
