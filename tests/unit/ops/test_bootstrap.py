from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest

from ops import bootstrap
from ops.bootstrap import BootstrapError

ROOT = Path(__file__).resolve().parents[3]


class Commands:
    """Stands in for the real commands: remembers them, makes what `python -m venv` would, fails on demand."""

    def __init__(self, venv: Path) -> None:
        self.venv = venv
        self.ran: list[list[str]] = []
        self.fails = False

    def __call__(self, command: list[str], failure: str) -> None:
        self.ran.append(command)
        if self.fails:
            raise BootstrapError(failure)
        if "venv" in command:
            (self.venv / "bin").mkdir(parents=True)
            (self.venv / "bin" / "python").touch()


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        (tmp_path / name).write_text("first")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "NODE_LOCK", "pyproject.toml")
    stand_in = Commands(tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "run", stand_in)
    return stand_in


def test_a_fresh_clone_gets_everything_and_the_second_time_nothing(commands: Commands) -> None:
    assert bootstrap.main([]) == 0
    assert commands.ran
    commands.ran.clear()
    assert bootstrap.main([]) == 0
    assert commands.ran == []


def test_only_hashed_packages_are_installed(commands: Commands) -> None:
    bootstrap.main(["--dev"])
    for command in commands.ran[1:]:
        assert ("--require-hashes" in command) != ("--no-deps" in command)


def test_a_changed_lock_is_installed(commands: Commands, tmp_path: Path) -> None:
    bootstrap.main([])
    commands.ran.clear()
    (tmp_path / "requirements.txt").write_text("second")
    bootstrap.main([])
    assert [command[-1] for command in commands.ran] == [str(tmp_path / "requirements.txt")]


def test_a_failed_installation_is_tried_again(commands: Commands, capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.make_environment()
    commands.fails = True
    assert bootstrap.main([]) == 1
    assert capsys.readouterr().err == "pip could not install requirements.txt\n"
    commands.ran.clear()
    commands.fails = False
    assert bootstrap.main([]) == 0
    assert commands.ran


def test_an_environment_that_was_moved_is_made_anew(commands: Commands, tmp_path: Path) -> None:
    bootstrap.make_environment()
    (tmp_path / ".venv" / ".folder").write_text("/elsewhere/.venv")
    commands.ran.clear()
    bootstrap.make_environment()
    assert commands.ran


def test_a_python_without_ensurepip_is_told_in_one_line(
    commands: Commands, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    assert bootstrap.main([]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "has no ensurepip: install it" in line
    assert commands.ran == []


def test_the_npm_package_is_for_machines_without_npm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/npm")
    assert bootstrap.NODE_LOCK not in bootstrap.wanted_locks(dev=True)
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert bootstrap.NODE_LOCK in bootstrap.wanted_locks(dev=False)


def test_a_python_that_is_too_old_is_told_in_one_line() -> None:
    ended = subprocess.run(
        ["make", "setup", "PYTHON=false"], cwd=ROOT, capture_output=True, text=True, timeout=30
    )
    assert ended.returncode != 0
    assert ended.stderr.splitlines()[0].startswith("Tuntas needs Python 3.11 or newer")
