"""`tuntas rebuild`: makes a lost workflow or a lost view again from what is left of the case."""

from __future__ import annotations

from dataclasses import dataclass

from db.database import Database
from db.engine_place import check_place
from db.rebuild_store import MovedOnError, RebuildStore, UnreadableLogError, UnreadableReportError
from db.upkeep_chart import Chart, ChartStore
from domain.code import show_code
from domain.state import CaseState
from engine.bridge import Bridge
from engine.probe import CaseProbe
from ops.inspection import code_of
from ops.preparation import opened
from ops.refusal import Refusal
from schemas.case import CaseInput
from schemas.upkeep import Life
from settings import Settings

PAGE = 20
SILENT = "The engine does not answer: start it, then run this again."


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """What to say of each case, and whether all that was to be done could be."""

    lines: list[str]
    whole: bool


class Rebuilder:
    """Rebuilds one case at a time. Safe to repeat, and to be killed anywhere."""

    def __init__(self, database: Database, probe: CaseProbe) -> None:
        self._charts = ChartStore(database)
        self._store = RebuildStore(database)
        self._probe = probe

    def rebuild(self, case_id: int) -> str:
        """One sentence about what was done. Raises: Refusal if nothing can be."""
        (chart,) = self._charts.charts([case_id])
        (look,) = self._probe.look([chart.code])
        if look.life is Life.SILENT:
            raise Refusal(SILENT)
        try:
            if look.life.is_lost:
                return self._start_again(chart)
            if look.state is None:
                raise _refusal(chart, "its workflow is there, but no worker answers for it: start the worker")
            return self._show(chart, look.state)
        except MovedOnError as moved:
            raise _refusal(chart, "something happened to it meanwhile: run this again") from moved

    def lost(self) -> list[Chart]:
        """Every open case that no workflow runs. Raises: Refusal if the engine does not answer."""
        found = []
        for page in self._charts.pages(PAGE):
            charts = [chart for chart in self._charts.charts(page) if chart.overdue and not chart.ended]
            looks = self._probe.look([chart.code for chart in charts], states=False)
            if any(look.life is Life.SILENT for look in looks):
                raise Refusal(SILENT)
            found += [chart for chart, look in zip(charts, looks, strict=True) if look.life.is_lost]
        return found

    def _show(self, chart: Chart, inside: CaseState) -> str:
        """The workflow is there: the view is made to say what it says."""
        last = chart.log.last_seq
        if last < inside.seq:
            raise _refusal(
                chart,
                f"the log ends at event {last} and the workflow stands at {inside.seq}: "
                "the worker has still to record the rest; run this again later",
            )
        if last > inside.seq:
            raise _refusal(
                chart,
                f"the workflow stands at event {inside.seq}, the log at {last}: the engine's data is older; "
                f"end the workflow case-{chart.code} in the engine, then run this again",
            )
        state = self._store.with_known_dues(inside)
        if _stands(chart) == state:
            return _said(chart, f"its view equals its workflow, at event {last}: nothing was changed")
        self._store.write_view(state)
        return _said(chart, f"its view was written again from its workflow, at event {last}")

    def _start_again(self, chart: Chart) -> str:
        """The workflow is lost: the view, else the log, else the report gives what it starts with."""
        start, origin = self._beginning(chart)
        if start.state.seq and _stands(chart) != start.state:
            self._store.write_view(start.state)
        if start.state.ended:
            return _said(chart, "its life is over: nothing has to run, and its view is right")
        if not self._probe.restart(start):
            raise _refusal(chart, "the engine did not take it: run this again")
        return _said(chart, f"its workflow was started again from {origin}, at event {start.state.seq}")

    def _beginning(self, chart: Chart) -> tuple[CaseInput, str]:
        view, log = chart.view, chart.log
        if view is not None and view.state is not None and view.seq == view.state.seq == log.last_seq:
            return CaseInput(state=view.state), "its view"
        if view is not None and log.last_seq < view.seq:
            raise _refusal(chart, "the end of its log is missing: bring the database back from a backup")
        if not (log.whole and log.verified):
            raise _refusal(chart, "its log is damaged: bring the database back from a backup")
        try:
            if log.last_seq == 0:
                return self._store.start(chart.case_id), "its report"
            return CaseInput(state=self._store.replayed(chart.case_id)), "its log"
        except (UnreadableReportError, UnreadableLogError) as problem:
            raise _refusal(
                chart, "what is stored of it cannot be read: bring the database back from a backup"
            ) from problem


def rebuild_case(settings: Settings, typed: str) -> Rebuilt:
    """Rebuilds the case that a person named. Raises: Refusal."""
    code = code_of(typed)
    with opened(settings) as database:
        check_place(database, settings.engine_place)
        case_id = ChartStore(database).id_of(code)
        if case_id is None:
            raise Refusal(f"There is no case {show_code(code)}.")
        return Rebuilt(lines=[_rebuilder(settings, database).rebuild(case_id)], whole=True)


def rebuild_lost(settings: Settings) -> Rebuilt:
    """Rebuilds every open case that no workflow runs. Raises: Refusal if the engine does not answer."""
    with opened(settings) as database:
        check_place(database, settings.engine_place)
        rebuilder = _rebuilder(settings, database)
        lost = rebuilder.lost()
        lines, failed = [], 0
        for chart in lost:
            try:
                lines.append(rebuilder.rebuild(chart.case_id))
            except Refusal as refusal:
                lines += refusal.lines
                failed += 1
    if not lost:
        return Rebuilt(lines=["No case is lost."], whole=True)
    return Rebuilt(lines=[*lines, f"{len(lost) - failed} of {len(lost)} rebuilt."], whole=not failed)


def _rebuilder(settings: Settings, database: Database) -> Rebuilder:
    return Rebuilder(
        database,
        CaseProbe(Bridge(settings.temporal_address, settings.temporal_namespace, settings.temporal_access)),
    )


def _stands(chart: Chart) -> CaseState | None:
    """What the view says, if its columns say it too."""
    return chart.view.state if chart.view is not None and chart.view.fits else None


def _said(chart: Chart, what: str) -> str:
    return f"{show_code(chart.code)}: {what}."


def _refusal(chart: Chart, why: str) -> Refusal:
    return Refusal(_said(chart, why))
