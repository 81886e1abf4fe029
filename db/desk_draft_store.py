"""Forms of the desk that were typed and not sent: kept sealed, for their author and whoever may take over."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from db.case_desk_table import DeskDraftRow, EntryDraftRow
from db.case_table import ReportRow
from db.database import Database, now, settle_race
from db.keyring import CaseSeal, Keyring, SealBrokenError
from domain.actor import Actor
from domain.case import Action, Role

CASE_PLACE = "desk_draft.sealed"
ENTRY_PLACE = "entry_draft.sealed"

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


class DeskDraftStore:
    """Drafts by case, person and act; and one draft a person of a report being entered."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    def save(self, case_id: int, action: Action, author: Actor, fields: Fields) -> datetime:
        """Keeps the form in place of what its author had kept before; when it was saved."""
        return settle_race(lambda: self._save(case_id, action, author, fields))

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

    def save_entry(self, person_id: int, fields: Fields) -> datetime:
        """Keeps the report that a person is entering, in place of the one before."""
        return settle_race(lambda: self._save_entry(person_id, fields))

    def entry(self, person_id: int) -> tuple[Fields, datetime] | None:
        """The report that a person was entering; None if there is none, or none that can be opened."""
        with self._database.read() as session:
            row = session.get(EntryDraftRow, person_id)
            sealed, saved_at = (None, None) if row is None else (row.sealed, row.saved_at)
        if sealed is None or saved_at is None:
            return None
        try:
            return json.loads(self._entry_seal().open(sealed, _entry_place(person_id))), saved_at
        except (SealBrokenError, ValueError):
            return None

    def discard_entry(self, person_id: int) -> None:
        """Forgets the report that a person was entering. Safe to repeat."""
        with self._database.write() as session:
            session.execute(delete(EntryDraftRow).where(EntryDraftRow.person_id == person_id))

    def _save(self, case_id: int, action: Action, author: Actor, fields: Fields) -> datetime:
        assert author.person_id is not None  # noqa: S101  only staff sit at the desk
        with self._database.write() as session:
            (seal, code), at = self._seal(session, case_id), now(session)
            row = session.get(DeskDraftRow, (case_id, author.person_id, action.value))
            if row is None:
                row = DeskDraftRow(case_id=case_id, person_id=author.person_id, action=action.value)
                session.add(row)
            row.unit_id, row.role = author.unit_id, None if author.role is None else author.role.value
            row.sealed = seal.seal(_bytes(fields), _place(code, author.person_id, action.value))
            row.saved_at = at
            return at

    def _save_entry(self, person_id: int, fields: Fields) -> datetime:
        with self._database.write() as session:
            row, at = session.get(EntryDraftRow, person_id), now(session)
            if row is None:
                row = EntryDraftRow(person_id=person_id)
                session.add(row)
            row.sealed = self._entry_seal().seal(_bytes(fields), _entry_place(person_id))
            row.saved_at = at
            return at

    def _seal(self, session: Session, case_id: int) -> tuple[CaseSeal, str]:
        report = session.get_one(ReportRow, case_id)
        return self._keyring.case_seal(report.wrapped_key, report.code), report.code

    def _entry_seal(self) -> CaseSeal:
        """There is no case yet, so the installation's own secret for this purpose seals it."""
        return CaseSeal(self._keyring.secret("entry-draft"))


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
