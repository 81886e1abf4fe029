"""What the processes of a running copy take: seconds of cores, and memory, what several share divided."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

LOOK_SECONDS = 5.0
IDLE = 0.06
"""Of a core."""
PER_SECOND = os.sysconf("SC_CLK_TCK")


def core_seconds(pids: Mapping[str, int]) -> dict[str, float]:
    """Seconds of a core that each process has used so far."""
    return {name: _used(pid) for name, pid in pids.items()}


def megabytes(pids: Mapping[str, int]) -> dict[str, float]:
    """Memory of each process; what several share is divided among them."""
    return {name: _proportional(pid) / 1000 for name, pid in pids.items()}


def _used(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / PER_SECOND


def _proportional(pid: int) -> int:
    """Kilobytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def settle(pids: Mapping[str, int]) -> None:
    """Waits until no process has much to do: a new copy still fills in villages."""
    busy = True
    while busy:
        before = core_seconds(pids)
        time.sleep(LOOK_SECONDS)
        after = core_seconds(pids)
        busy = any(after[name] - before[name] > IDLE * LOOK_SECONDS for name in pids)
