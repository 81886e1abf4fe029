"""Which people a case exists for: never the accused, and a secret one only whoever may open it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from db import directory_store
from db.case_table import ReportRow
from db.ladder import ladder_people
from domain.access import may_see
from domain.state import CaseState


def who_may_see(session: Session, state: CaseState, person_ids: Collection[int]) -> set[int]:
    """Those of the people who do not get "not found" for the case; one query for the roles of all."""
    others = {person_id for person_id in person_ids if person_id != state.facts.accused_person_id}
    if not others or not session.get_one(ReportRow, state.case_id).secret:
        return others
    held = directory_store.holding_of(session, state, secret=True)
    roles = directory_store.memberships_of(session, others)
    return {person_id for person_id in others if may_see(roles.get(person_id, []), held)}


def first_rung_in_sight(session: Session, state: CaseState) -> list[int]:
    """The people of the lowest rung on which somebody may see the case at its level, if any."""
    rungs = ladder_people(session, state)
    seen = who_may_see(session, state, {person_id for people in rungs.values() for person_id in people})
    found = ([person_id for person_id in rungs[rung] if person_id in seen] for rung in sorted(rungs))
    return next(filter(None, found), [])
