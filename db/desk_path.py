"""Which index leads to the cases of a list: PostgreSQL sees it by statistics, SQLite has none and is told."""

from __future__ import annotations

from collections.abc import Mapping

from db.desk_filter import Claimed, DeskFilter, DeskView, is_open
from db.desk_order import DeskSort
from db.desk_reach import Held

CLAIMED = "ix_case_view_claimed"
WITHOUT = "NOT INDEXED"
"""By the number of the case."""
OPEN: Mapping[Held, str] = {
    Held.ALL: "ix_case_view_open",
    Held.AGENCY: "ix_case_view_open_agency",
    Held.HOLDER: "ix_case_view_open_holder",
}
DUE: Mapping[Held, str] = {
    Held.ALL: "ix_case_view_due",
    Held.AGENCY: "ix_case_view_agency_due",
    Held.HOLDER: "ix_case_view_holder_due",
}
LAST_EVENT: Mapping[Held, str] = {
    Held.ALL: "ix_case_view_last",
    Held.AGENCY: "ix_case_view_agency_last",
    Held.HOLDER: "ix_case_view_holder_last",
}
NEWEST: Mapping[Held, str] = {
    Held.ALL: "ix_case_view_newest",
    Held.AGENCY: "ix_case_view_agency",
    Held.HOLDER: "ix_case_view_holder",
}


RECEIVED = "INDEXED BY ix_case_view_received"
"""Open cases, those that were received first before all others."""


def walk(held: Held, wanted: DeskFilter, sort: DeskSort) -> str:
    """For a part of which much is wanted: it is walked in its order."""
    if held is Held.HELPED:
        return WITHOUT
    held = Held.ALL if held is Held.MIXED else held
    if sort in {DeskSort.NEWEST, DeskSort.OLDEST}:
        return _by(NEWEST[held])
    if sort is DeskSort.LAST_EVENT:
        return _by(LAST_EVENT[held])
    if is_open(wanted):
        return _by(OPEN[held])
    return _by(_alike(wanted, DUE[held]) if held is Held.ALL else DUE[held])


def gather(held: Held, wanted: DeskFilter, telling: str | None) -> str:
    """For a part of which little is wanted, and for counting. `telling`: an index of few cases."""
    if held is Held.HELPED or wanted.reporter is not None:
        return WITHOUT
    if wanted.sought is not None and not wanted.sought.common:
        return WITHOUT
    if wanted.code is not None or held is Held.MIXED:
        return ""
    if telling is not None or wanted.claimed is Claimed.ME:
        return _by(telling or CLAIMED)
    if held is Held.ALL and (wanted.level is not None or wanted.view is DeskView.ESCALATED):
        return _by("ix_case_view_level")
    if is_open(wanted):
        return _by(OPEN[held])
    if wanted.due_from is not None or wanted.due_until is not None:
        return _by(DUE[held])
    return _by(_alike(wanted, NEWEST[held]) if held is Held.ALL else NEWEST[held])


def _alike(wanted: DeskFilter, otherwise: str) -> str:
    """Leads to the cases of one subject, stage or kind, the earliest due first."""
    for asked, index in (
        (wanted.category_id, "ix_case_view_category"),
        (wanted.stage, "ix_case_view_stage"),
        (wanted.kind, "ix_case_view_kind"),
    ):
        if asked is not None:
            return index
    return otherwise


def _by(index: str) -> str:
    return f"INDEXED BY {index}"
