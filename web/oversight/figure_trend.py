"""Small multiples: one chart a figure over twelve months, each with its table, and what has become worse."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from domain.figure import Cell, Figures, Target, figures
from domain.measure import Measure
from web.desk.list_figure import figure_url
from web.oversight.figure_asked import FigureAsked
from web.oversight.figure_target import target_text
from web.presenter.month import month_name, month_sign
from web.presenter.number import percent, tenths, whole
from web.text import LazyText, gettext, lazy_gettext

HEIGHT, STEP, BAR = 72, 22, 14
LEAST_MONTHS = 2
"""A figure of fewer months is no trend, and a chart of it is mostly empty."""
NOTABLE = Fraction(1, 100)
"""Changes of a share by less than a point, or of another figure by less than a tenth, are noise."""

Value = Callable[[Figures], Fraction | None]
Base = Callable[[Figures], int]


@dataclass(frozen=True, kw_only=True)
class Series:
    """A figure as it changes.

    Attributes:
        more_is_better: whether a rise is good news.
        as_share: written in percent and compared in points; else as it is.
        leads_to: the list of its cases, in `web.desk.list_figure`.
    """

    key: str
    title: LazyText
    value: Value
    base: Base
    leads_to: str
    more_is_better: bool
    as_share: bool = True
    target: Measure | None = None


SERIES = (
    Series(
        key="follow_up",
        title=lazy_gettext("Ditindaklanjuti tepat waktu"),
        value=lambda found: found.follow_up.on_time,
        base=lambda found: found.follow_up.total,
        leads_to="follow_up.due",
        more_is_better=True,
        target=Measure.FOLLOW_UP,
    ),
    Series(
        key="resolution",
        title=lazy_gettext("Diselesaikan tepat waktu"),
        value=lambda found: found.resolution.on_time,
        base=lambda found: found.resolution.total,
        leads_to="resolution.due",
        more_is_better=True,
        target=Measure.RESOLUTION,
    ),
    Series(
        key="median",
        title=lazy_gettext("Hari kerja sampai jawaban (median)"),
        value=lambda found: _fraction(found.resolution_speed.median),
        base=lambda found: found.resolution_speed.count,
        leads_to="resolution.due",
        more_is_better=False,
        as_share=False,
    ),
    Series(
        key="refused",
        title=lazy_gettext("Disanggah atau dibuka kembali"),
        value=lambda found: found.verdicts.refused_share,
        base=lambda found: found.verdicts.total,
        leads_to="verdict.refused",
        more_is_better=False,
    ),
    Series(
        key="satisfaction",
        title=lazy_gettext("Kepuasan yang menilai, dari 5"),
        value=lambda found: found.verdicts.satisfaction,
        base=lambda found: found.verdicts.rated,
        leads_to="verdict.rated",
        more_is_better=True,
        as_share=False,
    ),
    Series(
        key="silence",
        title=lazy_gettext("Ditutup karena pelapor diam"),
        value=lambda found: found.verdicts.silent_share,
        base=lambda found: found.verdicts.total,
        leads_to="verdict.silence",
        more_is_better=False,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A month: where its bar stands and what it says; `zero`: none because the figure is 0.

    Not even `shown`: there was nothing to count.
    """

    x: int
    y: int
    height: int
    sign: str
    name: str
    text: str
    base: str
    url: str
    shown: bool
    zero: bool
    unfinished: bool


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One small chart; without a target `target_y` is None, with nothing to compare `worse` is.

    Attributes:
        drawn: there are figures of enough months.
    """

    key: str
    title: LazyText
    value: str
    change: str
    worse: bool | None
    bars: tuple[Bar, ...]
    top: str
    target_y: int | None
    target: str
    has_any: bool
    drawn: bool


def charts(asked: FigureAsked, cells: Sequence[Cell], targets: Mapping[Measure, Target]) -> list[Chart]:
    """The charts, and how the period stands to the one before."""
    by_month = [(month, figures(cells, [month])) for month in asked.trend]
    now, before = figures(cells, asked.months), figures(cells, asked.before)
    return [_chart(series, asked, by_month, (now, before), targets) for series in SERIES]


def change_text(now: Fraction | None, before: Fraction | None, *, as_share: bool) -> str:
    """`naik 3,2 poin`, "" where there is nothing to compare."""
    if now is None or before is None:
        return ""
    change = (now - before) * (100 if as_share else 1)
    if abs(change) < Fraction(1, 10):
        return gettext("tetap")
    figure = tenths(abs(change))
    if as_share:
        return gettext("naik %(n)s poin", n=figure) if change > 0 else gettext("turun %(n)s poin", n=figure)
    return gettext("naik %(n)s", n=figure) if change > 0 else gettext("turun %(n)s", n=figure)


def is_worse(series: Series, now: Fraction | None, before: Fraction | None) -> bool | None:
    """Whether a figure has become worse by as much as anybody should look at."""
    if now is None or before is None:
        return None
    change = now - before if series.more_is_better else before - now
    return change <= -(NOTABLE if series.as_share else Fraction(1, 10))


def _chart(
    series: Series,
    asked: FigureAsked,
    by_month: Sequence[tuple[int, Figures]],
    compared: tuple[Figures, Figures],
    targets: Mapping[Measure, Target],
) -> Chart:
    now, before = (series.value(found) for found in compared)
    values = [series.value(found) for _, found in by_month]
    top = _top(series, [value for value in values if value is not None])
    target = targets.get(series.target) if series.target else None
    bars = tuple(
        _bar(series, asked, place, month, found, top) for place, (month, found) in enumerate(by_month)
    )
    return Chart(
        key=series.key,
        title=series.title,
        value="–" if now is None else _written(series, now),
        change=change_text(now, before, as_share=series.as_share),
        worse=is_worse(series, now, before),
        bars=bars,
        top=_written(series, top),
        target_y=None if target is None else HEIGHT - _height(Fraction(target.percent, 100), top),
        target="" if target is None else gettext("garis: target %(share)s", share=target_text(target)),
        has_any=any(bar.shown for bar in bars),
        drawn=sum(bar.shown for bar in bars) >= LEAST_MONTHS,
    )


def _bar(series: Series, asked: FigureAsked, place: int, month: int, found: Figures, top: Fraction) -> Bar:
    value = series.value(found)
    height = max(_height(value, top), 2) if value else 0
    return Bar(
        x=place * STEP + (STEP - BAR) // 2,
        y=HEIGHT - height,
        height=height,
        sign=month_sign(month),
        name=month_name(month),
        text=_said(series, found),
        base=whole(series.base(found)),
        url=figure_url(series.leads_to, [month], asked.unit.id) if series.base(found) else "",
        shown=value is not None,
        zero=value == 0,
        unfinished=month == asked.month,
    )


def _said(series: Series, found: Figures) -> str:
    value = series.value(found)
    if value is not None:
        return _written(series, value)
    return gettext("belum diketahui") if series.base(found) else gettext("tidak ada yang dihitung")


def _top(series: Series, values: Sequence[Fraction]) -> Fraction:
    """Where the scale ends, which begins at 0: a round figure that no bar exceeds."""
    highest = max(values, default=Fraction(0))
    if not series.as_share:
        return Fraction(max(5, 5 * ceil(highest / 5)))
    full = [Fraction(1)] if series.target else [Fraction(1, 4), Fraction(1, 2), Fraction(1)]
    return next(end for end in full if highest <= end)


def _height(value: Fraction, top: Fraction) -> int:
    return int(value / top * HEIGHT) if top else 0


def _written(series: Series, value: Fraction) -> str:
    return percent(value) if series.as_share else tenths(value)


def _fraction(days: int | None) -> Fraction | None:
    return None if days is None else Fraction(days)
