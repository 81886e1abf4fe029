"""`python -m bench.engine`: how many cases one copy on this machine lives through, and the bare engine.

Starts a demo of its own (engine, worker, web, SQLite) and writes the second table of `docs/performance.md`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import mean, quantiles

from temporalio.client import Client

from bench import bare
from bench.life import ACTS, EVENTS, Lives
from bench.report import DOCUMENT
from engine.bridge import Bridge
from engine.ids import case_workflow_id
from tests.stack import Stack

BEGIN, END = "<!-- engine measured -->", "<!-- engine end -->"
LOOKED_AT = 20
"""Histories that are weighed."""
WARM_UPS = 3
Row = tuple[str, str]


def main() -> int:
    """Measures, prints and writes."""
    asked = _asked()
    with tempfile.TemporaryDirectory() as folder, _copy(Path(folder)) as stack:
        lives = Lives(stack.settings)
        lives.live(WARM_UPS, 1)
        rows = [*_lives(lives, asked.lives, asked.at_once), *_bare(stack, lives.bridge, asked)]
        rows += _burst(lives, asked.burst, asked.at_once)
        lives.database.dispose()
    table = "\n".join(
        ["| What | Measured |", "|---|---:|", *(f"| {what} | {found} |" for what, found in rows)]
    )
    print(table)
    if not asked.no_report:
        _write(table)
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.engine", description=__doc__)
    parser.add_argument("--lives", type=int, default=200, help="how many cases live, and workflows bare")
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--burst", type=int, default=1000, help="how many reports are filed in one go")
    parser.add_argument("--no-report", action="store_true", help="leave the document as it is")
    return parser.parse_args()


@contextmanager
def _copy(folder: Path) -> Iterator[Stack]:
    stack = Stack(folder / "home")
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()


def _lives(lives: Lives, count: int, at_once: int) -> list[Row]:
    """One at a time for what a person waits, then some at once for what the copy can do."""
    alone, _ = lives.live(max(count // 10, 10), 1)
    crowd, codes = lives.live(count, at_once)
    weights = lives.bridge.call(lambda client: _weights(client, map(case_workflow_id, codes)), 60)
    return [
        (f"Whole lives a second ({count}, {at_once} at a time)", f"{count / crowd.total:.2f}"),
        ("Start, one life at a time: p50 / p95", _times(alone.starts)),
        ("Update, one life at a time: p50 / p95", _times(alone.updates)),
        (f"Start, {at_once} at a time: p50 / p95", _times(crowd.starts)),
        (f"Update, {at_once} at a time: p50 / p95", _times(crowd.updates)),
        (f"Writes turned away by a busy database, {at_once} at a time", str(crowd.turned_away)),
        ("History of a life", _weight(weights)),
    ]


def _bare(stack: Stack, bridge: Bridge, asked: argparse.Namespace) -> list[Row]:
    address = stack.settings.temporal_address
    worker = subprocess.Popen([sys.executable, "-m", "bench.bare", address])  # noqa: S603  ourselves
    try:
        bridge.call(lambda client: bare.live(client, WARM_UPS, len(ACTS), 1), 120)
        taken, ids = bridge.call(
            lambda client: bare.live(client, asked.lives, len(ACTS), asked.at_once), 3600
        )
        weights = bridge.call(lambda client: _weights(client, ids), 60)
    finally:
        worker.kill()
        worker.wait()
    return [
        (
            f"Bare workflows a second ({asked.lives}, {asked.at_once} at a time; "
            f"{len(ACTS)} updates, up to {EVENTS} activities)",
            f"{asked.lives / taken:.2f}",
        ),
        ("History of a bare workflow", _weight(weights)),
    ]


def _burst(lives: Lives, count: int, at_once: int) -> list[Row]:
    found = lives.burst(count, at_once)
    return [
        (f"{count:,} reports filed in one go, until all are started and recorded", f"{found.total:.1f} s"),
        ("Start in that burst: p50 / p95", _times(found.starts)),
        ("Writes turned away by a busy database in that burst", str(found.turned_away)),
    ]


async def _weights(client: Client, ids: Iterator[str] | Sequence[str]) -> list[tuple[int, int]]:
    """Events and bytes of some histories."""
    found = []
    for workflow_id in list(ids)[-LOOKED_AT:]:
        info = (await client.get_workflow_handle(workflow_id).describe()).raw_description
        about = info.workflow_execution_info
        found.append((about.history_length, about.history_size_bytes))
    return found


def _weight(weights: Sequence[tuple[int, int]]) -> str:
    events, size = (mean(column) for column in zip(*weights, strict=True))
    return f"{events:.0f} events, {size / 1000:.0f} kB"


def _times(taken: Sequence[float]) -> str:
    cuts = quantiles(taken, n=20)
    return f"{cuts[9] * 1000:.0f} / {cuts[18] * 1000:.0f} ms"


def _write(table: str) -> None:
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    on = f"Measured on {time.strftime('%Y-%m-%d')}.\n\n"
    DOCUMENT.write_text(f"{before}{BEGIN}\n{on}{table}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
