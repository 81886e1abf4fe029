"""A derivation, what is left of a clock and how late it is, in plain sentences for people."""

from collections.abc import Sequence
from itertools import pairwise

from domain.calendar import WorkCalendar
from domain.derivation import Day, Derivation
from domain.duration import Unit
from domain.remaining import Overdue, Remaining
from domain.wording import check_language, format_day, format_due, format_figure, format_instant

__all__ = ["explain", "explain_overdue", "explain_remaining", "format_due", "format_instant", "holiday_name"]

_TEXTS = {
    "id": {
        "rule": "{amount} sejak {start}.",
        "skipped": "Tidak dihitung: {days}.",
        "weekends": "{n} akhir pekan",
        "weekend_day": "{n} hari akhir pekan",
        "no_window": "{day} (tidak ada jam kerja)",
        "paused_day": "{day} (jeda)",
        "moved": "{day} (berpindah unit)",
        "held": "{day} (waktu minimum)",
        "move": "Sampai {until} berlaku kalender {calendar}.",
        "pause": "Jeda: {begin} sampai {end}.",
        "open": "Jeda sejak {begin}; batas waktu belum diketahui sampai pelapor menjawab.",
        "due": "Batas waktu: {due}.",
        "minimum": "Menurut hitungan saja batas waktunya {due}.",
        "provisional": "Sementara: hari libur tahun {year} belum ditetapkan, jadi tanggal ini dapat berubah.",
        "left": "Sisa {figure}.",
        "left_paused": "Sisa {figure} setelah pelapor menjawab.",
        "late": "Terlambat {figure}.",
    },
    "en": {
        "rule": "{amount} since {start}.",
        "skipped": "Not counted: {days}.",
        "weekends": "{n} weekend{s}",
        "weekend_day": "{n} weekend day{s}",
        "no_window": "{day} (no office hours)",
        "paused_day": "{day} (paused)",
        "moved": "{day} (moved to another unit)",
        "held": "{day} (minimum time)",
        "move": "Until {until} the calendar {calendar} applied.",
        "pause": "Paused: {begin} to {end}.",
        "open": "Paused since {begin}; the due date is unknown until the reporter answers.",
        "due": "Due: {due}.",
        "minimum": "By the count alone it would be due {due}.",
        "provisional": "Provisional: the holidays of {year} are not decreed yet, so this date may change.",
        "left": "{figure} left.",
        "left_paused": "{figure} left once the reporter answers.",
        "late": "Late by {figure}.",
    },
}


def explain(
    derivation: Derivation,
    language: str,
    calendar: WorkCalendar | None = None,
    earlier: Sequence[WorkCalendar] = (),
) -> list[str]:
    """Short lines that say how the due date came about: rule, days left out, pauses, due, and reservations.

    English holiday names come from `calendar`, or of a case that moved from the `earlier` ones; without
    them the recorded Indonesian ones are shown. Raises: UnknownLanguageError.
    """
    check_language(language)
    texts = _TEXTS[language]
    amount = format_figure(derivation.amount.value, derivation.amount.unit, language)
    lines = [texts["rule"].format(amount=amount, start=_start(derivation, language))]
    calendars = () if calendar is None else (calendar, *earlier)
    if skipped := _skipped(derivation, language, calendars):
        lines.append(texts["skipped"].format(days="; ".join(skipped)))
    return lines + _moves(derivation, language) + _pauses(derivation, language) + _end(derivation, language)


def explain_remaining(left: Remaining, language: str) -> str:
    """`Sisa 3 hari kerja.`, and while paused `3 working days left once the reporter answers.`"""
    figure = format_figure(left.value, left.unit, language)
    return _TEXTS[language]["left_paused" if left.paused else "left"].format(figure=figure)


def explain_overdue(late: Overdue, language: str) -> str:
    """`Terlambat 2 hari kerja.` or `Late by 2 working days.`"""
    return _TEXTS[language]["late"].format(figure=format_figure(late.value, late.unit, language))


def _start(derivation: Derivation, language: str) -> str:
    if derivation.amount.unit.counts_days:
        return format_day(derivation.days[0].on, language)
    return format_instant(derivation.start_at, derivation.zone, language)


def _moves(derivation: Derivation, language: str) -> list[str]:
    move, zone = _TEXTS[language]["move"], derivation.zone
    return [
        move.format(until=format_instant(one.until_at, zone, language), calendar=one.calendar_id)
        for one in derivation.moves
    ]


def _pauses(derivation: Derivation, language: str) -> list[str]:
    lines = []
    for pause in derivation.pauses:
        begin = format_instant(pause.start_at, derivation.zone, language)
        if pause.end_at is None:
            lines.append(_TEXTS[language]["open"].format(begin=begin))
        else:
            end = format_instant(pause.end_at, derivation.zone, language)
            lines.append(_TEXTS[language]["pause"].format(begin=begin, end=end))
    return lines


def _end(derivation: Derivation, language: str) -> list[str]:
    texts = _TEXTS[language]
    if derivation.due_at is None:
        return []
    lines = [texts["due"].format(due=format_due(derivation.due_at, derivation.zone, language))]
    if derivation.counted_due_at is not None and derivation.counted_due_at != derivation.due_at:
        counted = format_due(derivation.counted_due_at, derivation.zone, language)
        lines.append(texts["minimum"].format(due=counted))
    if derivation.provisional:
        lines.append(texts["provisional"].format(year=derivation.days[-1].on.year))
    return lines


def _skipped(derivation: Derivation, language: str, calendars: Sequence[WorkCalendar]) -> list[str]:
    """The days after the start's own that do not count: weekends together, the others one by one."""
    if derivation.amount.unit in (Unit.HOURS, Unit.MINUTES):
        return []
    days = [day for day in derivation.days if not day.counts and day.reason != "before_start"]
    return _weekends(days, language) + [
        _skipped_day(day, derivation, language, calendars) for day in days if day.reason != "weekend"
    ]


def _weekends(days: list[Day], language: str) -> list[str]:
    """Whole weekends counted as such, and the days of broken ones as days."""
    free = [day.on for day in days if day.reason == "weekend"]
    whole = sum(1 for one, two in pairwise(free) if (two - one).days == 1)
    single = len(free) - 2 * whole
    counted = (("weekends", whole), ("weekend_day", single))
    return [_TEXTS[language][key].format(n=n, s="" if n == 1 else "s") for key, n in counted if n]


def _skipped_day(day: Day, derivation: Derivation, language: str, calendars: Sequence[WorkCalendar]) -> str:
    written, reason = format_day(day.on, language), day.reason or ""
    if reason.startswith("holiday:"):
        named_by = calendars if language == "en" else ()
        return f"{written} ({holiday_name(day, derivation, language, named_by)})"
    key = {"no_window": "no_window", "paused": "paused_day", "moved": "moved"}.get(reason, "held")
    return _TEXTS[language][key].format(day=written)


def holiday_name(day: Day, derivation: Derivation, language: str, calendars: Sequence[WorkCalendar]) -> str:
    """What a day that is free as a holiday is called; without its calendar, the recorded Indonesian name.

    Where a case moved that is the calendar, of those given, that has the recorded name on that day.
    """
    recorded = (day.reason or "").removeprefix("holiday:")
    judging = [one for one in calendars if not derivation.moves or one.holiday_name(day.on) == recorded]
    return next((name for one in judging if (name := one.holiday_name(day.on, language))), recorded)
