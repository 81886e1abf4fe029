"""Looks that share one session: what was found is remembered, and a write makes it new."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import SQLAlchemyError

from db.database import Database, remembered
from db.directory_store import units_below
from db.directory_table import UnitRow
from tests.offices import Offices


def _counted(database: Database) -> list[str]:
    statements: list[str] = []
    event.listen(
        database.engine,
        "before_cursor_execute",
        lambda _c, _u, statement, *_: statements.append(statement),
    )
    return statements


def test_a_glance_asks_the_tables_once(offices: Offices) -> None:
    """Outside of one, each look asks anew."""
    database, agency = offices.database, offices.units["kota"]
    said = _counted(database)
    with database.glance():
        for _ in range(3):
            with database.read() as session:
                units_below(session, agency)
                session.get_one(UnitRow, agency)
    assert len([one for one in said if one.startswith("SELECT")]) == 2
    said.clear()
    for _ in range(3):
        with database.read() as session:
            units_below(session, agency)
    assert len([one for one in said if one.startswith("SELECT")]) == 3


def test_what_is_read_after_a_write_is_as_new_as_the_write(offices: Offices) -> None:
    """Of rows as of what was remembered."""
    database, agency = offices.database, offices.units["kota"]
    with database.glance():
        with database.read() as session:
            assert session.get_one(UnitRow, agency).name != "Kota Lain"
            assert remembered(session, "answer", lambda: 1) == 1
        with database.write() as session:
            session.get_one(UnitRow, agency).name = "Kota Lain"
        with database.read() as session:
            assert session.get_one(UnitRow, agency).name == "Kota Lain"
            assert remembered(session, "answer", lambda: 2) == 2


def test_a_look_inside_a_write_is_forgotten_with_its_end(offices: Offices) -> None:
    """It saw the tables as they were before."""
    database, agency = offices.database, offices.units["kota"]
    with database.glance():
        with database.write() as session:
            session.get_one(UnitRow, agency).name = "Kota Lain"
            with database.read() as look:
                assert look.get_one(UnitRow, agency).name != "Kota Lain"
        with database.read() as session:
            assert session.get_one(UnitRow, agency).name == "Kota Lain"


def test_a_glance_goes_on_after_a_fault(offices: Offices) -> None:
    """PostgreSQL lets nothing be asked in a transaction in which something failed."""
    database = offices.database
    with database.glance():
        with pytest.raises(SQLAlchemyError), database.read() as session:
            session.execute(text("select nothing from nowhere"))
        with database.read() as session:
            assert session.scalars(select(UnitRow.id)).all()


def test_a_look_changes_nothing_in_a_glance_either(offices: Offices) -> None:
    """What it changed by mistake is rolled back."""
    database, agency = offices.database, offices.units["kota"]
    with database.glance():
        with database.read() as session:
            before = session.get_one(UnitRow, agency).name
            session.get_one(UnitRow, agency).name = "Kota Lain"
        with database.read() as session:
            assert session.get_one(UnitRow, agency).name == before


def test_glances_within_one_another_are_one(offices: Offices) -> None:
    """The outer one ends last."""
    database = offices.database
    with database.glance():
        with database.glance(), database.read() as session:
            remembered(session, "answer", lambda: 1)
        with database.read() as again:
            assert remembered(again, "answer", lambda: 2) == 1
