"""Programs that some tests need from the machine: installed where we may, else missed loudly.

Run as `python -m ops.system_packages`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


def main() -> int:
    """Installs what is missing; returns 1 only if something stays missing that must not."""
    missing = missing_packages()
    if missing and may_install():
        print(f"installing {' '.join(missing)}", flush=True)
        install(missing)
        missing = missing_packages()
    if not missing:
        return 0
    sys.stderr.write(warning(missing))
    return 1 if must_have_all(os.environ) else 0


def missing_packages() -> list[str]:
    """The Debian packages whose programs are not there."""
    there = {"chromium": has_chromium(), "postgresql": has_postgres()}
    return [name for name, found in there.items() if not found]


def has_chromium() -> bool:
    """Whether the browser that the tests drive is installed."""
    return shutil.which("chromium") is not None


def has_postgres() -> bool:
    """Whether a PostgreSQL server can be started for a test."""
    return shutil.which("pg_virtualenv") is not None and any(DEBIAN_POSTGRES.glob("*/bin/initdb"))


def may_install() -> bool:
    """Whether we are root on a Debian."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: list[str]) -> None:
    """Asks apt-get; its failure shows in what is still missing afterwards."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", *packages]
    for step in (["apt-get", "-qq", "update"], command):
        subprocess.run(step, env=environment, stdin=subprocess.DEVNULL)  # noqa: S603


def warning(missing: list[str]) -> str:
    """What the person who runs the tests must know."""
    line = "*" * 78
    names = " and ".join(missing)
    return f"{line}\n{names} missing: the tests that need it are SKIPPED. Install it to run them.\n{line}\n"


def must_have_all(environment: Mapping[str, str]) -> bool:
    """Whether a test that would be skipped counts as failed, as in CI."""
    return environment.get("TUNTAS_REQUIRE_ALL") == "1"


if __name__ == "__main__":
    sys.exit(main())
