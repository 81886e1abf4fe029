"""Regions are found by what people type: beginnings of words in any order, short names, no signs needed."""

from __future__ import annotations

import pytest

from db.database import Database
from db.region_seed import NewRegion, region_mark, write_regions
from db.region_store import find_regions, region, region_paths

BOGOR = "Kabupaten Bogor, Jawa Barat"
REGIONS = (
    NewRegion(code="31", name="Daerah Khusus Ibukota Jakarta", path="Daerah Khusus Ibukota Jakarta"),
    NewRegion(
        code="31.71",
        name="Kota Administrasi Jakarta Pusat",
        path="Kota Administrasi Jakarta Pusat, Daerah Khusus Ibukota Jakarta",
    ),
    NewRegion(code="32", name="Jawa Barat", path="Jawa Barat"),
    NewRegion(code="32.01", name="Kabupaten Bogor", path=BOGOR),
    NewRegion(code="32.01.01", name="Cibinong", path=f"Kecamatan Cibinong, {BOGOR}"),
    NewRegion(code="32.01.01.1006", name="Cibinong", path=f"Kelurahan Cibinong, Kecamatan Cibinong, {BOGOR}"),
    NewRegion(code="32.71", name="Kota Bogor", path="Kota Bogor, Jawa Barat"),
    NewRegion(code="52.05.01.2001", name="O'o", path="Desa O'o, Kecamatan Dompu, Kabupaten Dompu"),
    NewRegion(code="91.05", name="Kepulauan Yapén", path="Kepulauan Yapén, Papua"),
)


@pytest.fixture
def filled(database: Database) -> Database:
    """A database with a few regions."""
    write_regions(database, REGIONS, "uji")
    return database


def found(database: Database, query: str) -> list[str]:
    with database.read() as session:
        return [each.code for each in find_regions(session, query)]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("cibi", ["32.01.01", "32.01.01.1006"]),
        ("CIBINONG  bog", ["32.01.01", "32.01.01.1006"]),
        ("bogor cibinong", ["32.01.01", "32.01.01.1006"]),
        ("kec. cibinong", ["32.01.01"]),
        ("kelurahan cibinong", ["32.01.01.1006"]),
        ("jkt", ["31", "31.71"]),
        ("jakpus", ["31.71"]),
        ("kab bogor", ["32.01"]),
        ("kota bogor", ["32.71"]),
        ("oo", ["52.05.01.2001"]),
        ("o\u2019o", ["52.05.01.2001"]),
        ("yapen", ["91.05"]),
        ("Yapén", ["91.05"]),
        ("%", []),
        ("_ibinong", []),
        ("cibi%nong", []),
        ("';--", []),
        ("", []),
        ("tidak ada", []),
    ],
)
def test_a_query_finds_what_it_means(filled: Database, query: str, codes: list[str]) -> None:
    assert found(filled, query) == codes


def test_a_query_of_any_length_is_answered(filled: Database) -> None:
    assert found(filled, "cibinong " * 5_000) == ["32.01.01", "32.01.01.1006"]


def test_a_region_is_known_by_its_code(filled: Database) -> None:
    with filled.read() as session:
        one, none = region(session, "32.01.01"), region(session, "99")
        assert one is not None and (one.level, one.name) == (3, "Cibinong") and none is None
        assert region_paths(session, {"32.71", "99"}) == {"32.71": "Kota Bogor, Jawa Barat"}


def test_a_newer_list_replaces_names_and_leaves_no_old_word(filled: Database) -> None:
    write_regions(filled, [NewRegion(code="32.71", name="Kota Hujan", path="Kota Hujan")], "baru")
    assert found(filled, "kota hujan") == ["32.71"] and found(filled, "kota bogor") == []
    assert region_mark(filled) == "baru"
