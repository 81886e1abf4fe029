"""Tuntas in production as on a cluster: PostgreSQL, an engine elsewhere, gunicorn, a worker for each role."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import requests

from domain.case import Role, UnitLevel
from ops import accounts
from ops.preparation import used_database
from ops.standard import add_unit
from settings import DEMO_PASSWORD, WORKER_ROLES, Settings
from tests.eventually import eventually_here
from tests.stack import ROOT, free_port

READY_WITHIN = 120.0
AGENCY, OFFICE = "Pemerintah Kota Contoh", "Dinas Pekerjaan Umum"
SAMPLE = re.compile(r"^(\w+)(?:\{([^}]*)\})? ([0-9.e+-]+|NaN)$", re.MULTILINE)


class Cluster:
    """The processes of one copy, each as a unit of systemd or a container starts it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.metrics = {part: free_port() for part in ("web", *WORKER_ROLES)}
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("TUNTAS_", "TEMPORAL_"))
            },
            "TUNTAS_HOME": str(folder / "home"),
            "TUNTAS_PORT": str(self.port),
            "TUNTAS_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
            "TUNTAS_LOG_FORMAT": "json",
            "TUNTAS_WEB_PROCESSES": "2",
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        """Where its web answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def settings(self) -> Settings:
        """The settings that its processes read."""
        return Settings.from_env(self.environment)

    def log(self, part: str) -> Path:
        """What a part prints."""
        return self.folder / f"{part}.log"

    def command(self, *words: str) -> str:
        """A command of the operator, which must succeed; what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "cli", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def people(self) -> None:
        """An agency with one office, an admin and a liaison officer."""
        with used_database(self.settings) as database, database.write() as session:
            agency = add_unit(session, UnitLevel.AGENCY, AGENCY, None)
            add_unit(session, UnitLevel.DEPARTMENT, OFFICE, agency)
        for login, unit, role in (("kota", AGENCY, Role.AGENCY_ADMIN), ("pu", OFFICE, Role.LIAISON)):
            account = accounts.NewAccount(
                login=login, name=role.value, email=f"{login}@contoh.example", unit=unit, role=role
            )
            accounts.add(self.settings, account, DEMO_PASSWORD)

    def start(self, part: str) -> None:
        """Starts the web, or the worker of one role."""
        variables = {"TUNTAS_METRICS_PORT": str(self.metrics[part])}
        if part != "web":
            variables["TUNTAS_WORKER_ROLES"] = part
        with self.log(part).open("ab") as log:
            self.processes[part] = subprocess.Popen(
                [sys.executable, "-m", "cli", "web" if part == "web" else "worker"],
                cwd=ROOT,
                env=self.environment | variables,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until_whole(self) -> None:
        """Waits until web, workers, engine and database work together."""

        def is_whole() -> bool:
            ended = [part for part, process in self.processes.items() if process.poll() is not None]
            assert not ended, "\n".join(self.log(part).read_text() for part in ended)
            try:
                return requests.get(f"{self.url}/readyz", timeout=3).status_code == 200
            except requests.RequestException:
                return False

        eventually_here(is_whole, "the cluster is whole", READY_WITHIN, 0.2)

    def figures(self, part: str) -> dict[str, float]:
        """What a part exports, summed over labels."""
        text = requests.get(f"http://127.0.0.1:{self.metrics[part]}/metrics", timeout=5).text
        found: dict[str, float] = {}
        for name, _, value in SAMPLE.findall(text):
            found[name] = found.get(name, 0.0) + float(value)
        return found

    def stop(self) -> dict[str, int]:
        """SIGTERM to every part; their exit codes."""
        for process in self.processes.values():
            process.terminate()
        return {part: process.wait(timeout=60) for part, process in self.processes.items()}
