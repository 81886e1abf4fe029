"""Finding published reports by words: whole stems of all of them, mistyped words, and reports that are alike.

One index of stems serves both databases, so that both find the same; which way a search goes through it is
chosen by how often its rarest word is said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from db.case_table import CaseViewRow
from db.publication_index import roots
from db.publication_table import PublicationRow, PublicationStemRow, PublicationWordRow
from db.search_text import folded

MOST_WORDS = 8
"""So many words of a search count, and so many are looked at for a slip."""
SELDOM = 2_000
"""A stem in no more publications than this leads to them; of others the newest reports are tried in turn."""
SLIP_LETTERS = 2
SLIP_LIKENESS = 74
CANDIDATES = 5
COMPARED_STEMS = 100
"""So many words of a new report are looked up, its title's first."""
TELLING_STEMS = 10
"""So many of the rarest of them are compared."""
FEWEST_SHARED, MOST_SHARED = 2, 3
"""So many words two reports must have in common, the more of them the more the new one has to compare."""
_SHARED_OF = 3
_SAYS_LITTLE = """
    jalan gang kota kabupaten kecamatan kelurahan desa rt rw depan dekat samping seberang belakang sekitar
    daerah sudah belum tidak bukan ada lagi masih sejak sampai hari minggu bulan tahun pagi siang sore malam
    kemarin sekarang
    setiap sering selalu sangat banyak lebih kurang orang warga bisa dapat mohon tolong harap segera
    lapor laporan petugas pemerintah terima kasih
"""
_WORD = re.compile(r"[a-z]{4,}")


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """How much a publication shares with a text; only good for comparing."""

    publication_id: int
    score: float


def holds_stems(session: Session, words: str) -> list[ColumnElement[bool]]:
    """Conditions: the publication says every one of the words, whatever their endings."""
    asked = list(dict.fromkeys(roots(words)))[:MOST_WORDS]
    said = frequencies(session, asked)
    rarest_first = sorted(asked, key=lambda stem: (said[stem], stem))
    return [
        _leads(stem) if place == 0 and said[stem] <= SELDOM else _says(stem)
        for place, stem in enumerate(rarest_first)
    ]


def frequencies(session: Session, stems: Collection[str]) -> Mapping[str, int]:
    """In how many publications each stem stands, counted up to one more than `SELDOM`; one query."""
    asked = list(stems)
    if not asked:
        return {}
    row = session.execute(select(*(_counted(stem) for stem in asked))).one()
    return dict(zip(asked, row, strict=True))


def _counted(stem: str) -> ColumnElement[int]:
    some = select(PublicationStemRow.publication_id).where(PublicationStemRow.stem == stem).limit(SELDOM + 1)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def spelled_right(session: Session, words: str, is_shown: ColumnElement[bool]) -> str:
    """The words with those that nobody says replaced by such as are said nearly so; "" without any.

    A word is only proposed if a report that is shown now says it. Three queries, however many words.
    """
    typed = folded(words).split()
    near = _nearest(session, _unsaid(session, [word for word in typed if _WORD.fullmatch(word)]))
    shown_words = _said(session, {word for found in near.values() for word in found}, is_shown)
    better = {word: next((one for one in found if one in shown_words), word) for word, found in near.items()}
    said = [better.get(word, word) for word in typed]
    return " ".join(said) if said != typed else ""


def alike(session: Session, text: str, limit: int) -> list[Likeness]:
    """The publications, shown or not, that share the most telling words with a text, the likest first.

    One word in common says nothing, and words of place, time and request say little of a subject.
    """
    asked = (stem for stem in dict.fromkeys(roots(text)) if stem not in _little())
    said = frequencies(session, list(islice(asked, COMPARED_STEMS)))
    telling = sorted((stem for stem in said if 0 < said[stem] <= SELDOM), key=lambda stem: said[stem])
    needed = min(MOST_SHARED, max(FEWEST_SHARED, len(telling) // _SHARED_OF))
    weights = {stem: math.log(1 + SELDOM / said[stem]) for stem in telling[:TELLING_STEMS]}
    query = select(PublicationStemRow.publication_id, PublicationStemRow.stem).where(
        PublicationStemRow.stem.in_(sorted(weights))
    )
    shared: dict[int, list[str]] = {}
    for publication_id, stem in session.execute(query).tuples():
        shared.setdefault(publication_id, []).append(stem)
    found = [
        Likeness(publication_id=key, score=sum(weights[stem] for stem in common))
        for key, common in shared.items()
        if len(common) >= needed
    ]
    return sorted(found, key=lambda each: (-each.score, -each.publication_id))[:limit]


@cache
def _little() -> frozenset[str]:
    return frozenset(roots(_SAYS_LITTLE))


def _leads(stem: str) -> ColumnElement[bool]:
    found = select(PublicationStemRow.publication_id).where(PublicationStemRow.stem == stem)
    return PublicationRow.id.in_(found)


def _says(stem: str) -> ColumnElement[bool]:
    return exists().where(
        PublicationStemRow.stem == stem, PublicationStemRow.publication_id == PublicationRow.id
    )


def _unsaid(session: Session, words: Iterable[str]) -> list[str]:
    """Those of the first words of which no publication says any stem."""
    stems_of = {word: roots(word) for word in islice(dict.fromkeys(words), MOST_WORDS)}
    said = frequencies(session, {stem for stems in stems_of.values() for stem in stems})
    return [word for word, stems in stems_of.items() if not any(said[stem] for stem in stems)]


def _nearest(session: Session, words: Sequence[str]) -> dict[str, list[str]]:
    """For each word those that publications hold and that look most like it, the likest first."""
    if not words:
        return {}
    lengths = [len(word) for word in words]
    about_as_long = func.length(PublicationWordRow.word).between(
        min(lengths) - SLIP_LETTERS, max(lengths) + SLIP_LETTERS
    )
    query = select(PublicationWordRow.word).where(about_as_long).order_by(PublicationWordRow.word)
    known = session.scalars(query).all()
    return {word: _alike_words(word, known) for word in words}


def _alike_words(word: str, known: Sequence[str]) -> list[str]:
    fit = [one for one in known if abs(len(one) - len(word)) <= SLIP_LETTERS]
    near = process.extract(word, fit, scorer=fuzz.ratio, limit=CANDIDATES, score_cutoff=SLIP_LIKENESS)
    return [found for found, _, _ in near]


def _said(session: Session, words: Collection[str], is_shown: ColumnElement[bool]) -> set[str]:
    """Those of the words that a report which is shown now says as they are."""
    asked = sorted(words)
    if not asked:
        return set()
    row = session.execute(select(*(_is_said(word, is_shown) for word in asked))).one()
    return {word for word, is_said in zip(asked, row, strict=True) if is_said}


def _is_said(word: str, is_shown: ColumnElement[bool]) -> ColumnElement[bool]:
    texts = (
        func.lower(PublicationRow.title).contains(word, autoescape=True)
        | func.lower(PublicationRow.text).contains(word, autoescape=True)
        | func.lower(PublicationRow.place).contains(word, autoescape=True)
    )
    return (
        select(PublicationRow.id)
        .join(CaseViewRow, CaseViewRow.case_id == PublicationRow.case_id)
        .where(_leads(roots(word)[0]), texts, is_shown)
        .exists()
    )
