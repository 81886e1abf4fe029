"""Finds regions of the country by what people type of their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from db.region_table import RegionRow, RegionWordRow

LONGEST_QUERY = 120
MOST_WORDS = 8
MOST_TRIED = 3
WHOLE_BELOW = 3
"""So few letters begin the names of thousands of villages: only cities are found by them, or whole words."""
CITY = 2
MOST = 10
LONGEST_WORD = 40
_APOSTROPHES = re.compile(r"['\u2019\u2018\u02bc`]")
_WORD = re.compile(r"[a-z0-9]+")
AFTER_ALL = "~"
"""Comes after every letter and digit that a folded word can hold."""

SHORT: Mapping[str, str] = {
    "bdg": "bandung",
    "bks": "bekasi",
    "bpp": "balikpapan",
    "dki": "jakarta",
    "diy": "yogyakarta",
    "jabar": "jawa barat",
    "jakbar": "jakarta barat",
    "jakpus": "jakarta pusat",
    "jaksel": "jakarta selatan",
    "jaktim": "jakarta timur",
    "jakut": "jakarta utara",
    "jateng": "jawa tengah",
    "jatim": "jawa timur",
    "jkt": "jakarta",
    "jogja": "yogyakarta",
    "jogjakarta": "yogyakarta",
    "kab": "kabupaten",
    "kalbar": "kalimantan barat",
    "kalsel": "kalimantan selatan",
    "kalteng": "kalimantan tengah",
    "kaltim": "kalimantan timur",
    "kaltara": "kalimantan utara",
    "ntb": "nusa tenggara barat",
    "ntt": "nusa tenggara timur",
    "sby": "surabaya",
    "smg": "semarang",
    "sulsel": "sulawesi selatan",
    "sulteng": "sulawesi tengah",
    "sultra": "sulawesi tenggara",
    "sulut": "sulawesi utara",
    "sumbar": "sumatera barat",
    "sumsel": "sumatera selatan",
    "sumut": "sumatera utara",
    "tangsel": "tangerang selatan",
    "yogya": "yogyakarta",
}
"""What people write for names that they find too long."""
LEVELS: Mapping[str, int] = {
    "provinsi": 1,
    "prov": 1,
    "kecamatan": 3,
    "kec": 3,
    "distrik": 3,
    "kelurahan": 4,
    "kel": 4,
    "desa": 4,
}
"""Words that say which kind of region is meant; they are part of few names."""


@dataclass(frozen=True, kw_only=True)
class Region:
    """A region with its name as people read it: its own and those of all that it lies in."""

    code: str
    level: int
    name: str
    path: str


def region(session: Session, code: str | None) -> Region | None:
    """The region of that code."""
    row = session.get(RegionRow, code) if code else None
    return None if row is None else _region(row)


def region_paths(session: Session, codes: set[str]) -> dict[str, str]:
    """The names of regions by their codes."""
    rows = session.execute(select(RegionRow.code, RegionRow.path).where(RegionRow.code.in_(codes)))
    return {row.code: row.path for row in rows}


def find_regions(session: Session, query: str, limit: int = MOST) -> list[Region]:
    """What a query may mean, best first: all its words begin a word of the region or of what it lies in."""
    words, level = asked(query)
    if not words:
        return []
    found: dict[str, Region] = {}
    for driver in sorted(set(words), key=len, reverse=True)[:MOST_TRIED]:
        for row in session.scalars(_query(words, driver, level).limit(2 * limit)):
            found.setdefault(row.code, _region(row))
        if found:
            break
    return list(found.values())[:limit]


def asked(query: str) -> tuple[list[str], int | None]:
    """The folded words of a query without those that only say which level is meant, and that level."""
    spelled = " ".join(SHORT.get(word, word) for word in folded_words(query[:LONGEST_QUERY])).split()
    words = [word for word in spelled if word not in LEVELS][:MOST_WORDS]
    if not words:
        return spelled[:MOST_WORDS], None
    level = LEVELS.get(spelled[0])
    return words, level


def folded_words(text: str) -> list[str]:
    """The words of a text in lower case, without accents, apostrophes and signs."""
    split = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text.casefold()))
    plain = "".join(letter for letter in split if not unicodedata.combining(letter))
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain)]


def _query(words: Iterable[str], driver: str, level: int | None) -> Select[RegionRow]:
    """Regions with a name that holds one word, and with all the words somewhere on their path."""
    whole = case((RegionWordRow.word == driver, 0), else_=1)
    query = (
        select(RegionRow)
        .join(RegionWordRow, RegionWordRow.code == RegionRow.code)
        .where(RegionWordRow.word >= driver, RegionWordRow.word < driver + AFTER_ALL)
        .order_by(whole, RegionRow.level, func.length(RegionRow.name), RegionRow.code)
    )
    if len(driver) < WHOLE_BELOW:
        query = query.where(or_(RegionWordRow.word == driver, RegionWordRow.level <= CITY))
    if level is not None:
        query = query.where(RegionWordRow.level == level)
    for word in words:
        if word != driver:
            query = query.where(RegionRow.search.like(f"% {word}%"))
    return query


def _region(row: RegionRow) -> Region:
    return Region(code=row.code, level=row.level, name=row.name, path=row.path)
