"""Makes what is public findable: the stems of each publication, and words by which typing slips are seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.case_table import CaseViewRow, MessageRow
from db.publication_table import (
    PublicationRegionRow,
    PublicationReplyRow,
    PublicationRow,
    PublicationStemRow,
    PublicationWordRow,
)
from db.search_text import LONGEST_WORD, STOP_WORDS, folded, stems
from domain.publication import is_publishable
from domain.state import CaseState

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


def is_published(session: Session, case_id: int) -> bool:
    """Whether anything of a case was ever published, be it shown or not."""
    found = select(PublicationRow.id).where(PublicationRow.case_id == case_id)
    return session.scalars(found).first() is not None


def index_while_fit(session: Session, state: CaseState) -> None:
    """Takes a publication out of the index when its case becomes unfit to be shown, and back in when fit.

    A reply that its office took back loses its public version and its place in the index. For the end of the
    transaction that changes the case; safe to repeat.
    """
    publication = select(PublicationRow).where(PublicationRow.case_id == state.case_id)
    row = session.scalars(publication.with_for_update(key_share=True)).one_or_none()
    if row is None:
        return
    secret = session.get_one(CaseViewRow, state.case_id).secret
    fit = row.live and is_publishable(state, secret=secret)
    indexed = session.scalars(_stems_of(row.id).limit(1)).first() is not None
    if _drop_replies(session, row) or fit != indexed:
        replies = select(PublicationReplyRow.text).where(PublicationReplyRow.publication_id == row.id)
        said = [row.title, row.text, row.place, *session.scalars(replies)] if fit else []
        index_publication(session, row.id, said)


def _drop_replies(session: Session, row: PublicationRow) -> bool:
    """Whether public versions were deleted, of replies that were taken back."""
    taken_back = select(MessageRow.id).where(
        MessageRow.case_id == row.case_id, MessageRow.taken_back_seq.is_not(None)
    )
    gone = delete(PublicationReplyRow).where(
        PublicationReplyRow.publication_id == row.id, PublicationReplyRow.message_id.in_(taken_back)
    )
    return bool(session.scalars(gone.returning(PublicationReplyRow.message_id)).all())


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
    unsaid = select(PublicationWordRow.word).where(PublicationWordRow.stem.in_(sorted(gone)), ~said)
    words = session.scalars(unsaid.order_by(PublicationWordRow.word).with_for_update()).all()
    session.execute(delete(PublicationWordRow).where(PublicationWordRow.word.in_(words)))


def _stems_of(publication_id: int) -> Any:
    return select(PublicationStemRow.stem).where(PublicationStemRow.publication_id == publication_id)


def _insert(session: Session, table: Any, rows: Sequence[Mapping[str, object]]) -> None:
    """Adds those of the rows that are not there, in one order for all, so that nobody waits in a circle."""
    if rows:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        session.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
