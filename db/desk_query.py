"""The lists of the desk: what somebody may see, in views and pages, and never more rows than are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select, tuple_
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session, join
from sqlalchemy.sql.selectable import Join, ScalarSelect

from db.case_table import CaseViewRow, CommandRow, DueRow, MessageRow, ReportRow
from db.category_table import CategoryRow
from db.database import Database
from db.desk_filter import DeskFilter, DeskMoment, DeskView, Mark, Sought, matching
from db.desk_find import COUNTED_TO, Finder
from db.desk_lookup import DeskLookup
from db.desk_order import DeskSort, Place, ordered
from db.desk_path import RECEIVED
from db.desk_scope import Onlooker, held_in_view, visible
from db.directory_table import CalendarRow, PersonRow, UnitRow
from db.keyring import Keyring
from db.region_table import RegionRow
from db.search_table import SearchTokenRow
from domain.calendar import WorkCalendar
from domain.case import ClockName, Kind, Stage
from domain.derivation import Derivation
from domain.event import EventKind
from schemas.report import ReportWords

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class DeskRow:
    """One case in a list.

    Attributes:
        waiting: an act of somebody has not been applied yet.
        category: what it is about, "" if nobody has said so; `category_en` in English.
        region: the name of the region, "" if it is not known.
        claimer: the name of who shows that they work on it; "" if nobody does.
        derivation: how `due_at` came about; None while there is no due or it is being computed.
    """

    case_id: int
    code: str
    mask: str
    title: str
    place: str
    category: str
    category_en: str
    region: str
    stage: Stage
    kind: Kind
    secret: bool
    level: int
    holder: str
    due_at: datetime | None
    due_clock: ClockName | None
    last_kind: EventKind
    last_at: datetime
    waiting: bool
    claimer: str
    derivation: Derivation | None


@dataclass(frozen=True, kw_only=True)
class DeskPage:
    """Rows in the order that was asked for.

    Attributes:
        calendars: the calendars of the derivations, by id and version.
    """

    rows: tuple[DeskRow, ...]
    calendars: dict[tuple[str, int], WorkCalendar]
    more_before: bool
    more_after: bool


class DeskQuery(DeskLookup):
    """Lists for staff, for one request. Every query is bounded by what its reader may see."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        super().__init__(database, keyring)
        self._finder = Finder(database)

    def page(
        self,
        who: Onlooker,
        wanted: DeskFilter,
        place: Place | None = None,
        size: int = PAGE_SIZE,
        sort: DeskSort = DeskSort.DUE,
    ) -> DeskPage:
        """The rows after (or before) a place; as many queries for a long list as for a short one."""
        backwards = place is not None and place.backwards
        first = self._finder.first(who, wanted, sort, place, size + 1)
        query = _rows().join(first, first.c.case_id == CaseViewRow.case_id)
        with self._database.read() as session:
            in_order = query.order_by(*ordered(sort, CaseViewRow, backwards=backwards))
            found = session.execute(in_order).mappings().all()
            shown = found[:size]
            words, dues = self._words(session, shown), _derivations(session, shown)
            calendars = _calendars(session, dues.values())
        rows = [_row(row, words[row["case_id"]], dues.get(row["case_id"])) for row in shown]
        more = len(found) > size
        return DeskPage(
            rows=tuple(reversed(rows)) if backwards else tuple(rows),
            calendars=calendars,
            more_before=more if backwards else place is not None,
            more_after=backwards or more,
        )

    def counts(self, who: Onlooker, moment: DeskMoment) -> dict[DeskView, int]:
        """How many cases each view holds, counted up to one more than `COUNTED_TO`; one query for all."""
        return self._finder.counts(who, moment)

    def count(self, who: Onlooker, wanted: DeskFilter) -> int:
        """How many cases match, counted up to one more than `COUNTED_TO`, and only once."""
        return self._finder.count(who, wanted)

    def counts_of(self, who: Onlooker, wanted: Sequence[DeskFilter]) -> list[int]:
        """How many cases match each, counted up to one more than `COUNTED_TO`; one query for all."""
        return self._finder.counts_of(who, wanted)

    def holds_any(self, who: Onlooker, wanted: DeskFilter) -> bool:
        """Whether anything matches."""
        return self.count(who, wanted) > 0

    def oldest(self, who: Onlooker, wanted: DeskFilter) -> datetime | None:
        """The earliest receipt of all that match, of a letter the day it came; None if nothing matches.

        Among open cases it is found along an index by receipt, at the first case that fits.
        """
        query = select(CaseViewRow.received_at).where(*matching(who, wanted))
        if wanted.mark is Mark.OPEN:
            query = query.with_hint(CaseViewRow, RECEIVED, "sqlite")
        with self._database.read() as session:
            return session.scalars(query.order_by(CaseViewRow.received_at).limit(1)).first()

    def titles(self, who: Onlooker, case_ids: Sequence[int]) -> dict[int, str]:
        """The titles of those of the cases that this person may see, by id; two queries."""
        query = (
            select(CaseViewRow.case_id, CaseViewRow.code, ReportRow.wrapped_key)
            .join(ReportRow, ReportRow.id == CaseViewRow.case_id)
            .where(CaseViewRow.case_id.in_(case_ids), visible(who, held_in_view()))
        )
        with self._database.read() as session:
            words = self._words(session, session.execute(query).mappings().all())
        return {case_id: found.title for case_id, found in words.items()}

    def sought(self, tokens: Sequence[int], *, any_of_them: bool = False) -> Sought:
        """The stems of a question, those of the fewest cases first; one query."""
        columns = [_bounded_token(token).label(f"t{place}") for place, token in enumerate(tokens)]
        with self._database.read() as session:
            counted = session.execute(select(*columns)).one() if columns else ()
        by_rarity = sorted(zip(counted, tokens, strict=True))
        telling = by_rarity[-1:] if any_of_them else by_rarity[:1]
        return Sought(
            tokens=tuple(token for _, token in by_rarity),
            any_of_them=any_of_them,
            common=any(count > COUNTED_TO for count, _ in telling),
        )

    def _words(self, session: Session, found: Sequence[RowMapping]) -> dict[int, ReportWords]:
        """The words of the reports of these rows, opened; one query."""
        sources = {row["case_id"]: row for row in found}
        query = select(MessageRow.case_id, MessageRow.sealed).where(
            MessageRow.case_id.in_(list(sources)), MessageRow.kind == "report"
        )
        return {
            case_id: self._open(sources[case_id], sealed)
            for case_id, sealed in session.execute(query).tuples()
        }

    def _open(self, row: RowMapping, sealed: bytes) -> ReportWords:
        seal = self._keyring.case_seal(row["wrapped_key"], row["code"])
        return ReportWords.model_validate_json(seal.open(sealed, f"message.sealed:{row['code']}"))


def _rows() -> Select[*tuple[Any, ...]]:
    # the outcome is no way to the commands of a case: while the engine is away, all of them wait
    undone = func.coalesce(CommandRow.outcome, "") == "waiting"
    waiting = exists().where(CommandRow.case_id == CaseViewRow.case_id, undone)
    claimer = select(PersonRow.name).where(PersonRow.id == CaseViewRow.claimed_by).scalar_subquery()
    region = select(RegionRow.name).where(RegionRow.code == CaseViewRow.region_code).scalar_subquery()
    shown = (
        CaseViewRow.case_id,
        CaseViewRow.code,
        CaseViewRow.stage,
        CaseViewRow.kind,
        CaseViewRow.secret,
        CaseViewRow.level,
        CaseViewRow.due_at,
        CaseViewRow.due_clock,
        CaseViewRow.last_kind,
        CaseViewRow.last_at,
        ReportRow.mask,
        ReportRow.wrapped_key,
        UnitRow.name.label("holder"),
        CategoryRow.name.label("category"),
        CategoryRow.name_en.label("category_en"),
        region.label("region"),
        waiting.label("waiting"),
        claimer.label("claimer"),
    )
    return (
        select(*shown)
        .select_from(_joined())
        .join(ReportRow, ReportRow.id == CaseViewRow.case_id)
        .outerjoin(CategoryRow, CategoryRow.id == CaseViewRow.category_id)
    )


def _derivations(session: Session, found: Sequence[RowMapping]) -> dict[int, Derivation]:
    """How the shown due dates came about, by case."""
    query = (
        select(DueRow.case_id, DueRow.derivation)
        .join(CaseViewRow, CaseViewRow.case_id == DueRow.case_id)
        .where(
            DueRow.case_id.in_([row["case_id"] for row in found]),
            DueRow.clock == CaseViewRow.due_clock,
            DueRow.due_at == CaseViewRow.due_at,
        )
        .order_by(DueRow.seq)
    )
    return {case_id: Derivation.from_json(content) for case_id, content in session.execute(query).tuples()}


def _calendars(session: Session, dues: Iterable[Derivation]) -> dict[tuple[str, int], WorkCalendar]:
    named = {(due.calendar_id, due.calendar_version) for due in dues}
    query = select(CalendarRow.content).where(
        tuple_(CalendarRow.name, CalendarRow.version).in_(sorted(named))
    )
    found = (WorkCalendar.from_json(content) for content in session.scalars(query))
    return {(calendar.id, calendar.version): calendar for calendar in found}


def _joined() -> Join:
    """Each case with its holder."""
    return join(CaseViewRow, UnitRow, UnitRow.id == CaseViewRow.holder_id)


def _bounded_token(token: int) -> ScalarSelect[int]:
    found = select(SearchTokenRow.case_id).where(SearchTokenRow.token == token)
    limited = found.limit(COUNTED_TO + 1).subquery()
    return select(func.count()).select_from(limited).scalar_subquery()


def _row(row: RowMapping, words: ReportWords, derivation: Derivation | None) -> DeskRow:
    return DeskRow(
        case_id=row["case_id"],
        code=row["code"],
        mask=row["mask"],
        title=words.title,
        place=words.place,
        category=row["category"] or "",
        category_en=row["category_en"] or "",
        region=row["region"] or "",
        stage=Stage(row["stage"]),
        kind=Kind(row["kind"]),
        secret=row["secret"],
        level=row["level"],
        holder=row["holder"],
        due_at=row["due_at"],
        due_clock=None if row["due_clock"] is None else ClockName(row["due_clock"]),
        last_kind=EventKind(row["last_kind"]),
        last_at=row["last_at"],
        waiting=bool(row["waiting"]),
        claimer=row["claimer"] or "",
        derivation=derivation,
    )
