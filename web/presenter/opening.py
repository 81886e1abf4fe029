"""Openings of a reporter's identity, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from db.identity_store import Opening
from domain.identity import OpeningReason
from web.presenter.labels import ROLES
from web.text import LazyText, lazy_gettext

REASONS: Mapping[OpeningReason, LazyText] = {
    OpeningReason.CALL: lazy_gettext("Menelepon pelapor"),
    OpeningReason.LETTER: lazy_gettext("Mengirim surat kepada pelapor"),
    OpeningReason.VISIT: lazy_gettext("Mendatangi tempat atau pelapor"),
    OpeningReason.CHECK: lazy_gettext("Memeriksa data yang diperlukan layanan"),
    OpeningReason.OTHER: lazy_gettext("Keperluan lain"),
}


@dataclass(frozen=True, kw_only=True)
class OpeningLine:
    """One opening: `who` is a role and a unit, never the name of a person."""

    who: str
    reason: LazyText
    at: datetime
    words: str


def opening_lines(openings: Sequence[Opening]) -> list[OpeningLine]:
    """The openings as pages list them."""
    return [
        OpeningLine(
            who=f"{ROLES[one.role]}, {one.unit}",
            reason=REASONS[one.reason],
            at=one.opened_at,
            words=one.words,
        )
        for one in openings
    ]
