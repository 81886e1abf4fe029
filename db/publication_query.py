"""What everybody may read: published reports whose cases are fit to be shown, in pages and one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true, tuple_
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session, aliased

from db.case_table import CaseViewRow, MessageRow
from db.category_table import CategoryRow
from db.database import Database
from db.directory_table import UnitRow
from db.publication_filter import WantedCases, wanted_cases
from db.publication_search import alike, holds_stems, spelled_right
from db.publication_table import PublicationRegionRow, PublicationReplyRow, PublicationRow
from db.region_table import RegionRow
from domain.case import EndReason, Kind, Stage
from domain.publication import HIDING_ENDS

PAGE_SIZE = 20
EXCERPT_LETTERS = 320
COMPARED = 60
NEARBY = 2
"""How much more a likeness counts in the same region."""


class PublishedOrder(StrEnum):
    """In which order reports are listed."""

    NEWEST = "newest"
    SUPPORTED = "supported"


@dataclass(frozen=True, kw_only=True)
class PublishedFilter:
    """What a reader looks for; `region_code` means the region with all that lies in it."""

    words: str = ""
    kind: Kind | None = None
    stage: Stage | None = None
    agency_id: int | None = None
    category_id: int | None = None
    region_code: str | None = None
    order: PublishedOrder = PublishedOrder.NEWEST

    @property
    def narrowed(self) -> bool:
        """Whether some reports may be left out."""
        asked = (self.words, self.kind, self.stage, self.agency_id, self.category_id, self.region_code)
        return any(asked)


@dataclass(frozen=True, kw_only=True)
class PublishedPlace:
    """Where a page begins after, or ends before: a report by its place in the order."""

    supports: int
    id: int
    backwards: bool = False


@dataclass(frozen=True, kw_only=True)
class PublishedReport:
    """A report as everybody may see it; `case_id` is for reading on and never for a page.

    Attributes:
        text: the whole of it, or its beginning in a list.
        unit, agency: who has the case now, by name.
        category: (Indonesian, English), or None.
    """

    id: int
    slug: str
    case_id: int
    title: str
    text: str
    place: str
    supports: int
    published_at: datetime
    changed_at: datetime
    received_at: datetime
    stage: Stage
    kind: Kind
    end_reason: EndReason | None
    unit: str
    agency: str
    category: tuple[str, str] | None
    region: str


@dataclass(frozen=True, kw_only=True)
class PublishedReply:
    """A redacted reply; `seq` is the event that brought the original to the reporter."""

    kind: str
    text: str
    seq: int


@dataclass(frozen=True, kw_only=True)
class PublishedPage:
    """Reports in order."""

    rows: tuple[PublishedReport, ...]
    more_before: bool
    more_after: bool


class PublicationQuery:
    """Reads what is public; every query holds the rule of `shown`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, wanted: PublishedFilter, place: PublishedPlace | None = None, size: int = PAGE_SIZE
    ) -> PublishedPage:
        """The reports after (or before) a place."""
        backwards = place is not None and place.backwards
        with self._database.read() as session:
            query = _reports().where(*_conditions(session, wanted), _seek(wanted.order, place))
            found = session.execute(query.order_by(*_order(wanted.order, backwards)).limit(size + 1))
            rows = [_report(row, whole=False) for row in found.mappings()]
        shown_rows, more = rows[:size], len(rows) > size
        return PublishedPage(
            rows=tuple(reversed(shown_rows)) if backwards else tuple(shown_rows),
            more_before=more if backwards else place is not None,
            more_after=backwards or more,
        )

    def report(self, slug: str) -> PublishedReport | None:
        """The report of a public name, if it is shown now."""
        with self._database.read() as session:
            query = _reports().where(shown(), PublicationRow.slug == slug)
            row = session.execute(query).mappings().one_or_none()
            return None if row is None else _report(row, whole=True)

    def replies(self, publication_id: int) -> list[PublishedReply]:
        """The published replies of a report, oldest first; one that was taken back is gone here too."""
        query = (
            select(MessageRow.kind, MessageRow.published_seq, PublicationReplyRow.text)
            .join(MessageRow, MessageRow.id == PublicationReplyRow.message_id)
            .where(
                PublicationReplyRow.publication_id == publication_id,
                MessageRow.taken_back_seq.is_(None),
                MessageRow.published_seq.is_not(None),
            )
            .order_by(MessageRow.published_seq)
        )
        with self._database.read() as session:
            return [
                PublishedReply(kind=row.kind, text=row.text, seq=row.published_seq or 0)
                for row in session.execute(query)
            ]

    def subject_and_region(self, case_id: int) -> tuple[tuple[str, str] | None, str]:
        """The subject (Indonesian, English) and region that a case would be shown with."""
        query = (
            select(CategoryRow.name, CategoryRow.name_en, RegionRow.path)
            .select_from(CaseViewRow)
            .outerjoin(CategoryRow, CategoryRow.id == CaseViewRow.category_id)
            .outerjoin(RegionRow, RegionRow.code == CaseViewRow.region_code)
            .where(CaseViewRow.case_id == case_id)
        )
        with self._database.read() as session:
            row = session.execute(query).one_or_none()
        if row is None:
            return None, ""
        return (row.name, row.name_en) if row.name else None, row.path or ""

    def regions(self) -> list[tuple[str, str]]:
        """The cities in which something was ever published, as (code, name), by name."""
        published = RegionRow.code.in_(select(PublicationRegionRow.code))
        query = select(RegionRow.code, RegionRow.name).where(published).order_by(RegionRow.name)
        with self._database.read() as session:
            return list(session.execute(query).tuples())

    def spelled_right(self, words: str) -> str:
        """What a reader may have meant who found nothing; "" if there is nothing to propose."""
        with self._database.read() as session:
            return spelled_right(session, words, shown())

    def alike(self, text: str, region_code: str | None, size: int) -> list[PublishedReport]:
        """Open reports that say much the same as a text, the likest first; those of its region go ahead."""
        with self._database.read() as session:
            scores = {found.publication_id: found.score for found in alike(session, text, COMPARED)}
            still_open = and_(shown(), CaseViewRow.end_reason.is_(None))
            query = _reports().where(PublicationRow.id.in_(sorted(scores)), still_open)
            rows = session.execute(query.add_columns(CaseViewRow.region_code)).mappings().all()
            found = [(_report(row, whole=False), row["region_code"]) for row in rows]

        def weight(pair: tuple[PublishedReport, str | None]) -> float:
            near = region_code is not None and pair[1] == region_code
            return scores[pair[0].id] * (NEARBY if near else 1)

        return [report for report, _ in sorted(found, key=weight, reverse=True)[:size]]


def shown() -> ColumnElement[bool]:
    """Whether a publication may be seen now. Needs the row of its case in `case_view`.

    Source: `domain.publication.is_publishable`, as SQL.
    """
    return and_(_fit(), _allowed())


def _allowed() -> ColumnElement[bool]:
    """Leave to publish; read out of the state, so it is looked at last."""
    leave: ColumnElement[bool] = CaseViewRow.state["facts"]["publish"].as_boolean()
    return leave


def _fit() -> ColumnElement[bool]:
    """That it was not taken back, and that its case is neither secret nor at an end that hides it."""
    return and_(PublicationRow.live, _fit_case())


def _fit_case() -> ColumnElement[bool]:
    return and_(
        ~CaseViewRow.secret,
        CaseViewRow.merged_into.is_(None),
        or_(CaseViewRow.end_reason.is_(None), CaseViewRow.end_reason.not_in(sorted(HIDING_ENDS))),
    )


def _reports() -> Select[*tuple[Any, ...]]:
    agency = aliased(UnitRow)
    return (
        select(
            PublicationRow,
            CaseViewRow.stage,
            CaseViewRow.kind,
            CaseViewRow.end_reason,
            CaseViewRow.received_at,
            UnitRow.name.label("unit"),
            agency.name.label("agency"),
            CategoryRow.name.label("category"),
            CategoryRow.name_en.label("category_en"),
            RegionRow.path.label("region"),
        )
        .join(CaseViewRow, CaseViewRow.case_id == PublicationRow.case_id)
        .join(UnitRow, UnitRow.id == CaseViewRow.holder_id)
        .join(agency, agency.id == UnitRow.agency_id)
        .outerjoin(CategoryRow, CategoryRow.id == CaseViewRow.category_id)
        .outerjoin(RegionRow, RegionRow.code == CaseViewRow.region_code)
    )


def _conditions(session: Session, wanted: PublishedFilter) -> list[ColumnElement[bool]]:
    asked = WantedCases(
        kind=wanted.kind,
        stage=wanted.stage,
        agency_id=wanted.agency_id,
        category_id=wanted.category_id,
        region_code=wanted.region_code,
    )
    cases = wanted_cases(session, asked, _fit_case())
    live = and_(func.coalesce(PublicationRow.live, false()) if cases.are_few else PublicationRow.live)
    return [live, _fit_case(), *holds_stems(session, wanted.words), *cases.conditions, _allowed()]


def _order(order: PublishedOrder, backwards: bool) -> list[Any]:
    columns = [PublicationRow.id] if order is PublishedOrder.NEWEST else _by_support()
    return [column.asc() if backwards else column.desc() for column in columns]


def _by_support() -> list[Any]:
    return [PublicationRow.supports, PublicationRow.id]


def _seek(order: PublishedOrder, place: PublishedPlace | None) -> ColumnElement[bool]:
    if place is None:
        return true()
    if order is PublishedOrder.NEWEST:
        key = PublicationRow.id
        return key > place.id if place.backwards else key < place.id
    both, at = tuple_(*_by_support()), tuple_(place.supports, place.id)
    return both > at if place.backwards else both < at


def _report(row: RowMapping, *, whole: bool) -> PublishedReport:
    own: PublicationRow = row[PublicationRow]
    category = row["category"]
    return PublishedReport(
        id=own.id,
        slug=own.slug,
        case_id=own.case_id,
        title=own.title,
        text=own.text if whole else excerpt(own.text),
        place=own.place,
        supports=own.supports,
        published_at=own.published_at,
        changed_at=own.changed_at,
        received_at=row["received_at"],
        stage=Stage(row["stage"]),
        kind=Kind(row["kind"]),
        end_reason=None if row["end_reason"] is None else EndReason(row["end_reason"]),
        unit=row["unit"],
        agency=row["agency"],
        category=None if category is None else (category, row["category_en"]),
        region=row["region"] or "",
    )


def excerpt(text: str) -> str:
    """The beginning of a text in one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= EXCERPT_LETTERS:
        return line
    return f"{line[:EXCERPT_LETTERS].rsplit(' ', 1)[0]}…"
