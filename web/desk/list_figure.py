"""The cases behind a figure as a list: how an address names them, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from db.measure_filter import Counted
from domain.measure import Measure, Outcome
from web.text import LazyText, lazy_gettext

MISSED = (Outcome.LATE, Outcome.OPEN, Outcome.BROKEN)
_WRITTEN = re.compile(r"([a-z_]{1,12}\.[a-z]{1,12})~(20\d\d[01]\d)~(20\d\d[01]\d)~(\d{1,9})")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number of the oversight pages."""

    label: LazyText
    measure: Measure
    outcomes: tuple[Outcome, ...] = ()
    rated: bool = False


FIGURES: Mapping[str, Figure] = {
    "follow_up.due": Figure(
        label=lazy_gettext("Tenggat tindak lanjut pertamanya jatuh"), measure=Measure.FOLLOW_UP
    ),
    "follow_up.kept": Figure(
        label=lazy_gettext("Ditindaklanjuti tepat waktu"),
        measure=Measure.FOLLOW_UP,
        outcomes=(Outcome.KEPT,),
    ),
    "follow_up.missed": Figure(
        label=lazy_gettext("Tidak ditindaklanjuti tepat waktu"), measure=Measure.FOLLOW_UP, outcomes=MISSED
    ),
    "follow_up.open": Figure(
        label=lazy_gettext("Belum ditindaklanjuti, tenggatnya lewat"),
        measure=Measure.FOLLOW_UP,
        outcomes=(Outcome.OPEN,),
    ),
    "resolution.due": Figure(label=lazy_gettext("Tenggat penyelesaiannya jatuh"), measure=Measure.RESOLUTION),
    "resolution.kept": Figure(
        label=lazy_gettext("Diselesaikan tepat waktu"),
        measure=Measure.RESOLUTION,
        outcomes=(Outcome.KEPT,),
    ),
    "resolution.missed": Figure(
        label=lazy_gettext("Tidak diselesaikan tepat waktu"), measure=Measure.RESOLUTION, outcomes=MISSED
    ),
    "resolution.open": Figure(
        label=lazy_gettext("Belum diselesaikan, tenggatnya lewat"),
        measure=Measure.RESOLUTION,
        outcomes=(Outcome.OPEN,),
    ),
    "verdict.all": Figure(label=lazy_gettext("Jawaban yang nasibnya diketahui"), measure=Measure.VERDICT),
    "verdict.refused": Figure(
        label=lazy_gettext("Jawaban yang disanggah atau dibuka kembali"),
        measure=Measure.VERDICT,
        outcomes=(Outcome.DISPUTED, Outcome.REOPENED),
    ),
    "verdict.silence": Figure(
        label=lazy_gettext("Ditutup karena pelapor diam"),
        measure=Measure.VERDICT,
        outcomes=(Outcome.SILENCE,),
    ),
    "verdict.rated": Figure(
        label=lazy_gettext("Jawaban yang dinilai pelapor"), measure=Measure.VERDICT, rated=True
    ),
}


def figure_url(name: str, months: Sequence[int], unit_id: int) -> str:
    """The address of the list of a figure's cases."""
    values: dict[str, Any] = {"view": "all", "figure": f"{name}~{months[0]}~{months[-1]}~{unit_id}"}
    return url_for("desk.cases", **values)


def figure_of(text: str | None) -> tuple[Figure, Counted] | None:
    """What an address names; None for nothing, and for what is no figure of ours."""
    found = _WRITTEN.fullmatch(text or "")
    figure = FIGURES.get(found[1]) if found else None
    if found is None or figure is None:
        return None
    counted = Counted(
        measure=figure.measure,
        outcomes=figure.outcomes,
        first_month=int(found[2]),
        last_month=int(found[3]),
        unit_id=int(found[4]),
        rated=figure.rated,
    )
    return figure, counted
