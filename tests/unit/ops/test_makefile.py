from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROMISED = {
    "run",
    "setup",
    "test",
    "test-fast",
    "check",
    "lint",
    "types",
    "imports",
    "fix",
    "lock",
    "chaos",
    "clean",
}


def test_help_is_the_default_and_lists_every_command_with_its_remark() -> None:
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = dict(re.findall(r"^  make (\S+) +(\S.*)$", shown, re.MULTILINE))
    assert listed.keys() >= PROMISED


def test_the_locks_name_no_host_and_hash_every_package() -> None:
    for lock in (
        ROOT / "requirements.txt",
        ROOT / "requirements-dev.txt",
        ROOT / "ops" / "requirements-node.txt",
    ):
        text = lock.read_text()
        assert "://" not in text
        assert "--index-url" not in text
        packages = re.split(r"\n(?=[A-Za-z])", text)
        assert all("--hash=sha256:" in package for package in packages)
