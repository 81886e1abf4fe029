"""The doctor: holds tables and workflows of a case against each other and keeps what is wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.upkeep_chart import Chart, ChartStore, LogChart, ViewChart
from db.upkeep_finding import FindingStore
from db.upkeep_head import HeadStore
from domain.health import has_next_instant, known_to_first
from engine.probe import CaseProbe
from schemas.upkeep import NEEDS_ENGINE, FindingKind, Life, Look

log = logging.getLogger(__name__)

WALK = "doctor"
AT_ONCE = 4
"""Cases a round of the sweeper, every two seconds: 20 in 10 seconds."""
LOOK_AGAIN_AFTER = timedelta(seconds=5)
"""The tables follow the workflow: what differs is looked at twice before it is a finding."""
UNSEEN_FOR = timedelta(minutes=1)
"""So often an open finding is looked at again, to close it as soon as it is none."""
REST_FOR = timedelta(minutes=1)
"""Between two walks over all cases, and when the engine is silent."""


@dataclass(frozen=True, kw_only=True)
class Suspicion:
    """What one look saw; a second look at the same event makes it a finding."""

    kinds: frozenset[FindingKind]
    seq: int | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class DoctorStores:
    """What the doctor reads, and where it writes."""

    charts: ChartStore
    findings: FindingStore
    heads: HeadStore


class Doctor:
    """Looks at cases, a few at a time."""

    def __init__(
        self,
        stores: DoctorStores,
        probe: CaseProbe,
        clock: Callable[[], datetime],
        patience: timedelta = LOOK_AGAIN_AFTER,
    ) -> None:
        self._stores = stores
        self._probe = probe
        self._clock = clock
        self._patience = patience
        self._suspicions: dict[int, Suspicion] = {}
        self._rests_until: datetime | None = None

    @property
    def suspects(self) -> list[int]:
        """Cases that need a second look."""
        return list(self._suspicions)

    def visit(self, case_ids: Collection[int], *, ask: bool = True) -> bool:
        """Looks at these cases once and settles what is known of them; False if the engine was silent.

        `ask`: whether to ask the engine at all.
        """
        charts = self._stores.charts.charts(case_ids)
        codes = [chart.code for chart in charts]
        looks = self._probe.look(codes) if ask else [Look(life=Life.SILENT) for _ in codes]
        known = self._stores.findings.open_kinds(case_ids)
        for chart, look in zip(charts, looks, strict=True):
            self._settle(chart, look, frozenset(known.get(chart.case_id, ())))
        return not looks or any(look.life is not Life.SILENT for look in looks)

    def walk(self) -> None:
        """The sweeper's slice: what needs a second look, then what is open, then the next cases."""
        at = self._clock()
        if self._rests_until is not None and at < self._rests_until:
            return
        place = self._stores.findings.place(WALK)
        chosen = self._pressing(at)[:AT_ONCE]
        following = (
            self._stores.charts.next_ids(place, AT_ONCE - len(chosen)) if len(chosen) < AT_ONCE else []
        )
        if (chosen or following) and not self.visit([*chosen, *following]):
            self._rests_until = at + REST_FOR
            return
        if following:
            self._stores.findings.keep_place(WALK, following[-1])
        elif len(chosen) < AT_ONCE:
            self._stores.findings.keep_place(WALK, 0)
            self._rests_until = None if self._suspicions else at + REST_FOR

    def check_heads(self) -> int:
        """Holds every daily head against the logs; how many differ."""
        wrong = 0
        for kept, made in self._stores.heads.verified():
            wrong += kept != made
            if self._stores.findings.settle_day(kept.day, kept != made):
                log.critical(
                    "the logs of %s differ from their head: %d rows of %d cases, not %d of %d",
                    *(kept.day.isoformat(), made.rows, made.cases, kept.rows, kept.cases),
                )
        return wrong

    def _pressing(self, at: datetime) -> list[int]:
        """At most half of a slice, so that the walk goes on whatever happens; second looks may take more."""
        second = [case_id for case_id, seen in self._suspicions.items() if seen.at <= at - self._patience]
        again = self._stores.findings.to_see_again(UNSEEN_FOR, 1)
        stuck = self._stores.charts.stuck_ids(AT_ONCE)
        new = [each for each in stuck if each not in self._stores.findings.open_kinds(stuck)]
        return list(dict.fromkeys([*second[: AT_ONCE - 2], *again, *new[:1]]))

    def _settle(self, chart: Chart, look: Look, known: frozenset[FindingKind]) -> None:
        seen = judge(chart, look)
        doubted = self._doubted(chart, seen - known)
        sure = seen - doubted
        if not (sure or known):
            return
        for kind in self._stores.findings.settle(chart.case_id, sorted(sure), _unsure(look)):
            log.critical("case %d: %s", chart.case_id, kind.value)

    def _doubted(self, chart: Chart, new: frozenset[FindingKind]) -> frozenset[FindingKind]:
        """What was not yet seen twice at the same event, some seconds apart; it is remembered."""
        at, before = self._clock(), self._suspicions.pop(chart.case_id, None)
        stands = before if before is not None and before.seq == _seq(chart) else None
        if stands is not None and stands.at <= at - self._patience:
            new -= stands.kinds
        if new:
            same = stands is not None and new <= stands.kinds
            since = stands.at if same and stands is not None else at
            self._suspicions[chart.case_id] = Suspicion(kinds=new, seq=_seq(chart), at=since)
        return new


def judge(chart: Chart, look: Look) -> frozenset[FindingKind]:
    """What seems wrong with a case at one look; tables that are about to follow seem wrong too."""
    state = look.state or (None if chart.view is None else chart.view.state)
    wrong = {
        FindingKind.LOST_CASE: chart.overdue and chart.view is None and look.life.is_lost,
        FindingKind.LOST_WORKFLOW: chart.view is not None and not chart.ended and look.life.is_lost,
        FindingKind.VIEW_DIFFERS: _differs(chart, look),
        FindingKind.LOG_GAP: _has_gap(chart.log, chart.view),
        FindingKind.CHAIN_BROKEN: not chart.log.verified,
        FindingKind.STANDS_STILL: chart.started and state is not None and not has_next_instant(state),
        FindingKind.MAIL_STUCK: chart.mail_stuck,
        FindingKind.COMMAND_STUCK: chart.command_stuck,
    }
    return frozenset(kind for kind, is_so in wrong.items() if is_so)


def _differs(chart: Chart, look: Look) -> bool:
    view = chart.view
    if view is None:
        return look.state is not None or chart.log.last_seq > 0
    if not view.fits or view.seq < chart.log.last_seq:
        return True
    if look.state is None or view.state is None:
        return False
    inside = known_to_first(look.state) if view.of_first else look.state
    return view.state != inside


def _has_gap(rows: LogChart, view: ViewChart | None) -> bool:
    return not rows.whole or (view is not None and rows.last_seq < view.seq)


def _unsure(look: Look) -> frozenset[FindingKind]:
    """What this look cannot acquit of."""
    if look.life is Life.SILENT:
        return NEEDS_ENGINE
    return frozenset() if look.state or look.life.is_lost else frozenset({FindingKind.VIEW_DIFFERS})


def _seq(chart: Chart) -> int | None:
    return None if chart.view is None else chart.view.seq
