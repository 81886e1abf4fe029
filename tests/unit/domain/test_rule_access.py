"""Who stands on which rung, who helps, and what the accused see. Source: DOMAIN, the ladder; CASE, "Who"."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.access import Holding, Membership, may_see, rung_of, staff_actor
from domain.case import Relation, Role
from tests.case_factory import CITY, NATIONAL, REGENCY, ROADS, WORKS

ACCUSED = 8
HELD = Holding(unit=WORKS, above=(WORKS.id, CITY.id, NATIONAL.id), secret=False, level=0)
SECRET = replace(HELD, secret=True)


def member(role: Role, unit_id: int) -> list[Membership]:
    return [Membership(unit_id=unit_id, role=role)]


def relations(roles: list[Membership], held: Holding = HELD, person_id: int = 1) -> frozenset[Relation]:
    return staff_actor(person_id, roles, held).relations


@pytest.mark.parametrize(
    ("role", "unit_id", "rung"),
    [
        (Role.SUPERVISOR, WORKS.id, 1),
        (Role.AGENCY_ADMIN, CITY.id, 2),
        (Role.SUPERVISOR, CITY.id, 3),
        (Role.INSPECTORATE, CITY.id, 3),
        (Role.INSPECTORATE, WORKS.id, 3),
        (Role.NATIONAL_ADMIN, NATIONAL.id, 4),
        (Role.SUPERVISOR, NATIONAL.id, 4),
        (Role.AGENCY_ADMIN, REGENCY.id, None),
        (Role.SUPERVISOR, ROADS.id, None),
        (Role.LIAISON, WORKS.id, None),
        (Role.OVERSEER, NATIONAL.id, None),
        (Role.AGENCY_ADMIN, NATIONAL.id, None),
    ],
)
def test_each_role_above_the_holder_stands_on_its_rung(role: Role, unit_id: int, rung: int | None) -> None:
    assert rung_of(role, unit_id, HELD) == rung


def test_a_supervisor_between_the_unit_and_its_agency_is_on_the_first_rung() -> None:
    below = replace(HELD, above=(WORKS.id, 33, CITY.id, NATIONAL.id))
    assert rung_of(Role.SUPERVISOR, 33, below) == 1


@pytest.mark.parametrize("level", range(6))
def test_a_secret_case_opens_to_a_rung_only_when_it_has_reached_it(level: int) -> None:
    reached = replace(SECRET, level=level)
    for role, unit_id, rung in (
        (Role.AGENCY_ADMIN, CITY.id, 2),
        (Role.INSPECTORATE, CITY.id, 3),
        (Role.SUPERVISOR, CITY.id, 3),
        (Role.NATIONAL_ADMIN, NATIONAL.id, 4),
    ):
        assert may_see(member(role, unit_id), reached) is (level >= rung)
        assert bool(relations(member(role, unit_id), reached)) is (
            level >= rung and role is not Role.INSPECTORATE
        )


def test_an_overseer_reads_and_is_nothing_more() -> None:
    overseer = member(Role.OVERSEER, NATIONAL.id)
    assert may_see(overseer, HELD)
    assert not may_see(overseer, SECRET)
    assert relations(overseer) == frozenset()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("secret", [True, False])
def test_units_that_help_see_the_case_and_assist(role: Role, secret: bool) -> None:
    held = replace(HELD, assisting=(ROADS.id,), secret=secret)
    helps = role in {Role.LIAISON, Role.OPERATOR, Role.SUPERVISOR}
    assert may_see(member(role, ROADS.id), held) is helps
    assert (Relation.ASSISTANT in relations(member(role, ROADS.id), held)) is helps
    assert not may_see(member(role, ROADS.id), HELD)


def test_a_holder_that_is_also_named_as_a_helper_is_the_holder() -> None:
    held = replace(HELD, assisting=(WORKS.id,))
    assert relations(member(Role.LIAISON, WORKS.id), held) == {Relation.LIAISON}


@pytest.mark.parametrize("role", Role)
def test_the_accused_stands_to_the_case_in_no_way(role: Role) -> None:
    held = replace(HELD, accused_person_id=ACCUSED, assisting=(ROADS.id,), level=5)
    for unit_id in (WORKS.id, CITY.id, NATIONAL.id, ROADS.id):
        actor = staff_actor(ACCUSED, member(role, unit_id), held)
        assert (actor.relations, actor.role) == (frozenset(), None)


def test_a_colleague_of_the_accused_still_handles_the_case() -> None:
    held = replace(HELD, accused_person_id=ACCUSED)
    assert relations(member(Role.LIAISON, WORKS.id), held) == {Relation.LIAISON}


def test_inside_an_agency_its_admin_arbitrates_and_between_agencies_the_nation() -> None:
    assert Relation.ARBITER in relations(member(Role.AGENCY_ADMIN, CITY.id))
    assert Relation.ARBITER in relations(member(Role.NATIONAL_ADMIN, NATIONAL.id))
    assert Relation.ARBITER not in relations(member(Role.AGENCY_ADMIN, REGENCY.id))


def test_the_nation_verifies_only_what_no_agency_holds() -> None:
    national = member(Role.NATIONAL_ADMIN, NATIONAL.id)
    assert Relation.VERIFIER not in relations(national)
    free = Holding(unit=NATIONAL, above=(NATIONAL.id,), secret=False, level=0)
    assert Relation.VERIFIER in relations(national, free)
