"""Single things that the desk looks up for somebody: a case, a code, names of people and units."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from db import directory_store
from db.case_table import CaseViewRow, ReportRow
from db.database import Database
from db.desk_filter import code_begins
from db.desk_scope import Held, Onlooker, held_in_view, units_in_reach, visible
from db.directory_table import PersonRow, UnitRow
from db.keyring import Keyring


class DeskLookup:
    """Looks up what its reader may see, and nothing else."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    def visible_case(self, who: Onlooker, code: str) -> int | None:
        """The id of the case of a code, if this person may see it: unknown and hidden cost the same query.

        A report whose first event is not recorded yet is held by its verifier.
        """
        held = Held(
            case_id=ReportRow.id,
            holder_id=func.coalesce(CaseViewRow.holder_id, ReportRow.verifier_id),
            secret=ReportRow.secret,
            level=func.coalesce(CaseViewRow.level, 0),
            accused_person_id=CaseViewRow.accused_person_id,
        )
        query = (
            select(ReportRow.id)
            .outerjoin(CaseViewRow, CaseViewRow.case_id == ReportRow.id)
            .where(ReportRow.code == code, visible(who, held))
        )
        with self._database.read() as session:
            return session.scalars(query).one_or_none()

    def visible_codes(self, who: Onlooker, case_ids: Iterable[int]) -> dict[int, str]:
        """The codes of those of the cases that this person may see, by id."""
        query = select(CaseViewRow.case_id, CaseViewRow.code).where(
            CaseViewRow.case_id.in_(list(case_ids)), visible(who, held_in_view())
        )
        with self._database.read() as session:
            return {case_id: code for case_id, code in session.execute(query).tuples()}

    def codes_that_begin(self, who: Onlooker, prefix: str, limit: int = 2) -> list[str]:
        """So many of the codes with that beginning whose cases this person may see."""
        query = select(CaseViewRow.code).where(code_begins(prefix), visible(who, held_in_view()))
        with self._database.read() as session:
            return list(session.scalars(query.order_by(CaseViewRow.code).limit(limit)))

    def people(self, person_ids: Iterable[int]) -> dict[int, str]:
        """Names of accounts by id."""
        query = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(list(person_ids)))
        with self._database.read() as session:
            return {person_id: name for person_id, name in session.execute(query).tuples()}

    def units(self, who: Onlooker) -> list[tuple[int, str]]:
        """The units whose cases this person can meet, as (id, name), by name."""
        query = select(UnitRow.id, UnitRow.name).where(units_in_reach(who)).order_by(UnitRow.name)
        with self._database.read() as session:
            return list(session.execute(query).tuples())

    def supervisors(self, unit_id: int) -> list[str]:
        """The names of those to whom a late case of the unit climbs first."""
        with self._database.read() as session:
            people = directory_store.supervisors_of(session, unit_id)
            query = select(PersonRow.name).where(PersonRow.id.in_(people)).order_by(PersonRow.name)
            return list(session.scalars(query))
