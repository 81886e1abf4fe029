"""`tuntas reconcile`: holds tables and workflows against each other after a restore, before anything works.

What the engine remembers and the tables do not is written again; what the tables know and the engine does not
starts again from the tables; a case of which the tables know nothing is kept as a history and ended. Source:
ADR 014.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from db.case_record import LogGapError
from db.database import Database
from db.engine_place import check_place
from db.mail_hold import MailHoldStore
from db.reconcile_store import ReconcileStore
from db.restored import ENGINE, finish_reconciliation, mark_restored, restored
from db.upkeep_chart import Chart, ChartStore
from domain.code import show_code
from domain.errors import RecordConflictError
from domain.state import CaseState
from engine.bridge import Bridge
from engine.history import EngineAwayError
from engine.probe import CaseProbe
from engine.run import Recording, Run, RunReader
from ops.history_export import kept_run
from ops.inside import DoesNotFollowError, Inside
from ops.mail_hold import held_line
from ops.preparation import opened
from ops.quiet import require_no_worker
from ops.rebuild import SILENT, Rebuilder
from ops.refusal import Refusal
from schemas.upkeep import Life
from settings import Settings

PAGE = 20
REASON = "reconciled after a restore"
LOST_FOLDER = "lost"
NOT_NEEDED = "Nothing was restored since the last time. `tuntas doctor --all` looks at all cases."


class Became(Enum):
    """What was done for one case; the words go before their number."""

    AGREED = "Cases that agreed"
    WRITTEN = "Cases with events written again that the database had lost"
    STARTED = "Cases whose workflow was started again from what is recorded"
    PARTED = "Cases that had gone two ways, and whose workflow was started again from what is recorded"
    LEFT = "Cases that somebody must look at, since they could not be reconciled"


class Reconciler:
    """One case at a time. Safe to repeat, and to be killed anywhere; no worker may run."""

    def __init__(self, database: Database, bridge: Bridge, settings: Settings) -> None:
        self._charts = ChartStore(database)
        self._store = ReconcileStore(database, demo=settings.demo)
        self._runs = RunReader(bridge)
        self._probe = CaseProbe(bridge)
        self._rebuilder = Rebuilder(database, self._probe)
        self._inside = Inside()
        self._histories = settings.histories_folder
        self._worked_at: datetime | None = None
        self._outages: set[int] = set()

    def begin(self) -> None:
        """Numbers that mails of the lost time had are given to no other mail."""
        self._store.leave_gap()

    def charts(self) -> Iterator[Chart]:
        """Every case that the tables know."""
        for page in self._charts.pages(PAGE):
            yield from self._charts.charts(page)

    def reconcile(self, chart: Chart) -> tuple[Became, str]:
        """Makes tables and engine agree about a case, and says what that took. Raises: EngineAwayError."""
        if chart.ended and self._life(chart) is not Life.RUNNING:
            return Became.AGREED, ""
        run = self._runs.newest(chart.code)
        if run is None:
            return self._without_run(chart)
        self._note(run)
        last, decided = chart.log.last_seq, run.recorded_seq
        if decided < last:
            return self._start_again(chart, run, f"the engine stood at event {decided}, the log at {last}")
        try:
            written, lost = self._write_again(chart, run)
        except RecordConflictError as conflict:
            became, said = self._start_again(chart, run, f"the engine held another course ({conflict})")
            return (Became.PARTED if became is Became.STARTED else became), said
        except (LogGapError, IntegrityError) as problem:
            return Became.LEFT, f"the engine knows more than could be written ({type(problem).__name__})"
        self._store.mark_started(chart.case_id)
        if run.life.is_lost:
            return self._go_on(chart, run)
        if not written:
            return Became.AGREED, ""
        words = f", the words of {lost} of them are lost" if lost else ""
        return Became.WRITTEN, f"{written} events written again{words}"

    def end_unknown(self) -> list[str]:
        """Keeps the histories of cases that the tables do not know, ends them, and says which they were."""
        lines = []
        for code in self._runs.known():
            if self._charts.id_of(code) is None:
                run = self._runs.newest(code)
                if run is not None:
                    kept_run(self._histories / LOST_FOLDER, code, run)
                    self._note(run)
                    lines.append(_lost_line(code, run))
                self._runs.stop(code, REASON)
        return lines

    def finish(self) -> None:
        """What holds for all cases: how long workers were alive, and which outages have been told."""
        self._store.go_on_from(self._worked_at, self._outages)

    def _life(self, chart: Chart) -> Life:
        (look,) = self._probe.look([chart.code], states=False)
        if look.life is Life.SILENT:
            raise EngineAwayError
        return look.life

    def _note(self, run: Run) -> None:
        if run.worked_at is not None:
            self._worked_at = max(run.worked_at, self._worked_at or run.worked_at)
        self._outages |= set(_newest_state(run).outages)

    def _without_run(self, chart: Chart) -> tuple[Became, str]:
        if chart.view is None and not chart.started:
            return Became.AGREED, ""
        return self._rebuilt(chart, "the engine did not have it")

    def _write_again(self, chart: Chart, run: Run) -> tuple[int, int]:
        """How many events the log did not have, and of how many of them the words are lost."""
        recordings = self._recordings(chart, run)
        fresh = [
            event for each in recordings for event in each.record.events if event.seq > chart.log.last_seq
        ]
        for each in recordings:
            if each.result is not None:
                self._store.record_again(each.record, each.result)
        spoken = {event.message_id for event in fresh if event.message_id is not None}
        return len(fresh), self._store.lost_words(spoken)

    def _recordings(self, chart: Chart, run: Run) -> list[Recording]:
        """Answered recordings from the log's last event on, oldest first, over as many runs as it takes."""
        found = [each for each in run.recordings if each.result is not None]
        while run.start.state.seq > chart.log.last_seq:
            before = self._runs.before(chart.code, run)
            if before is None:
                break
            found = [*(each for each in before.recordings if each.result is not None), *found]
            run = before
        return [each for each in found if each.record.events[-1].seq >= chart.log.last_seq]

    def _go_on(self, chart: Chart, run: Run) -> tuple[Became, str]:
        """It was broken off with more than the tables know: it begins again with all that it held."""
        try:
            start = self._inside.of(run)
        except DoesNotFollowError:
            return self._rebuilt(chart, "its workflow had been broken off")
        if start.state.ended and not start.pending:
            return Became.AGREED, ""
        if not self._probe.restart(start):
            raise EngineAwayError
        return Became.STARTED, f"its workflow had been broken off and goes on at event {start.state.seq}"

    def _start_again(self, chart: Chart, run: Run, why: str) -> tuple[Became, str]:
        if run.life is Life.RUNNING:
            kept_run(self._histories / LOST_FOLDER, chart.code, run)
            self._runs.stop(chart.code, REASON)
        return self._rebuilt(chart, why)

    def _rebuilt(self, chart: Chart, why: str) -> tuple[Became, str]:
        try:
            if chart.ended:
                return Became.STARTED, f"{why}; its life is over and nothing runs any more"
            self._rebuilder.rebuild(chart.case_id)
        except Refusal as refusal:
            if SILENT in refusal.lines:
                raise EngineAwayError from refusal
            return Became.LEFT, f"{why}; {refusal}"
        return Became.STARTED, why


def reconcile(settings: Settings, came_back: str | None = None) -> list[str]:
    """Makes tables and workflows agree, holds mails if the database was restored, and says what was done.

    `came_back`: what was brought back by other means than `tuntas restore`. Safe to repeat.
    Raises: Refusal if a worker runs, or if the engine does not answer.
    """
    with opened(settings) as database:
        if came_back is not None:
            mark_restored(database, came_back)
        what = restored(database)
        if what is None:
            return [NOT_NEEDED]
        check_place(database, settings.engine_place)
        require_no_worker(database)
        brake = MailHoldStore(database)
        if what != ENGINE:
            brake.hold()
        try:
            lines = _reconciled(database, settings)
        except EngineAwayError as away:
            raise Refusal(SILENT) from away
        if what != ENGINE:
            lines.append(held_line(brake.hold(anew=True)))
        finish_reconciliation(database)
    return lines


def _reconciled(database: Database, settings: Settings) -> list[str]:
    bridge = Bridge(settings.temporal_address, settings.temporal_namespace, settings.temporal_access)
    reconciler = Reconciler(database, bridge, settings)
    reconciler.begin()
    unknown = reconciler.end_unknown()
    counted: Counter[Became] = Counter()
    lines = []
    for chart in reconciler.charts():
        became, said = reconciler.reconcile(chart)
        counted[became] += 1
        lines += [f"{show_code(chart.code)}: {said}."] if said else []
    reconciler.finish()
    counts = [f"{became.value}: {counted[became]}." for became in Became if counted[became]]
    return [
        *lines,
        *unknown,
        *counts,
        *([_lost_count(len(unknown), settings.histories_folder)] if unknown else []),
    ]


def _lost_count(count: int, histories: Path) -> str:
    return (
        f"Reports that are lost: {count}. Their workflows were ended and their histories kept in "
        f"{histories / LOST_FOLDER}: ask those who reported in that time to report again."
    )


def _lost_line(code: str, run: Run) -> str:
    state = _newest_state(run)
    received = state.received_at.isoformat(timespec="seconds")
    return f"{show_code(code)}: lost; received {received}, stage {state.stage.value}, unit {state.holder.id}."


def _newest_state(run: Run) -> CaseState:
    return run.recordings[-1].record.state if run.recordings else run.start.state
