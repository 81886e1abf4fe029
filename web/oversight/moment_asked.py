"""The instants that somebody types: a civil time of Jakarta, one with its offset, or an event's number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from web.language import ZONE

NUMBER = re.compile(r"#?\s*(\d{1,9})")
DOTTED = re.compile(r"(\d\d)\.(\d\d)(?=\.|$|[+Z])")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One of the two is given."""

    seq: int | None = None
    at: datetime | None = None


def moment_of(typed: str) -> Moment | None:
    """What was typed: `12`, `2026-11-20 10.00`, `2026-11-20T10:00+07:00`; None if it is none of these."""
    text = typed.strip()
    number = NUMBER.fullmatch(text)
    if number is not None:
        return Moment(seq=int(number[1]))
    try:
        at = datetime.fromisoformat(DOTTED.sub(r"\1:\2", text).replace(" ", "T", 1))
        return Moment(at=at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo(ZONE)))
    except ValueError:
        return None
