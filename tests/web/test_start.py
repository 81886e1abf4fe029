"""How the web's process starts, and with which one line it does not."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from db import installation
from db.database import Database
from tests.databases import migrated, sqlite_url

KEY = base64.b64encode(bytes(range(32))).decode()


def start(home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The end of a web that cannot start."""
    usual = {"TUNTAS_HOME": str(home), "TUNTAS_MASTER_KEY": KEY, "TUNTAS_DEMO": "0", "TUNTAS_PORT": "1"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TUNTAS_")}
    return subprocess.run(
        [sys.executable, "-m", "web"],
        env=environment | usual | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an empty database of this version."""
    migrated(sqlite_url(tmp_path)).dispose()
    return tmp_path


def refused(ended: subprocess.CompletedProcess[str], word: str) -> bool:
    return ended.returncode == 2 and word in ended.stderr and len(ended.stderr.strip().splitlines()) == 1


def test_a_taken_port_is_one_line(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        assert refused(start(home, TUNTAS_PORT=str(other.getsockname()[1])), "TUNTAS_PORT")


def test_a_missing_master_key_is_one_line(home: Path) -> None:
    assert refused(start(home, TUNTAS_MASTER_KEY=""), "TUNTAS_MASTER_KEY")


def test_a_wrong_variable_is_one_line(home: Path) -> None:
    assert refused(start(home, TUNTAS_PORT="x"), "TUNTAS_PORT")


def test_a_database_without_tables_is_one_line(tmp_path: Path) -> None:
    assert refused(start(tmp_path), "tuntas migrate")


def test_a_demo_home_is_refused_outside_of_demo_mode(home: Path) -> None:
    database = Database(sqlite_url(home))
    installation.claim_demo(database)
    database.dispose()
    assert refused(start(home), "TUNTAS_DEMO")
