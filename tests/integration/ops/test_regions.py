"""The list of regions: complete, in one piece with its parents, and filled in piece by piece."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from db.database import Database
from db.region_seed import region_mark, write_regions
from db.region_store import find_regions
from db.region_table import RegionRow
from ops import regions
from ops.regions import add_villages, seed_regions


def count(database: Database, level: int) -> int:
    with database.read() as session:
        return session.scalar(select(func.count(RegionRow.code)).where(RegionRow.level == level)) or 0


def test_provinces_regencies_and_districts_come_first_and_only_once(sqlite_database: Database) -> None:
    assert not add_villages(sqlite_database), "villages wait for what they lie in"
    seed_regions(sqlite_database)
    counts = [count(sqlite_database, level) for level in (1, 2, 3, 4)]
    assert counts[:2] == [38, 514] and counts[2] > 7_000 and counts[3] == 0
    mark = region_mark(sqlite_database)
    seed_regions(sqlite_database)
    assert region_mark(sqlite_database) == mark
    with sqlite_database.read() as session:
        found = find_regions(session, "kec cibinong")
    assert [each.path for each in found] == ["Kecamatan Cibinong, Kabupaten Bogor, Jawa Barat"]


def test_villages_follow_in_pieces_and_go_on_where_they_were_cut_off(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regions, "PIECE", 100)
    seed_regions(sqlite_database)
    sizes = []
    for _ in range(3):
        assert add_villages(sqlite_database)
        sizes.append(count(sqlite_database, 4))
    assert 100 <= sizes[0] < sizes[1] < sizes[2] < 1_000
    with sqlite_database.read() as session:
        orphans = session.scalars(
            select(RegionRow.code).where(
                RegionRow.level == 4, RegionRow.parent_code.not_in(select(RegionRow.code))
            )
        ).all()
    assert orphans == []


def test_the_last_piece_is_the_end(sqlite_database: Database) -> None:
    seed_regions(sqlite_database)
    nearly = f"{region_mark(sqlite_database)}96.71.01"
    write_regions(sqlite_database, [], nearly)
    assert not add_villages(sqlite_database)
    assert count(sqlite_database, 4) > 20 and region_mark(sqlite_database).endswith(regions.DONE)
    written = count(sqlite_database, 4)
    assert not add_villages(sqlite_database) and count(sqlite_database, 4) == written
