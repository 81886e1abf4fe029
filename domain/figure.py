"""From counted rows to the figures that are shown: shares, speed, verdicts. Nothing is ever made up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from domain.measure import Measure, Outcome


@dataclass(frozen=True, kw_only=True)
class Cell:
    """So many rows that are alike; `open` ones are past their due."""

    measure: Measure
    month: int
    outcome: Outcome
    count: int
    first: bool = True
    days: int | None = None
    rating: int | None = None


@dataclass(frozen=True, kw_only=True)
class Promises:
    """What became of the promises whose due lies in a period and has passed."""

    kept: int = 0
    late: int = 0
    open: int = 0
    broken: int = 0

    @property
    def total(self) -> int:
        """All that were due."""
        return self.kept + self.late + self.open + self.broken

    @property
    def done(self) -> int:
        """In time or late."""
        return self.kept + self.late

    @property
    def missed(self) -> int:
        """Done late, or not at all."""
        return self.total - self.kept

    @property
    def on_time(self) -> Fraction | None:
        """The share that was kept; None for an empty period, which is no 0 %."""
        return share(self.kept, self.total)

    @property
    def done_at_all(self) -> Fraction | None:
        """The share that was done at all."""
        return share(self.done, self.total)


@dataclass(frozen=True, kw_only=True)
class Speed:
    """After how many working days half, and nine of ten, of the reports had what they waited for.

    None where so many have not got it yet that nobody can know; what still waits counts as longest.
    """

    count: int = 0
    waiting: int = 0
    median: int | None = None
    ninth: int | None = None


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """What reporters said of answers. Silence is not satisfaction, and no rating is imputed."""

    confirmed: int = 0
    disputed: int = 0
    reopened: int = 0
    silence: int = 0
    ratings: tuple[int, ...] = (0, 0, 0, 0, 0)
    """How often each of 1 to 5 was given."""

    @property
    def total(self) -> int:
        """Answers whose verdict is known."""
        return self.confirmed + self.disputed + self.reopened + self.silence

    @property
    def refused(self) -> int:
        """Disputed at once or opened again later."""
        return self.disputed + self.reopened

    @property
    def refused_share(self) -> Fraction | None:
        """The share of answers that did not hold."""
        return share(self.refused, self.total)

    @property
    def silent_share(self) -> Fraction | None:
        """The share that nobody said anything about."""
        return share(self.silence, self.total)

    @property
    def rated(self) -> int:
        """Answers with a rating."""
        return sum(self.ratings)

    @property
    def satisfaction(self) -> Fraction | None:
        """The mean rating of those who gave one."""
        weighed = sum(stars * count for stars, count in enumerate(self.ratings, start=1))
        return Fraction(weighed, self.rated) if self.rated else None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All figures of one period and place."""

    follow_up: Promises
    resolution: Promises
    follow_up_speed: Speed
    resolution_speed: Speed
    verdicts: Verdicts


class Standing(Enum):
    """How a share stands to its target."""

    REACHED = "reached"
    NEAR = "near"
    BELOW = "below"


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a share should reach, in percent, and from where on it is near."""

    percent: int
    near_percent: int
    source: str

    def standing(self, reached: Fraction) -> Standing:
        """By the exact share: 89.96 % is not 90 %."""
        if reached * 100 >= self.percent:
            return Standing.REACHED
        return Standing.NEAR if reached * 100 >= self.near_percent else Standing.BELOW


def share(part: int, whole: int) -> Fraction | None:
    """A part of a whole; None of nothing."""
    return Fraction(part, whole) if whole else None


def figures(cells: Iterable[Cell], months: Sequence[int]) -> Figures:
    """The figures of those of the cells that lie in these months."""
    wanted = frozenset(months)
    counted = [cell for cell in cells if cell.month in wanted]
    return Figures(
        follow_up=_promises(counted, Measure.FOLLOW_UP),
        resolution=_promises(counted, Measure.RESOLUTION),
        follow_up_speed=_speed(counted, Measure.FOLLOW_UP),
        resolution_speed=_speed(counted, Measure.RESOLUTION),
        verdicts=_verdicts(counted),
    )


def _promises(cells: Sequence[Cell], measure: Measure) -> Promises:
    counts = _by_outcome(cells, measure)
    return Promises(
        kept=counts[Outcome.KEPT],
        late=counts[Outcome.LATE],
        open=counts[Outcome.OPEN],
        broken=counts[Outcome.BROKEN],
    )


def _speed(cells: Sequence[Cell], measure: Measure) -> Speed:
    days: Counter[int] = Counter()
    waiting = 0
    for cell in cells:
        if cell.measure is measure and cell.first:
            if cell.days is not None:
                days[cell.days] += cell.count
            elif cell.outcome is Outcome.OPEN:
                waiting += cell.count
    count = sum(days.values()) + waiting
    return Speed(
        count=count,
        waiting=waiting,
        median=_reached(days, Fraction(1, 2), count),
        ninth=_reached(days, Fraction(9, 10), count),
    )


def _reached(days: Counter[int], part: Fraction, count: int) -> int | None:
    """The fewest days within which that part of all had it."""
    had = 0
    for number in sorted(days):
        had += days[number]
        if had >= part * count:
            return number
    return None


def _verdicts(cells: Sequence[Cell]) -> Verdicts:
    counts = _by_outcome(cells, Measure.VERDICT)
    ratings: Counter[int] = Counter()
    for cell in cells:
        if cell.rating is not None:
            ratings[cell.rating] += cell.count
    return Verdicts(
        confirmed=counts[Outcome.CONFIRMED],
        disputed=counts[Outcome.DISPUTED],
        reopened=counts[Outcome.REOPENED],
        silence=counts[Outcome.SILENCE],
        ratings=(ratings[1], ratings[2], ratings[3], ratings[4], ratings[5]),
    )


def _by_outcome(cells: Sequence[Cell], measure: Measure) -> Counter[Outcome]:
    counts: Counter[Outcome] = Counter()
    for cell in cells:
        if cell.measure is measure:
            counts[cell.outcome] += cell.count
    return counts
