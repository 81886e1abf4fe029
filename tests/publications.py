"""Published reports for tests: taken in, disposed with leave to publish, and published by the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import update

from db.case_table import CaseViewRow
from db.publication_query import PublicationQuery
from db.publication_store import Edition, Publication, PublicationStore, Sheet
from domain.publication import WithdrawalReason
from tests.factories import CaseFactory, MadeCase


@dataclass(frozen=True, kw_only=True)
class Published:
    """A case and what was made public of it."""

    case: MadeCase
    publication: Publication

    @property
    def url(self) -> str:
        """Where everybody reads it."""
        return f"/laporan/{self.publication.slug}"


class Publisher:
    """Publishes as the liaison officer of the holder does."""

    def __init__(self, factory: CaseFactory) -> None:
        self.factory = factory
        self.store = PublicationStore(factory.offices.database, factory.offices.keyring)
        self.query = PublicationQuery(factory.offices.database)

    def allowed(self, title: str = "Lampu jalan padam", **changes: Any) -> MadeCase:
        """A case at an office whose publication is allowed."""
        case = self.factory.report(title, **changes)
        self.factory.dispose(case, publish=True)
        return case

    def publish(self, title: str = "Lampu jalan padam", text: str = "", **fields: Any) -> Published:
        """A published report; `place` and `replies` may be given."""
        case = self.allowed(title)
        self.edit(case, Edition(title=title, text=text or f"Isi publik: {title}.", **fields))
        return self.of(case)

    def edit(self, case: MadeCase, edition: Edition, version: int | None = None) -> None:
        """One more version."""
        self.store.publish(self.sheet(case, version), edition)

    def take_back(self, case: MadeCase) -> None:
        """The publication ends."""
        self.store.unpublish(self.sheet(case), WithdrawalReason.WRONG_CONTENT)

    def sheet(self, case: MadeCase, version: int | None = None, login: str = "pu.penghubung") -> Sheet:
        """A form made from the current version, or from another."""
        known = self.store.of_case(case.id)
        current = 0 if known is None else known.version
        return Sheet(
            form_id=str(uuid4()),
            case_id=case.id,
            version=current if version is None else version,
            actor=self.factory.actor(case, login),
        )

    def of(self, case: MadeCase) -> Published:
        """What is public of a case of which something is."""
        publication = self.store.of_case(case.id)
        assert publication is not None
        return Published(case=case, publication=publication)

    def change_view(self, case: MadeCase, **columns: object) -> None:
        """A case as if it had been recorded so."""
        with self.factory.offices.database.write() as session:
            session.execute(update(CaseViewRow).where(CaseViewRow.case_id == case.id).values(**columns))
