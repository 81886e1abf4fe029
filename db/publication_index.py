"""Makes what is public findable: the stems of each publication, and words by which typing slips are seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.publication_table import PublicationRegionRow, PublicationStemRow, PublicationWordRow
from db.search_text import LONGEST_WORD, STOP_WORDS, folded, stems

SHORTEST_WORD = 4
"""Shorter words look like too many others to be proposed for a typing slip."""
_WORD = re.compile(rf"[a-z]{{{SHORTEST_WORD},{LONGEST_WORD}}}")


def index_publication(session: Session, publication_id: int, texts: Iterable[str]) -> None:
    """Brings the index to what a publication says now; without texts it is in it no more."""
    said = list(texts)
    wanted = {root for text in said for root in roots(text)}
    known = set(session.scalars(_stems_of(publication_id)))
    gone = known - wanted
    if gone:
        of_gone = PublicationStemRow.stem.in_(sorted(gone))
        session.execute(
            delete(PublicationStemRow).where(PublicationStemRow.publication_id == publication_id, of_gone)
        )
    new = [{"stem": stem, "publication_id": publication_id} for stem in sorted(wanted - known)]
    _insert(session, PublicationStemRow.__table__, new)
    words = [{"word": word, "stem": stem} for word, stem in sorted(written(said).items())]
    _insert(session, PublicationWordRow.__table__, words)
    _forget(session, gone)


def index_region(session: Session, region_code: str | None) -> None:
    """Notes the city of a published report, so that readers may ask for it."""
    if region_code is not None:
        city = ".".join(region_code.split(".")[:2])
        _insert(session, PublicationRegionRow.__table__, [{"code": city}])


def written(texts: Iterable[str]) -> dict[str, str]:
    """The words of texts that may be proposed for a typing slip, with their stems."""
    words = {word for text in texts for word in _WORD.findall(folded(text)) if word not in STOP_WORDS}
    return {word: found[0] for word in words if len(found := roots(word)) == 1}


def roots(text: str) -> list[str]:
    """The stems of a text, stemmed once more: `sekolahnya` loses its ending first and is then `sekolah`.

    One pass alone would make other stems of the two.
    """
    return [root for stem in stems(text) for root in stems(stem)]


def _forget(session: Session, gone: set[str]) -> None:
    """Words that nothing says any more are not kept either."""
    if not gone:
        return
    said = exists().where(PublicationStemRow.stem == PublicationWordRow.stem)
    session.execute(
        delete(PublicationWordRow)
        .where(PublicationWordRow.stem.in_(sorted(gone)), ~said)
        .execution_options(synchronize_session=False)
    )


def _stems_of(publication_id: int) -> Any:
    return select(PublicationStemRow.stem).where(PublicationStemRow.publication_id == publication_id)


def _insert(session: Session, table: Any, rows: Sequence[Mapping[str, object]]) -> None:
    """Adds those of the rows that are not there, in one order for all, so that nobody waits in a circle."""
    if rows:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        session.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
