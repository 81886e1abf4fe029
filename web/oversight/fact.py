"""A state in words, one fact a line: what an inspector reads of an instant, and compares with another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.case import ClockName
from domain.clock import Clock
from domain.state import CaseState
from web.language import moment
from web.presenter.labels import CLOCKS, ENDS, KINDS, STAGES
from web.text import gettext


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A line; `words` is "" for what is not so."""

    label: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A line that is not the same at two instants."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Names:
    """Names by id. `accused`: whether the reader may know whom the report accuses."""

    units: Mapping[int, str]
    people: Mapping[int, str]
    categories: Mapping[int, str]
    accused: bool


def facts_of(state: CaseState, names: Names) -> list[Fact]:
    """Everything that is so, in a fixed order."""
    return [*_standing(state, names), *_clocks(state), *_history(state, names)]


def differences(before: list[Fact], after: list[Fact]) -> list[Difference]:
    """What changed between two, in the order of the later."""
    first = {fact.label: fact.words for fact in before}
    second = {fact.label: fact.words for fact in after}
    labels = [*second, *(label for label in first if label not in second)]
    return [
        Difference(label=label, before=first.get(label, ""), after=second.get(label, ""))
        for label in labels
        if first.get(label, "") != second.get(label, "")
    ]


def unit_ids(state: CaseState) -> set[int]:
    """The units whose names `facts_of` needs."""
    return {state.holder.id, state.accused_unit_id or 0, *state.facts.assisting}


def _standing(state: CaseState, names: Names) -> list[Fact]:
    facts, end = state.facts, state.end_reason
    level = gettext("jenjang %(level)d", level=state.level) if state.level else gettext("belum naik")
    claimed = "" if facts.claimed_by is None else names.people.get(facts.claimed_by, "?")
    return [
        Fact(label=gettext("Tahap"), words=str(STAGES[state.stage])),
        Fact(label=gettext("Alasan berakhir"), words="" if end is None else str(ENDS[end])),
        Fact(label=gettext("Pemegang"), words=names.units.get(state.holder.id, "")),
        Fact(label=gettext("Eskalasi"), words=level),
        Fact(label=gettext("Diambil oleh"), words=claimed),
        Fact(label=gettext("Jenis"), words=str(KINDS[state.kind])),
        Fact(label=gettext("Kategori"), words=names.categories.get(facts.category_id or 0, "")),
    ]


def _clocks(state: CaseState) -> list[Fact]:
    """The clocks in the order of their names' table, so that two instants can be compared."""
    by_name = {clock.name: clock for clock in state.clocks}
    return [
        Fact(label=str(CLOCKS[name]), words=_clock(by_name[name])) for name in ClockName if name in by_name
    ]


def _clock(clock: Clock) -> str:
    if clock.stopped_at is not None:
        return gettext("berhenti %(at)s", at=moment(clock.stopped_at))
    if clock.due_at is None:
        return gettext("berhenti sementara") if clock.frozen else gettext("tanggal sedang dihitung")
    due = gettext("sampai %(due)s", due=moment(clock.due_at))
    return gettext("%(due)s, terlewati", due=due) if clock.expired_at is not None else due


def _history(state: CaseState, names: Names) -> list[Fact]:
    facts = state.facts
    helping = ", ".join(names.units.get(one, "?") for one in facts.assisting)
    accused = names.people.get(facts.accused_person_id or 0, "") if names.accused else ""
    offered = "" if facts.offered_at is None else moment(facts.offered_at)
    return [
        Fact(label=gettext("Unit pendukung"), words=helping),
        Fact(label=gettext("Unit terlapor"), words=names.units.get(state.accused_unit_id or 0, "")),
        Fact(label=gettext("Orang terlapor"), words=accused),
        Fact(label=gettext("Publikasi"), words=gettext("boleh") if facts.publish else ""),
        Fact(label=gettext("Pertanyaan kepada pelapor"), words=_count(facts.ask_count)),
        Fact(label=gettext("Pengembalian"), words=_count(facts.bounce_count)),
        Fact(label=gettext("Pernyataan belum selesai"), words=_count(state.dispute_count)),
        Fact(label=gettext("Perpanjangan"), words=gettext("sudah dipakai") if facts.extended else ""),
        Fact(label=gettext("Ombudsman ditawarkan"), words=offered),
        Fact(label=gettext("Laporan ganda yang mengikuti"), words=_count(len(facts.followers))),
        Fact(label=gettext("Mengikuti laporan lain"), words=gettext("ya") if facts.merged_into else ""),
        Fact(label=gettext("Versi"), words=str(state.version)),
    ]


def _count(number: int) -> str:
    return gettext("%(num)d kali", num=number) if number else ""
