"""Makes the virtual environment from the lock file. Needs nothing but Python's own library.

Run as `python -m ops.bootstrap [--dev]` by any Python from 3.11 on. Safe to repeat: what is up to date is
left alone.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
NODE_LOCK = "ops/requirements-node.txt"


class BootstrapError(Exception):
    """The environment cannot be made; the message tells what to do."""


def main(arguments: list[str]) -> int:
    """Makes the environment, with the tools of development if asked (`--dev`); returns the exit code."""
    try:
        make_environment()
        install(wanted_locks(dev="--dev" in arguments))
    except BootstrapError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


def make_environment() -> None:
    """Makes `.venv` unless one for this folder is there.

    Raises: BootstrapError if this Python lacks what that takes.
    """
    here = VENV / ".folder"
    python = VENV / "bin" / "python"
    if python.exists() and (not here.exists() or here.read_text() == str(VENV)):
        return
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise BootstrapError(
            f"{sys.executable} has no {missing[0]}: install it (on Debian: apt-get install python3-venv)."
        )
    shutil.rmtree(VENV, ignore_errors=True)
    say("making .venv")
    run([sys.executable, "-m", "venv", str(VENV)], "Python could not make .venv")
    here.write_text(str(VENV))


def wanted_locks(*, dev: bool) -> list[str]:
    """The lock files to install, in order. npm comes as a package only where the machine has none."""
    npm = [] if shutil.which("npm") else [NODE_LOCK]
    return ["requirements.txt", *npm, *(["requirements-dev.txt"] if dev else [])]


def install(locks: Iterable[str]) -> None:
    """Installs the lock files that changed since the last time, then the project itself.

    Raises: BootstrapError if pip fails.
    """
    for lock in locks:
        once(lock, [ROOT / lock], ["--require-hashes", "-r", str(ROOT / lock)])
    # compat: new folders of the project are found without another installation
    itself = [
        "--no-deps",
        "--no-build-isolation",
        "--config-settings",
        "editable_mode=compat",
        "-e",
        str(ROOT),
    ]
    once("project", [ROOT / "pyproject.toml"], itself)


def once(name: str, sources: list[Path], arguments: list[str]) -> None:
    """Runs `pip install` unless it has already been done for these sources. Raises: BootstrapError."""
    stamp = VENV / f".installed-{name.replace('/', '-')}"
    wanted = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"installing {name}")
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    run([*pip, "install", "-qq", "--no-input", *arguments], f"pip could not install {name}")
    stamp.write_text(wanted)


def run(command: list[str], failure: str) -> None:
    """Runs a command in the project. Raises: BootstrapError, saying `failure`, unless it succeeds."""
    if subprocess.run(command, cwd=ROOT).returncode != 0:  # noqa: S603
        raise BootstrapError(f"{failure}: read its message above.")


def say(text: str) -> None:
    """Prints a line at once, so that it comes before what the command prints."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
