"""`tuntas move-engine`: carries the open cases from one engine to another.

A case is ended on the old engine before it begins on the new one: so it never decides twice, and whoever is
killed in between leaves a case that the next try begins there. Source: ADR 014.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path

from db.database import Database
from db.engine_place import begin_move, finish_move
from db.rebuild_store import RebuildStore
from db.restored import check_reconciled
from db.upkeep_chart import ChartStore
from db.upkeep_export import ExportStore
from domain.code import show_code
from engine.bridge import Bridge
from engine.history import EngineAwayError, HistoryClient
from engine.probe import CaseProbe
from engine.run import Run, RunReader
from ops import engine_process, engine_setup
from ops.child import Backoff
from ops.console import Console
from ops.history_export import BATCH, HistoryExporter, kept_run
from ops.home import ENGINE_FILE, held
from ops.inside import DoesNotFollowError, Inside
from ops.ports import LOOPBACK
from ops.preparation import opened
from ops.quiet import require_no_worker
from ops.rebuild import Rebuilder
from ops.refusal import Refusal
from ops.supervisor import Supervisor
from schemas.case import CaseInput
from schemas.upkeep import Life
from settings import Settings, SettingsError

PREFIX = "NEW_"
PAGE = 100
RETENTION_DAYS = 90
REASON = "moved to another engine"
MOVED_FOLDER = "moved"
AWAY = "An engine does not answer. What was carried stays carried: run this again."

Say = Callable[[str], None]


class Carried(Enum):
    """What became of one case; the words go before their number."""

    MOVED = "Cases carried"
    THERE = "Cases that were there already"
    REBUILT = "Cases started from the database, since the old engine did not have them as far"
    NOT_STARTED = "Reports that no engine has taken yet, and the worker hands over"
    OVER = "Cases whose life was over"


class Mover:
    """Carries one case at a time. Safe to repeat, and to be killed anywhere."""

    def __init__(self, database: Database, old: Bridge, new: Bridge, histories: Path) -> None:
        self._store = RebuildStore(database)
        self._charts = ChartStore(database)
        self._old, self._new = RunReader(old), RunReader(new)
        self._there = CaseProbe(new)
        self._rebuilder = Rebuilder(database, self._there)
        self._inside = Inside()
        self._histories = histories
        self._exporter = HistoryExporter(ExportStore(database), HistoryClient(old), histories)
        self._exports = ExportStore(database)

    def open_cases(self) -> Iterator[tuple[int, str]]:
        """All cases (id, code) whose life is not over, as far as the tables know."""
        after = 0
        while page := self._store.open_cases(after, PAGE):
            yield from page
            after = page[-1][0]

    def carry(self, case_id: int, code: str) -> Carried:
        """Ends a case here and begins it there. Raises: EngineAwayError, Refusal."""
        (there,) = self._there.look([code], states=False)
        if there.life is Life.SILENT:
            raise EngineAwayError
        self._old.stop(code, REASON)
        run = self._old.newest(code)
        if not there.life.is_lost:
            self._tell(code, run)
            return Carried.THERE
        if run is None:
            return self._from_tables(case_id)
        start = self._held_by(run, code)
        if start.state.seq < self._charts.charts([case_id])[0].log.last_seq:
            return self._from_tables(case_id)
        if start.state.ended and not start.pending:
            return Carried.OVER
        kept_run(self._histories / MOVED_FOLDER, code, run)
        if not self._there.restart(start):
            raise EngineAwayError
        self._tell(code, run)
        return Carried.MOVED

    def end_strays(self) -> tuple[list[str], list[str]]:
        """Ends what still runs on the old engine: codes of cases that are over, and of those unknown here."""
        over: list[str] = []
        unknown: list[str] = []
        for code in self._old.running():
            known = self._charts.id_of(code) is not None
            (over if known else unknown).append(code)
            if known:
                self._old.stop(code, REASON)
        return over, unknown

    def export(self) -> int:
        """Exports the histories of ended cases that are not yet; how many are left without one."""
        for _ in range(self._unexported() // BATCH + 2):
            self._exporter.run(lambda: None)
        return self._unexported()

    def _unexported(self) -> int:
        count, after = 0, 0
        while True:
            waiting = self._exports.waiting(after, PAGE)
            count, after = count + len(waiting.cases), waiting.next_after
            if not after:
                return count

    def _held_by(self, run: Run, code: str) -> CaseInput:
        try:
            return self._inside.of(run)
        except DoesNotFollowError as misfit:
            raise Refusal(
                f"{show_code(code)}: this version's code does not follow its history: "
                "use the version that made it."
            ) from misfit

    def _from_tables(self, case_id: int) -> Carried:
        """The old engine has it no more, or older than the tables do."""
        (chart,) = self._charts.charts([case_id])
        if not chart.started and chart.view is None:
            return Carried.NOT_STARTED
        self._rebuilder.rebuild(case_id)
        return Carried.REBUILT

    def _tell(self, code: str, run: Run | None) -> None:
        """What the old engine took and no worker saw. A case takes each outage and each failed mail once."""
        if run is not None and run.unheard:
            self._new.tell(code, run.unheard)


def move(settings: Settings, address: str, namespace: str | None, say: Say) -> list[str]:
    """Carries all open cases to the engine at that address, and says what became of them. Safe to repeat.

    `say`: hears of each case as soon as it is carried. Raises: Refusal, TuntasError.
    """
    target = target_settings(address, namespace)
    if target.engine_place == settings.engine_place:
        raise Refusal(f"The cases run on {settings.engine_place} already: name the new engine.")
    with opened(settings) as database:
        check_reconciled(database)
        _require_quiet(settings, database)
        if not settings.embedded_engine:
            return _moved(settings, target, database, say)
        if not (settings.home / ENGINE_FILE).exists():
            raise Refusal(
                f"There is no {ENGINE_FILE} in the home to move from: set TEMPORAL_ADDRESS to the new engine "
                "and run `tuntas rebuild --lost`."
            )
        with held(settings.home):
            return asyncio.run(_beside_engine(settings, lambda: _moved(settings, target, database, say)))


def target_settings(address: str, namespace: str | None) -> Settings:
    """The settings of the new engine: `NEW_TEMPORAL_…` say how it is reached. Raises: Refusal."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
    for name, value in os.environ.items():
        if name.startswith(f"{PREFIX}TEMPORAL_"):
            variables[name.removeprefix(PREFIX)] = value
    variables["TEMPORAL_ADDRESS"] = address
    variables["TEMPORAL_NAMESPACE"] = namespace or ""
    try:
        return Settings.from_env(variables)
    except SettingsError as wrong:
        raise Refusal(*wrong.problems) from wrong


def _moved(settings: Settings, target: Settings, database: Database, say: Say) -> list[str]:
    lines = engine_setup.prepare(target, RETENTION_DAYS)
    begin_move(database, settings.engine_place, target.engine_place)
    mover = Mover(database, _bridge(settings), _bridge(target), settings.histories_folder)
    try:
        mover.export()
        counted: Counter[Carried] = Counter()
        for case_id, code in mover.open_cases():
            became = mover.carry(case_id, code)
            counted[became] += 1
            say(f"{show_code(code)}: {became.name.lower().replace('_', ' ')}.")
        over, unknown = mover.end_strays()
        left = mover.export()
    except EngineAwayError as away:
        raise Refusal(AWAY) from away
    finish_move(database)
    lines += [f"{became.value}: {count}." for became, count in counted.items()]
    lines += (
        [f"Cases whose life was over and that were ended on the old engine: {len(over)}."] if over else []
    )
    lines += [f"case-{code} runs on the old engine and is not ours: left alone." for code in unknown]
    lines += (
        [f"{left} histories could not be exported: `tuntas history` of those cases says why."] if left else []
    )
    return [
        *lines,
        f"From now on set TEMPORAL_ADDRESS={target.temporal_address} "
        f"TEMPORAL_NAMESPACE={target.temporal_namespace} and start web and worker.",
    ]


async def _beside_engine(settings: Settings, work: Callable[[], list[str]]) -> list[str]:
    """Work for which the embedded engine runs, and nothing else."""
    async with Supervisor(Console(sys.stderr), Backoff(limit=float(settings.restart_seconds))) as supervisor:
        supervisor.start(engine_process.engine_child(settings))
        await engine_process.make_ready(settings)
        return await asyncio.to_thread(work)


def _require_quiet(settings: Settings, database: Database) -> None:
    """Raises: Refusal while somebody works with the cases, as far as can be seen from here."""
    require_no_worker(database)
    connection = http.client.HTTPConnection(LOOPBACK, settings.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return
    finally:
        connection.close()
    raise Refusal(f"The web answers on port {settings.port}: stop it, then run this again.")


def _bridge(settings: Settings) -> Bridge:
    return Bridge(settings.temporal_address, settings.temporal_namespace, settings.temporal_access)
