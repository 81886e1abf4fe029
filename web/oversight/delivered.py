"""What an event told whom: planned and actual times, attempts, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from db.inspection_store import DeliveryEntry
from domain.access import Membership
from web.presenter.delivery import PROBLEMS, STATES, recipient_label, template_label
from web.text import gettext, ngettext

FAILED = frozenset({"failed", "unknown"})


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A message. `planned` is when it could go at the earliest; `status` chooses its colour."""

    text: str
    to: str
    state: str
    status: str
    planned: datetime
    actual: datetime | None
    notes: list[str]

    @property
    def failed(self) -> bool:
        """Whether it did not arrive, or nobody knows."""
        return self.status == "late"

    @property
    def searched(self) -> str:
        """Everything that a search looks at."""
        return " ".join([self.text, self.to, self.state, *self.notes])


def delivered_by_event(
    entries: Sequence[DeliveryEntry], roles: Mapping[int, list[Membership]], names: Mapping[int, str]
) -> dict[int, list[Delivered]]:
    """The messages by the number of their event."""
    found: dict[int, list[Delivered]] = {}
    for entry in entries:
        to = recipient_label(entry.recipient, roles, names)
        found.setdefault(entry.seq, []).append(_delivered(entry, to))
    return found


def people_of(entries: Sequence[DeliveryEntry]) -> set[int]:
    """The staff to whom messages went."""
    parted = (entry.recipient.partition(":") for entry in entries)
    return {int(number) for sort, _, number in parted if sort == "person" and number.isdecimal()}


def summary(given: Sequence[Delivered]) -> str:
    """`3 kiriman, 1 gagal`."""
    failed = sum(one.failed for one in given)
    total = ngettext("%(num)d kiriman", "%(num)d kiriman", len(given))
    return gettext("%(total)s, %(failed)d gagal", total=total, failed=failed) if failed else total


def _delivered(entry: DeliveryEntry, to: str) -> Delivered:
    state = STATES.get(entry.state)
    statuses = {"sent": "on_time", "pending": "waiting", "sending": "waiting"}
    return Delivered(
        text=template_label(entry.template),
        to=to if entry.count == 1 else f"{to} ({entry.count})",
        state=entry.state if state is None else str(state),
        status="late" if entry.state in FAILED else statuses.get(entry.state, "closed"),
        planned=entry.not_before,
        actual=entry.sent_at,
        notes=_notes(entry),
    )


def _notes(entry: DeliveryEntry) -> list[str]:
    notes = [ngettext("%(num)d percobaan", "%(num)d percobaan", entry.attempts)] if entry.attempts else []
    notes += [gettext("dalam rangkuman")] if entry.digested else []
    if entry.problem:
        problem = PROBLEMS.get(entry.problem)
        notes.append(entry.problem if problem is None else str(problem))
    return notes
