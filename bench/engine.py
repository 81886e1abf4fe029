"""`python -m bench.engine`: what one copy on this machine bears, beside the bare engine, and what it takes.

Starts demos of its own (engine, worker, web, SQLite) and writes the second table of `docs/performance.md`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import mean, quantiles

from temporalio.client import Client

from bench import bare
from bench.bare import BareWorker
from bench.filing import Filing
from bench.insert import seconds_to_insert
from bench.life import ACTS, EVENTS, Lives
from bench.meter import core_seconds, megabytes, settle
from bench.outage import bare_seconds_after_outage, seconds_after_outage
from bench.report import DOCUMENT
from engine.bridge import Bridge
from engine.ids import case_workflow_id
from tests.stack import PARTS, Stack

BEGIN, END = "<!-- engine measured -->", "<!-- engine end -->"
LOOKED_AT = 20
"""Histories that are weighed."""
WARM_UPS = 3
IDLE_SECONDS = 60.0
Row = tuple[str, str]
Measure = Callable[[Stack, argparse.Namespace], list[Row]]


def main() -> int:
    """Measures, prints and writes."""
    asked = _asked()
    rows = [
        row
        for name, measure in MEASURES.items()
        if name in asked.parts.split(",")
        for row in _in_a_copy(measure, asked)
    ]
    table = "\n".join(
        ["| What | Measured |", "|---|---:|", *(f"| {what} | {found} |" for what, found in rows)]
    )
    print(table)
    if not asked.no_report:
        _write(table)
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.engine", description=__doc__)
    parser.add_argument("--parts", default=",".join(MEASURES), help="which of these, with commas between")
    parser.add_argument("--lives", type=int, default=200, help="how many cases live, and workflows bare")
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--burst", type=int, default=1000, help="how many reports are filed in one go")
    parser.add_argument("--open", type=int, default=10_000, help="how many cases stand open")
    parser.add_argument("--deadlines", type=int, default=2000, help="how many pass in an outage")
    parser.add_argument("--no-report", action="store_true", help="leave the document as it is")
    return parser.parse_args()


def _in_a_copy(measure: Measure, asked: argparse.Namespace) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "home")
        stack.start()
        try:
            return measure(stack, asked)
        finally:
            stack.stop()


def _lives(stack: Stack, asked: argparse.Namespace) -> list[Row]:
    """One at a time for what a person waits, some at once for what the copy can do, then the bare engine."""
    lives, processes = Lives(stack.settings, stack.url), _processes(stack)
    lives.live(WARM_UPS, 1)
    settle(processes)
    alone, _ = lives.live(max(asked.lives // 10, 10), 1)
    with _cores(processes) as used:
        crowd, codes = lives.live(asked.lives, asked.at_once)
    ids = [case_workflow_id(code.replace("-", "")) for code in codes]
    weights = _bridge(stack).call(lambda client: _weights(client, ids), 60)
    bare_rows, ratio = _bare(stack, asked, asked.lives / crowd.total)
    return [
        (f"Whole lives a second through the pages ({_many(asked)})", f"{asked.lives / crowd.total:.2f}"),
        *bare_rows,
        ("Share of the bare engine's", ratio),
        ("Milliseconds of a core that a life takes", _shares(used, asked.lives)),
        ("Report until its receipt, one life at a time: p50 / p95", _times(alone.reports)),
        ("Act until its answer, one life at a time: p50 / p95", _times(alone.acts)),
        (f"Report until its receipt, {asked.at_once} at a time: p50 / p95", _times(crowd.reports)),
        (f"Act until its answer, {asked.at_once} at a time: p50 / p95", _times(crowd.acts)),
        ("Forms that had to be sent again, the database being busy", str(len(crowd.busy))),
        ("History of a life", _weight(weights)),
    ]


def _bare(stack: Stack, asked: argparse.Namespace, lived: float) -> tuple[list[Row], str]:
    bridge = _bridge(stack)
    with BareWorker(stack.settings.temporal_address) as worker:
        bridge.call(lambda client: bare.live(client, WARM_UPS, ACTS, 1), 120)
        with _cores(_processes(stack) | {"bare worker": worker}) as used:
            taken, ids = bridge.call(lambda client: bare.live(client, asked.lives, ACTS, asked.at_once), 3600)
        weights = bridge.call(lambda client: _weights(client, ids), 60)
    a_second = asked.lives / taken
    rows = [
        (
            f"Bare workflows a second ({_many(asked)}; {ACTS} updates, up to {EVENTS} activities)",
            f"{a_second:.2f}",
        ),
        ("Milliseconds of a core that a bare workflow takes", _shares(used, asked.lives)),
        ("History of a bare workflow", _weight(weights)),
    ]
    return rows, f"{lived / a_second:.2f}"


def _burst(stack: Stack, asked: argparse.Namespace) -> list[Row]:
    lives = Lives(stack.settings, stack.url)
    lives.burst(WARM_UPS, 1)
    settle(_processes(stack))
    times, recorded, numbers = lives.burst(asked.burst, asked.at_once)
    inserted = seconds_to_insert(lives.database, numbers)
    return [
        (f"{asked.burst:,} reports in one go, until all have their receipt", f"{times.total:.1f} s"),
        ("… until all have their first event in the tables", f"{recorded:.1f} s"),
        ("… their rows alone, written one report after the other", f"{inserted:.1f} s"),
        ("Report until its receipt in that burst: p50 / p95", _times(times.reports)),
        ("Reports that had to be sent again in that burst", str(len(times.busy))),
    ]


def _standing_open(stack: Stack, asked: argparse.Namespace) -> list[Row]:
    """Memory and cores of the copy itself, without those who filed."""
    processes = {part: pid for part, pid in _processes(stack).items() if part in PARTS}
    Filing(stack.settings).file(asked.open, asked.at_once)
    settle(processes)
    with _cores(processes) as used:
        time.sleep(IDLE_SECONDS)
    memory = megabytes(processes)
    return [
        (f"Memory with {asked.open:,} open cases, MB", f"{_each(memory)}; in all {sum(memory.values()):.0f}"),
        (
            f"Per cent of a core while {asked.open:,} cases wait",
            ", ".join(f"{name} {100 * used[name] / IDLE_SECONDS:.1f}" for name in processes),
        ),
    ]


def _after_outage(stack: Stack, asked: argparse.Namespace) -> list[Row]:
    """A timer that is late by more than half a minute waits for 45 seconds: for acts that came before it."""
    fired = seconds_after_outage(stack, asked.deadlines, asked.at_once)
    alone = bare_seconds_after_outage(stack, asked.deadlines)
    return [
        (
            f"{asked.deadlines:,} deadlines passed in an outage, until each has fired once",
            f"{fired:.0f} s",
        ),
        ("… bare timers with an empty activity each", f"{alone:.0f} s"),
    ]


MEASURES = {"lives": _lives, "burst": _burst, "open": _standing_open, "outage": _after_outage}


def _many(asked: argparse.Namespace) -> str:
    return f"{asked.lives}, {asked.at_once} at a time"


def _processes(stack: Stack) -> dict[str, int]:
    found = {part: stack.pid(part) for part in PARTS}
    return {part: pid for part, pid in found.items() if pid is not None} | {"visitors": os.getpid()}


@contextmanager
def _cores(processes: Mapping[str, int]) -> Iterator[dict[str, float]]:
    """Seconds of a core by process, filled in at the end."""
    used: dict[str, float] = {}
    before = core_seconds(processes)
    yield used
    after = core_seconds(processes)
    used.update({name: after[name] - before[name] for name in processes})


def _bridge(stack: Stack) -> Bridge:
    given = stack.settings
    return Bridge(given.temporal_address, given.temporal_namespace, given.temporal_access)


async def _weights(client: Client, ids: Sequence[str]) -> list[tuple[int, int]]:
    """Events and bytes of some histories."""
    found = []
    for workflow_id in ids[-LOOKED_AT:]:
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


def _shares(used: Mapping[str, float], count: int) -> str:
    each = {name: seconds / count * 1000 for name, seconds in used.items()}
    return f"{_each(each)}; in all {sum(each.values()):.0f}"


def _each(amounts: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {amount:.0f}" for name, amount in amounts.items())


def _write(table: str) -> None:
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    on = f"Measured on {time.strftime('%Y-%m-%d')}.\n\n"
    DOCUMENT.write_text(f"{before}{BEGIN}\n{on}{table}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
