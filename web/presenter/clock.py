"""A clock of a case as pages draw it: what is left, a bar, and how its date came about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from db import directory_store
from db.case_dating import earlier_calendars
from domain.calendar import WorkCalendar
from domain.case import ClockName
from domain.clock import Clock
from domain.derivation import Day, Derivation
from domain.duration import Unit
from domain.explain import explain, holiday_name
from domain.remaining import Overdue, Remaining, overdue, remaining
from domain.wording import format_day
from web.language import language
from web.presenter.chip import Chip, ChipStatus
from web.presenter.duration import duration
from web.presenter.labels import CLOCKS, OWN_CLOCKS
from web.text import gettext

SOON_DAYS = 1
SOON_SHARE = Decimal("0.25")


@dataclass(frozen=True, kw_only=True)
class DayLine:
    """A day of a derivation in words."""

    day: str
    text: str
    counts: bool


@dataclass(frozen=True, kw_only=True)
class ClockView:
    """The view model of `macros/clock.html`. `due_at` is in the calendar's zone; the bar in percent.

    Attributes:
        undated: why there is no date; "" if there is one.
    """

    label: str
    due_at: datetime | None
    undated: str
    chip: Chip
    remaining: str
    used: int
    paused: int
    provisional: bool
    rule: str
    lines: list[DayLine]

    def without_lines(self) -> ClockView:
        """For those who may know the date but not more."""
        return replace(self, lines=[], rule="")


@dataclass(frozen=True, kw_only=True)
class Running:
    """A clock with all that is needed to speak of it."""

    clock: Clock
    derivation: Derivation
    calendar: WorkCalendar
    earlier: tuple[WorkCalendar, ...] = ()


def running(
    session: Session, clock: Clock | None, derivations: dict[ClockName, Derivation]
) -> Running | None:
    """A live clock with its derivation and calendar; None if it does not run or is not counted yet."""
    if clock is None or not clock.live or clock.waits_for_due or clock.name not in derivations:
        return None
    derivation = derivations[clock.name]
    return Running(
        clock=clock,
        derivation=derivation,
        calendar=directory_store.calendar_of(session, clock.unit_id),
        earlier=earlier_calendars(session, clock) if derivation.moves else (),
    )


def due_of(given: Running) -> datetime | None:
    """When a clock is due; None while it stands still without a known end."""
    return given.derivation.due_at


def clock_view(given: Running, now: datetime, *, for_reporter: bool = False) -> ClockView:
    """A clock as it stands at an aware instant."""
    derivation = given.derivation
    used, paused = _shares(given, now)
    return ClockView(
        label=str((OWN_CLOCKS if for_reporter else CLOCKS)[given.clock.name]),
        due_at=derivation.due_at,
        undated="" if derivation.due_at else _undated(for_reporter),
        chip=clock_chip(given, now),
        remaining=_left_sentence(given, now, for_reporter),
        used=used,
        paused=paused,
        provisional=derivation.provisional,
        rule=explain(derivation, language(), given.calendar)[0],
        lines=_lines(given),
    )


def clock_chip(given: Running, now: datetime) -> Chip:
    """On time, soon, late or standing still, with the figure in words."""
    if given.derivation.due_at is None:
        return Chip(ChipStatus.WAITING, gettext("berhenti sementara"))
    late = overdue(given.derivation, given.calendar, now)
    if late is not None:
        return Chip(ChipStatus.LATE, gettext("terlambat %(figure)s", figure=_figure(late)))
    left = remaining(given.derivation, given.calendar, now)
    status = ChipStatus.SOON if _is_soon(given.derivation, left) else ChipStatus.ON_TIME
    if left.unit.counts_days and left.value == SOON_DAYS:
        return Chip(status, gettext("hari terakhir"))
    return Chip(status, gettext("sisa %(figure)s", figure=_figure(left)))


def _undated(for_reporter: bool) -> str:
    if for_reporter:
        return gettext("Tanggal baru dihitung setelah Anda melengkapi laporan.")
    return gettext("Tanggal baru dihitung setelah pelapor melengkapi laporan.")


def _left_sentence(given: Running, now: datetime, for_reporter: bool) -> str:
    late = overdue(given.derivation, given.calendar, now)
    if late is not None:
        return gettext("Batas waktu sudah lewat %(figure)s.", figure=_figure(late))
    left = remaining(given.derivation, given.calendar, now)
    if given.derivation.due_at is None and for_reporter:
        return gettext("%(figure)s tersisa setelah Anda melengkapi.", figure=_figure(left))
    if given.derivation.due_at is None:
        return gettext("%(figure)s tersisa setelah pelapor melengkapi.", figure=_figure(left))
    amount = given.derivation.amount
    return gettext(
        "Sisa %(figure)s dari %(amount)s.",
        figure=_figure(left),
        amount=duration(amount.value, amount.unit),
    )


def _is_soon(derivation: Derivation, left: Remaining) -> bool:
    if left.unit.counts_days:
        return left.value <= SOON_DAYS
    return Decimal(left.value) <= Decimal(derivation.amount.value) * SOON_SHARE


def _figure(given: Remaining | Overdue) -> str:
    return duration(given.value, given.unit)


def _shares(given: Running, now: datetime) -> tuple[int, int]:
    """How much of the way from start to due is used up and how much stood still, in percent.

    While nobody knows the due date: how much of the amount is used up.
    """
    derivation = given.derivation
    if derivation.due_at is None:
        left = Decimal(remaining(derivation, given.calendar, now).value)
        return round(100 - 100 * min(left / Decimal(derivation.amount.value), Decimal(1))), 0
    start, due = derivation.start_at, derivation.due_at
    whole = max((due - start).total_seconds(), 1.0)
    gone = min(max((now - start).total_seconds(), 0.0), whole)
    still = _paused_for(derivation, now).total_seconds()
    return round(100 * max(gone - still, 0.0) / whole), round(100 * min(still, gone) / whole)


def _paused_for(derivation: Derivation, now: datetime) -> timedelta:
    total = timedelta()
    for pause in derivation.pauses:
        end = min(pause.end_at or now, now)
        total += max(end - max(pause.start_at, derivation.start_at), timedelta())
    return total


def _lines(given: Running) -> list[DayLine]:
    lines, number = [], 0
    for day in given.derivation.days:
        number += day.counts
        text = _counted(day, number, given.derivation) if day.counts else _skipped(day, given)
        lines.append(DayLine(day=format_day(day.on, language()), text=text, counts=day.counts))
    return lines


def _counted(day: Day, number: int, derivation: Derivation) -> str:
    if day.counted_for is not None:
        minutes = int(day.counted_for.total_seconds() // 60)
        return duration(minutes, Unit.MINUTES)
    if derivation.amount.unit is Unit.WORKING_DAYS:
        return gettext("hari kerja ke-%(num)d", num=number)
    return gettext("hari ke-%(num)d", num=number)


def _skipped(day: Day, given: Running) -> str:
    reason = day.reason or ""
    if reason.startswith("holiday:"):
        return holiday_name(day, given.derivation, language(), (given.calendar, *given.earlier))
    texts = {
        "before_start": gettext("hari mulai, belum dihitung"),
        "weekend": gettext("akhir pekan"),
        "no_window": gettext("tidak ada jam kerja"),
        "paused": gettext("waktu berhenti"),
        "moved": gettext("berpindah unit"),
    }
    return texts.get(reason) or gettext("waktu minimum")
