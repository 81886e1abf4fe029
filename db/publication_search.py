"""Finding published reports by words: whole stems of all of them, mistyped words, and reports that are alike.

One index of stems serves both databases, so that both find the same; which way a search goes through it is
chosen by how often its rarest word is said.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from db.case_table import CaseViewRow
from db.publication_index import roots
from db.publication_table import PublicationRow, PublicationStemRow, PublicationWordRow
from db.search_text import folded

MOST_WORDS = 8
"""So many words of a search count."""
SELDOM = 2_000
"""A stem in no more publications than this leads to them; of others the newest reports are tried in turn."""
SLIP_LETTERS = 2
SLIP_LIKENESS = 74
CANDIDATES = 5
TELLING_STEMS = 10
"""So many of the rarest words of a new report are compared."""
_WORD = re.compile(r"[a-z]{4,}")


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """How much a publication shares with a text; only good for comparing."""

    publication_id: int
    score: float


def holds_stems(session: Session, words: str) -> list[ColumnElement[bool]]:
    """Conditions: the publication says every one of the words, whatever their endings."""
    asked = list(dict.fromkeys(roots(words)))[:MOST_WORDS]
    said = {stem: frequency(session, stem) for stem in asked}
    rarest_first = sorted(asked, key=lambda stem: (said[stem], stem))
    return [
        _leads(stem) if place == 0 and said[stem] <= SELDOM else _says(stem)
        for place, stem in enumerate(rarest_first)
    ]


def frequency(session: Session, stem: str) -> int:
    """In how many publications a stem stands, counted up to one more than `SELDOM`."""
    some = select(PublicationStemRow.publication_id).where(PublicationStemRow.stem == stem).limit(SELDOM + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def spelled_right(session: Session, words: str, is_shown: ColumnElement[bool]) -> str:
    """The words with those that nobody says replaced by such as are said nearly so; "" without any.

    A word is only proposed if a report that is shown now says it.
    """
    said, changed = [], False
    for word in folded(words).split():
        better = _nearest(session, word, is_shown) if _WORD.fullmatch(word) else None
        said.append(better or word)
        changed = changed or better is not None
    return " ".join(said) if changed else ""


def alike(session: Session, text: str, limit: int) -> list[Likeness]:
    """The publications, shown or not, that share the most telling words with a text, the likest first.

    Needs at least two words in common: one alone says little.
    """
    said = {stem: frequency(session, stem) for stem in dict.fromkeys(roots(text))}
    telling = sorted((stem for stem in said if 0 < said[stem] <= SELDOM), key=lambda stem: said[stem])
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
        if len(common) > 1
    ]
    return sorted(found, key=lambda each: (-each.score, -each.publication_id))[:limit]


def _leads(stem: str) -> ColumnElement[bool]:
    found = select(PublicationStemRow.publication_id).where(PublicationStemRow.stem == stem)
    return PublicationRow.id.in_(found)


def _says(stem: str) -> ColumnElement[bool]:
    return exists().where(
        PublicationStemRow.stem == stem, PublicationStemRow.publication_id == PublicationRow.id
    )


def _nearest(session: Session, word: str, is_shown: ColumnElement[bool]) -> str | None:
    """The likest word that a shown report says, for one that none does."""
    if any(frequency(session, stem) for stem in roots(word)):
        return None
    length = func.length(PublicationWordRow.word)
    about_as_long = length.between(len(word) - SLIP_LETTERS, len(word) + SLIP_LETTERS)
    known = session.scalars(
        select(PublicationWordRow.word).where(about_as_long).order_by(PublicationWordRow.word)
    ).all()
    near = process.extract(word, known, scorer=fuzz.ratio, limit=CANDIDATES, score_cutoff=SLIP_LIKENESS)
    return next((found for found, _, _ in near if _is_said(session, found, is_shown)), None)


def _is_said(session: Session, word: str, is_shown: ColumnElement[bool]) -> bool:
    """Whether a report that is shown now says this very word."""
    texts = (
        func.lower(PublicationRow.title).contains(word, autoescape=True)
        | func.lower(PublicationRow.text).contains(word, autoescape=True)
        | func.lower(PublicationRow.place).contains(word, autoescape=True)
    )
    query = (
        select(PublicationRow.id)
        .join(CaseViewRow, CaseViewRow.case_id == PublicationRow.case_id)
        .where(_leads(roots(word)[0]), texts, is_shown)
        .limit(1)
    )
    return session.scalars(query).first() is not None
