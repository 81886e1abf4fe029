"""Forms of the desk that were typed and not sent: kept sealed, for their author and whoever may take over."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from db.case_desk_table import DeskDraftRow, EntryDraftRow
from db.case_table import CaseViewRow, ReportRow
from db.database import Database, now, settle_race
from db.keyring import CaseSeal, Keyring, SealBrokenError
from domain.actor import Actor
from domain.case import Action, Role

CASE_PLACE = "desk_draft.sealed"
ENTRY_PLACE = "entry_draft.sealed"

KEPT_FOR = timedelta(days=30)
"""Since the last change: a draft may have to wait until its author is back from leave."""
SWEPT_AT_ONCE = 200
MOST_SHOWN = 50

_Key = tuple[int, int, str]
Fields = Mapping[str, str | bool]
"""Field name → what was typed or ticked."""


@dataclass(frozen=True, kw_only=True)
class DeskDraft:
    """An unsent form. `role` and `unit_id` are those in which its author stood to the case."""

    action: Action
    person_id: int
    unit_id: int | None
    role: Role | None
    fields: Fields
    saved_at: datetime


@dataclass(frozen=True, kw_only=True)
class EntryDraft:
    """The unsent form of a report that somebody was entering."""

    intake_id: str
    fields: Fields
    saved_at: datetime


class DeskDraftStore:
    """Drafts by case, person and act; and by person and form, of reports being entered."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    def save(self, case_id: int, action: Action, author: Actor, fields: Fields) -> datetime:
        """Keeps the form in place of what its author had kept before; when it was saved."""
        assert author.person_id is not None  # noqa: S101  only staff sit at the desk
        with self._database.read() as session:
            seal, code = self._seal(session, case_id)
        key = (case_id, author.person_id, action.value)
        sealed = seal.seal(_bytes(fields), _place(code, *key[1:]))
        return settle_race(lambda: self._save(key, author, sealed))

    def of_case(self, case_id: int) -> list[DeskDraft]:
        """All drafts of a case, the newest first; who may read which is for the caller to say.

        One that cannot be opened is left out.
        """
        query = select(DeskDraftRow).where(DeskDraftRow.case_id == case_id)
        with self._database.read() as session:
            rows = list(session.scalars(query.order_by(DeskDraftRow.saved_at.desc())))
            if not rows:
                return []
            seal, code = self._seal(session, case_id)
            opened = [_draft(row, seal, code) for row in rows]
        return [draft for draft in opened if draft is not None]

    def cases_of(self, person_id: int) -> list[int]:
        """The cases for which a person keeps drafts, the newest draft first; so many as anybody looks at."""
        newest = func.max(DeskDraftRow.saved_at).desc()
        query = (
            select(DeskDraftRow.case_id)
            .where(DeskDraftRow.person_id == person_id)
            .group_by(DeskDraftRow.case_id)
            .order_by(newest, DeskDraftRow.case_id)
            .limit(MOST_SHOWN)
        )
        with self._database.read() as session:
            return list(session.scalars(query))

    def discard(
        self, case_id: int, action: Action, person_id: int, operators_of: Collection[int] = ()
    ) -> None:
        """Forgets a person's draft, and those that operators of these units have prepared. Safe to repeat."""
        theirs = (DeskDraftRow.role == Role.OPERATOR.value) & DeskDraftRow.unit_id.in_(operators_of)
        gone = delete(DeskDraftRow).where(
            DeskDraftRow.case_id == case_id,
            DeskDraftRow.action == action.value,
            or_(DeskDraftRow.person_id == person_id, theirs),
        )
        with self._database.write() as session:
            session.execute(gone)

    def save_entry(self, person_id: int, intake_id: str, fields: Fields) -> datetime:
        """Keeps the report that a person is entering in a form, in place of what that form had before."""
        sealed = self._entry_seal().seal(_bytes(fields), _entry_place(person_id))
        return settle_race(lambda: self._save_entry(person_id, intake_id, sealed))

    def entry(self, person_id: int) -> EntryDraft | None:
        """The report that a person was entering last; None if there is none, or none that can be opened."""
        query = select(EntryDraftRow).where(EntryDraftRow.person_id == person_id)
        with self._database.read() as session:
            rows = session.scalars(query.order_by(EntryDraftRow.saved_at.desc())).all()
            found = [(row.intake_id, row.sealed, row.saved_at) for row in rows]
        for intake_id, sealed, saved_at in found:
            try:
                fields = json.loads(self._entry_seal().open(sealed, _entry_place(person_id)))
            except (SealBrokenError, ValueError):
                continue
            return EntryDraft(intake_id=intake_id, fields=fields, saved_at=saved_at)
        return None

    def discard_entry(self, person_id: int, intake_id: str) -> None:
        """Forgets the report that a person was entering in a form. Safe to repeat."""
        gone = delete(EntryDraftRow).where(
            EntryDraftRow.person_id == person_id, EntryDraftRow.intake_id == intake_id
        )
        with self._database.write() as session:
            session.execute(gone)

    def _save(self, key: _Key, author: Actor, sealed: bytes) -> datetime:
        with self._database.write() as session:
            row, at = session.get(DeskDraftRow, key), now(session)
            if row is None:
                case_id, person_id, action = key
                row = DeskDraftRow(case_id=case_id, person_id=person_id, action=action)
                session.add(row)
            row.unit_id, row.role = author.unit_id, None if author.role is None else author.role.value
            row.sealed, row.saved_at = sealed, at
            return at

    def _save_entry(self, person_id: int, intake_id: str, sealed: bytes) -> datetime:
        with self._database.write() as session:
            row, at = session.get(EntryDraftRow, (person_id, intake_id)), now(session)
            if row is None:
                row = EntryDraftRow(person_id=person_id, intake_id=intake_id)
                session.add(row)
            row.sealed, row.saved_at = sealed, at
            return at

    def _seal(self, session: Session, case_id: int) -> tuple[CaseSeal, str]:
        report = session.get_one(ReportRow, case_id)
        return self._keyring.case_seal(report.wrapped_key, report.code), report.code

    def _entry_seal(self) -> CaseSeal:
        """There is no case yet, so the installation's own secret for this purpose seals it."""
        return CaseSeal(self._keyring.secret("entry-draft"))


def sweep_desk_drafts(database: Database, at: datetime) -> int:
    """Deletes drafts that nobody has changed for 30 days, and those of cases whose life is over; how many.

    Some at a time. Safe to repeat.
    """
    old, over = at - KEPT_FOR, exists().where(CaseViewRow.case_id == DeskDraftRow.case_id, CaseViewRow.ended)
    return _sweep(database, select(DeskDraftRow).where(or_(DeskDraftRow.saved_at <= old, over))) + _sweep(
        database, select(EntryDraftRow).where(EntryDraftRow.saved_at <= old)
    )


def _sweep(database: Database, query: Select[Any]) -> int:
    with database.read() as session:
        if session.scalars(query.limit(1)).first() is None:
            return 0
    with database.write() as session:
        rows = session.scalars(query.limit(SWEPT_AT_ONCE).with_for_update()).all()
        for row in rows:
            session.delete(row)
    return len(rows)


def _draft(row: DeskDraftRow, seal: CaseSeal, code: str) -> DeskDraft | None:
    try:
        content = seal.open(row.sealed, _place(code, row.person_id, row.action))
        fields: Fields = json.loads(content)
    except (SealBrokenError, ValueError):
        return None
    return DeskDraft(
        action=Action(row.action),
        person_id=row.person_id,
        unit_id=row.unit_id,
        role=None if row.role is None else Role(row.role),
        fields=fields,
        saved_at=row.saved_at,
    )


def _bytes(fields: Fields) -> bytes:
    return json.dumps(dict(fields), ensure_ascii=False).encode()


def _place(code: str, person_id: int, action: str) -> str:
    return f"{CASE_PLACE}:{code}:{person_id}:{action}"


def _entry_place(person_id: int) -> str:
    return f"{ENTRY_PLACE}:{person_id}"
