from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ops.home import held

ROOT = Path(__file__).resolve().parents[3]
Up = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def up(tmp_path: Path) -> Up:
    """Runs `tuntas up` from a folder that is not the project's, with these variables over a harmless set."""

    def run(**variables: str) -> subprocess.CompletedProcess[str]:
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("TUNTAS_", "TEMPORAL_"))
        }
        own = {"TUNTAS_HOME": str(tmp_path / "home"), "TUNTAS_PORT": "1", "TUNTAS_ENGINE_PORT": "2"}
        command = [sys.executable, str(ROOT / "cli.py"), "up"]
        environment = {**clean, **own, **variables}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
        )

    return run


def lines_of_refusal(ended: subprocess.CompletedProcess[str]) -> list[str]:
    assert ended.returncode == 2, ended.stderr
    assert ended.stdout == ""
    return ended.stderr.splitlines()


def test_a_taken_port_is_one_line(up: Up) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_server(("127.0.0.1", 0)) as free:
        port, engine_port = server.getsockname()[1], free.getsockname()[1]
        free.close()
        lines = lines_of_refusal(up(TUNTAS_PORT=str(port), TUNTAS_ENGINE_PORT=str(engine_port)))
    assert lines == [f"Port {port} is taken: stop the program that uses it, or name another in TUNTAS_PORT."]


def test_a_home_that_is_a_file_is_one_line(up: Up, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("mine")
    (line,) = lines_of_refusal(up())
    assert line.startswith(f"The home {tmp_path / 'home'} cannot be written")


def test_a_home_in_use_is_one_line_that_names_the_process(up: Up, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    with held(tmp_path / "home"):
        (line,) = lines_of_refusal(up())
    assert line.startswith(f"The home {tmp_path / 'home'} is in use by process {os.getpid()}:")


def test_each_wrong_variable_is_a_line(up: Up) -> None:
    lines = lines_of_refusal(up(TUNTAS_DEMO="perhaps", TUNTAS_PORT="many"))
    assert lines == [
        "TUNTAS_DEMO is 'perhaps': write 1 or 0.",
        "TUNTAS_PORT is 'many': write a port between 1 and 65535.",
    ]


def test_a_relative_home_is_relative_to_the_callers_folder(up: Up, tmp_path: Path) -> None:
    (tmp_path / "here").write_text("mine")
    (line,) = lines_of_refusal(up(TUNTAS_HOME="here"))
    assert line.startswith(f"The home {tmp_path / 'here'} cannot be written")
