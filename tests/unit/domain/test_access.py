"""Who stands how to a case and who may see it: role × place × secrecy × level, against a table by hand."""

from __future__ import annotations

import itertools

import pytest

from domain.access import Holding, Membership, may_see, staff_actor
from domain.case import Channel, Relation, Role
from tests.case_factory import CITY, NATIONAL, REGENCY, ROADS, WORKS

SUB_UNIT = 30
"""A unit below WORKS."""

ABOVE = {
    WORKS: (WORKS.id, CITY.id, NATIONAL.id),
    CITY: (CITY.id, NATIONAL.id),
    NATIONAL: (NATIONAL.id,),
}
SUBTREE_ROLES = {
    Role.NATIONAL_ADMIN,
    Role.AGENCY_ADMIN,
    Role.SUPERVISOR,
    Role.INSPECTORATE,
    Role.OVERSEER,
}
RUNGS = {
    (Role.AGENCY_ADMIN, "above"): 2,
    (Role.SUPERVISOR, "above"): 3,
    (Role.SUPERVISOR, "top"): 4,
    (Role.INSPECTORATE, "above"): 3,
    (Role.INSPECTORATE, "top"): 3,
    (Role.NATIONAL_ADMIN, "above"): 4,
    (Role.NATIONAL_ADMIN, "top"): 4,
}
"""The ladder above WORKS: its agency's admin, the inspectorate and the agency's head, then the nation."""
PLACES = {"own": WORKS.id, "above": CITY.id, "top": NATIONAL.id, "below": SUB_UNIT, "sibling": ROADS.id}
PLACES["elsewhere"] = REGENCY.id


def holding(unit=WORKS, *, secret: bool = False, level: int = 0) -> Holding:
    return Holding(unit=unit, above=ABOVE[unit], secret=secret, level=level)


def member(role: Role, unit_id: int) -> Membership:
    return Membership(unit_id=unit_id, role=role)


def expected_sight(role: Role, place: str, secret: bool, level: int) -> bool:
    if place == "own":
        return not (secret and role is Role.OVERSEER)
    if place not in {"above", "top"} or role not in SUBTREE_ROLES:
        return False
    return not secret or RUNGS.get((role, place), 9) <= level


@pytest.mark.parametrize(
    ("role", "place", "secret", "level"),
    itertools.product(Role, PLACES, [False, True], [0, 1, 2, 3, 4]),
    ids=str,
)
def test_each_role_in_each_place_sees_what_it_must_and_no_more(
    role: Role, place: str, secret: bool, level: int
) -> None:
    found = may_see([member(role, PLACES[place])], holding(secret=secret, level=level))
    assert found is expected_sight(role, place, secret, level)


def test_nobody_sees_a_case_without_a_role() -> None:
    assert not may_see([], holding())


def test_one_fitting_role_among_several_is_enough() -> None:
    roles = [member(Role.OVERSEER, REGENCY.id), member(Role.LIAISON, WORKS.id)]
    assert may_see(roles, holding(secret=True))


def test_a_secret_case_leaves_the_sight_of_the_agency_that_disposed_it() -> None:
    admin = [member(Role.AGENCY_ADMIN, CITY.id)]
    assert may_see(admin, holding(CITY, secret=True))
    assert not may_see(admin, holding(WORKS, secret=True))


HANDLES = {Role.LIAISON: Relation.LIAISON, Role.OPERATOR: Relation.OPERATOR}


def expected_relation(role: Role, unit_id: int, held: Holding) -> set[Relation]:
    if unit_id not in held.above:
        return set()
    if role is Role.SUPERVISOR:
        return {Relation.SUPERVISOR}
    if role is Role.AGENCY_ADMIN:
        return {Relation.VERIFIER, Relation.ARBITER} if unit_id == held.unit.agency_id else set()
    if role is Role.NATIONAL_ADMIN:
        return {Relation.ARBITER} | ({Relation.VERIFIER} if held.unit is NATIONAL else set())
    in_office = unit_id == held.unit.id == WORKS.id
    return {HANDLES[role]} if in_office and role in HANDLES else set()


@pytest.mark.parametrize("unit", ABOVE, ids=["department", "agency", "national"])
@pytest.mark.parametrize(("role", "unit_id"), itertools.product(Role, PLACES.values()), ids=str)
def test_each_role_in_each_place_stands_to_the_case_as_the_table_says(unit, role: Role, unit_id: int) -> None:
    held = holding(unit)
    actor = staff_actor(8, [member(role, unit_id)], held)
    assert actor.relations == expected_relation(role, unit_id, held)


def test_the_actor_names_person_channel_holder_and_the_role_that_gave_the_right() -> None:
    roles = [member(Role.OVERSEER, CITY.id), member(Role.LIAISON, WORKS.id)]
    actor = staff_actor(8, roles, holding())
    assert (actor.person_id, actor.channel, actor.holder_id) == (8, Channel.WEB, WORKS.id)
    assert (actor.role, actor.unit_id) == (Role.LIAISON, WORKS.id)


def test_two_roles_give_both_relations() -> None:
    roles = [member(Role.OPERATOR, WORKS.id), member(Role.SUPERVISOR, CITY.id)]
    assert staff_actor(8, roles, holding()).relations == {Relation.OPERATOR, Relation.SUPERVISOR}


def test_a_person_without_a_fitting_role_is_an_actor_without_relations() -> None:
    actor = staff_actor(8, [member(Role.LIAISON, ROADS.id)], holding())
    assert (actor.relations, actor.role, actor.unit_id) == (frozenset(), None, None)


def test_nobody_on_the_staff_stands_to_a_case_as_its_reporter_or_as_the_system() -> None:
    everything = [member(role, unit_id) for role in Role for unit_id in PLACES.values()]
    found = set().union(*(staff_actor(8, everything, holding(unit)).relations for unit in ABOVE))
    assert not found & {Relation.REPORTER, Relation.SYSTEM}
