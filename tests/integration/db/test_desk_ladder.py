"""Which late cases a list calls climbed, for whom: those on a rung that was reached, and not who is late."""

from __future__ import annotations

import pytest

from db.desk_filter import DeskView
from db.desk_query import DeskQuery
from domain.case import Role
from tests.factories import CaseFactory
from tests.integration.db.desk_lists import codes_in, held_by, looker
from tests.offices import Offices


@pytest.fixture
def factory(offices: Offices) -> CaseFactory:
    return CaseFactory(offices)


@pytest.fixture
def query(offices: Offices) -> DeskQuery:
    return DeskQuery(offices.database, offices.keyring)


def test_what_has_climbed_rises_in_the_supervisors_view_alone(factory: CaseFactory, query: DeskQuery) -> None:
    climbed, _quiet = held_by(factory, "pu", climbed=True), held_by(factory, "pu")
    assert codes_in(query, looker(factory, "pu.atasan"), DeskView.ESCALATED) == {climbed.code}
    for login in ("pu.penghubung", "kota.admin", "kota.atasan", "nasional.admin"):
        assert not codes_in(query, looker(factory, login), DeskView.ESCALATED)


def test_each_rung_brings_a_case_into_one_more_list(factory: CaseFactory, query: DeskQuery) -> None:
    case, rungs = held_by(factory, "pu"), ("pu.atasan", "kota.admin", "kota.atasan", "nasional.admin")
    for level in range(1, 5):
        factory.climb(case, level)
        reached = {login for login in rungs if codes_in(query, looker(factory, login), DeskView.ESCALATED)}
        assert reached == set(rungs[:level])


def test_a_late_case_does_not_climb_to_those_who_are_late_themselves(
    factory: CaseFactory, query: DeskQuery
) -> None:
    """Nor to a liaison who also supervises; `kota.admin` verifies for the whole city, and still sees it."""
    of_city, of_nation = held_by(factory, "kota"), held_by(factory, "nasional")
    of_office = held_by(factory, "pu")
    for case in (of_city, of_nation, of_office):
        factory.climb(case, 4)
    factory.add_person("pu.ganda", [("pu", Role.LIAISON), ("pu", Role.SUPERVISOR)])
    climbed = {
        "kota.admin": {of_office.code},
        "kota.atasan": {of_city.code, of_office.code},
        "nasional.admin": {of_city.code, of_office.code},
        "pu.ganda": set(),
    }
    for login, codes in climbed.items():
        assert codes_in(query, looker(factory, login), DeskView.ESCALATED) == codes, login
    assert of_city.code in codes_in(query, looker(factory, "kota.admin"))
