"""Files sent ahead of their form, piece by piece, until the form takes them or they expire."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from db.database import Database, now, settle_race
from db.file_place import FilePlace
from db.keyring import Keyring, SealBrokenError
from db.sealed_file import COPY, THUMBNAIL, LostFileError, read_sealed, write_sealed
from db.upload_table import UploadRow
from domain.errors import TuntasError
from schemas.report import NewFile

log = logging.getLogger(__name__)

KEPT_FOR = timedelta(hours=24)
SPENT_FOR = timedelta(minutes=15)
"""So long a form that is sent twice still finds the files that it has already handed over."""
MAX_OF_OWNER = 40
MAX_STAGED_BYTES = 2 * 1024**3
FOLDER = "staged"
SWEPT_AT_ONCE = 50


class UnknownUploadError(TuntasError):
    """There is no such upload, or it is another browser's or another form's."""


class StagingFullError(TuntasError):
    """No more is taken ahead of forms for now; a form can still bring its files with it."""


@dataclass(frozen=True, kw_only=True)
class UploadOwner:
    """Whose uploads they are: the fingerprint of a browser's session, and one form in it."""

    browser: str
    form_id: str


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a file: its bytes from `offset` on, and what the whole was announced to be."""

    upload_id: str
    name: str
    size: int
    offset: int
    content: bytes


@dataclass(frozen=True, kw_only=True)
class StagedFile:
    """An upload. `received` counts bytes without a gap; `ready` once all has come and was found fit."""

    id: str
    name: str
    size: int
    received: int
    media_type: str
    ready: bool
    has_thumbnail: bool


class UploadStore:
    """The table of uploads and their sealed bytes, under a key of their own."""

    def __init__(self, database: Database, keyring: Keyring, files: FilePlace) -> None:
        self._database = database
        self._seal = keyring.seal("upload")
        self._files = files.inside(FOLDER)

    def take(self, owner: UploadOwner, piece: Piece) -> StagedFile:
        """Keeps a piece if it is the next one; the answer says how much is there now. Safe to repeat.

        Raises: UnknownUploadError, StagingFullError; ValueError if there is more than was announced.
        """
        if piece.offset + len(piece.content) > piece.size:
            raise ValueError("more than was announced")
        before = settle_race(lambda: self._begun(owner, piece))
        if not piece.content or before.ready or before.received != piece.offset:
            return before
        with self._database.read() as session:
            _check_space(session, len(piece.content))
        write_sealed(self._files, f"{piece.upload_id}.{piece.offset}", self._seal, piece.content)
        with self._noting(owner, piece.upload_id) as row:
            if row.received == piece.offset and not row.media_type:
                row.received += len(piece.content)
        return self._staged(row)

    def content(self, owner: UploadOwner, upload_id: str) -> bytes:
        """All that was received of an upload that is not ready yet. Raises: UnknownUploadError."""
        with self._database.read() as session:
            row = _own(session, owner, upload_id)
            size = row.received
        found = bytearray()
        while len(found) < size:
            found += self._read(f"{upload_id}.{len(found)}")
        if len(found) != size:
            raise UnknownUploadError
        return bytes(found)

    def finish(self, owner: UploadOwner, upload_id: str, file: NewFile) -> StagedFile:
        """Keeps the file that the pieces have become; the pieces go. Safe to repeat.

        Raises: UnknownUploadError, also if it is dropped meanwhile; then nothing of it is left.
        """
        self.find(owner, upload_id)
        self._write(upload_id, file)
        with self._noting(owner, upload_id) as row:
            _fill(row, file)
            row.received = row.size
        self._remove_files(upload_id, but=(upload_id, f"{upload_id}{COPY}", f"{upload_id}{THUMBNAIL}"))
        return self._staged(row)

    def add(self, owner: UploadOwner, upload_id: str, file: NewFile) -> StagedFile:
        """Keeps a file that came in one piece; takes its place first. Raises: StagingFullError, OSError."""
        row = self._new_row(owner, upload_id, file.name, len(file.content))
        row.received = row.size
        with self._database.write() as session:
            _check_room(session, owner, len(file.content))
            _add(session, row)
        try:
            self._write(upload_id, file)
        except OSError:
            self.drop(owner, [upload_id])
            raise
        with self._noting(owner, upload_id) as row:
            _fill(row, file)
        return self._staged(row)

    def of_form(self, owner: UploadOwner) -> list[StagedFile]:
        """What waits for a form, ready or not, in the order in which it came."""
        query = select(UploadRow).where(UploadRow.owner == owner.browser, UploadRow.form_id == owner.form_id)
        with self._database.read() as session:
            query = query.where(UploadRow.expires_at > now(session))
            rows = session.scalars(query.order_by(UploadRow.created_at, UploadRow.id))
            return list(self._readable(rows))

    def find(self, owner: UploadOwner, upload_id: str) -> StagedFile:
        """An upload without its bytes. Raises: UnknownUploadError."""
        with self._database.read() as session:
            return self._staged(_own(session, owner, upload_id))

    def open(self, owner: UploadOwner, upload_id: str) -> NewFile:
        """A file that is ready, with its bytes. Raises: UnknownUploadError."""
        with self._database.read() as session:
            row = _own(session, owner, upload_id)
            if not row.media_type:
                raise UnknownUploadError
            session.expunge(row)
        return NewFile(
            name=self._name(row),
            media_type=row.media_type,
            content=self._read(row.id),
            served_type=row.served_type,
            served=self._read(f"{row.id}{COPY}") if row.has_copy else None,
            thumbnail=self._read(f"{row.id}{THUMBNAIL}") if row.has_thumbnail else None,
            width=row.width,
            height=row.height,
            upload_id=row.id,
        )

    def thumbnail(self, browser: str, upload_id: str) -> bytes | None:
        """The small picture of an upload, for the browser that sent it."""
        with self._database.read() as session:
            row = session.get(UploadRow, upload_id)
            if row is None or row.owner != browser or not row.has_thumbnail:
                return None
        try:
            return self._read(f"{upload_id}{THUMBNAIL}")
        except UnknownUploadError:
            return None

    def drop(self, owner: UploadOwner, upload_ids: Iterable[str]) -> None:
        """Forgets uploads; those that are not there, or not the owner's, are passed over."""
        for upload_id in upload_ids:
            with self._database.write() as session:
                gone = delete(UploadRow).where(
                    UploadRow.id == upload_id,
                    UploadRow.owner == owner.browser,
                    UploadRow.form_id == owner.form_id,
                )
                found = session.execute(gone.returning(UploadRow.id)).all()
            if found:
                self._remove_files(upload_id)

    def sweep(self) -> int:
        """Forgets some of what has expired, bytes first; how many that were. Safe to repeat."""
        with self._database.read() as session:
            expired = select(UploadRow.id).where(UploadRow.expires_at <= now(session)).limit(SWEPT_AT_ONCE)
            ids = list(session.scalars(expired))
        for upload_id in ids:
            self._remove_files(upload_id)
        with self._database.write() as session:
            session.execute(delete(UploadRow).where(UploadRow.id.in_(ids)))
        return len(ids)

    @contextmanager
    def _noting(self, owner: UploadOwner, upload_id: str) -> Iterator[UploadRow]:
        """The row of bytes that have just been written; if it was dropped meanwhile, they go as well."""
        try:
            with self._database.write() as session:
                yield _own(session, owner, upload_id)
        except UnknownUploadError:
            self._remove_files(upload_id)
            raise

    def _begun(self, owner: UploadOwner, piece: Piece) -> StagedFile:
        new = self._new_row(owner, piece.upload_id, piece.name, piece.size)
        with self._database.write() as session:
            if session.get(UploadRow, piece.upload_id) is None:
                _check_room(session, owner, piece.size)
                _add(session, new)
            row = _own(session, owner, piece.upload_id)
        return self._staged(row)

    def _new_row(self, owner: UploadOwner, upload_id: str, name: str, size: int) -> UploadRow:
        """A row without its times, for `_add`."""
        return UploadRow(
            id=upload_id,
            owner=owner.browser,
            form_id=owner.form_id,
            sealed_name=self._seal.seal(name.encode(), f"upload.sealed_name:{upload_id}"),
            size=size,
            received=0,
            media_type="",
            served_type="",
            has_copy=False,
            has_thumbnail=False,
            width=0,
            height=0,
        )

    def _staged(self, row: UploadRow) -> StagedFile:
        return StagedFile(
            id=row.id,
            name=self._name(row),
            size=row.size,
            received=row.received,
            media_type=row.media_type,
            ready=bool(row.media_type),
            has_thumbnail=row.has_thumbnail,
        )

    def _readable(self, rows: Iterable[UploadRow]) -> Iterator[StagedFile]:
        for row in rows:
            with suppress(UnknownUploadError):
                yield self._staged(row)

    def _name(self, row: UploadRow) -> str:
        """Raises: UnknownUploadError if another key has sealed it, or it is torn."""
        try:
            return self._seal.open(row.sealed_name, f"upload.sealed_name:{row.id}").decode()
        except SealBrokenError as broken:
            log.warning("the name of an upload cannot be opened")
            raise UnknownUploadError from broken

    def _write(self, upload_id: str, file: NewFile) -> None:
        write_sealed(self._files, upload_id, self._seal, file.content)
        if file.served is not None:
            write_sealed(self._files, f"{upload_id}{COPY}", self._seal, file.served)
        if file.thumbnail is not None:
            write_sealed(self._files, f"{upload_id}{THUMBNAIL}", self._seal, file.thumbnail)

    def _read(self, name: str) -> bytes:
        """Raises: UnknownUploadError if the bytes were swept or finished meanwhile, or are torn."""
        try:
            return read_sealed(self._files, name, self._seal)
        except LostFileError as lost:
            raise UnknownUploadError from lost

    def _remove_files(self, upload_id: str, but: Sequence[str] = ()) -> None:
        for name in list(self._files.names(upload_id)):
            if name not in but:
                self._files.remove(name)


def spend(session: Session, files: Iterable[NewFile]) -> None:
    """Lets uploads expire soon, in the transaction that has put their files where they belong."""
    ids = [file.upload_id for file in files if file.upload_id]
    if ids:
        soon = now(session) + SPENT_FOR
        session.execute(
            update(UploadRow)
            .where(UploadRow.id.in_(ids), UploadRow.expires_at > soon)
            .values(expires_at=soon)
        )


def _add(session: Session, row: UploadRow) -> None:
    row.created_at = now(session)
    row.expires_at = row.created_at + KEPT_FOR
    session.add(row)
    session.flush()


def _own(session: Session, owner: UploadOwner, upload_id: str) -> UploadRow:
    row = session.get(UploadRow, upload_id, with_for_update=True)
    if row is None or (row.owner, row.form_id) != (owner.browser, owner.form_id):
        raise UnknownUploadError
    return row


def _check_room(session: Session, owner: UploadOwner, size: int) -> None:
    own = select(func.count(UploadRow.id)).where(UploadRow.owner == owner.browser)
    if (session.scalar(own) or 0) >= MAX_OF_OWNER:
        raise StagingFullError
    _check_space(session, size)


def _check_space(session: Session, size: int) -> None:
    """What came counts, not what was announced: nobody fills the place with promises."""
    taken = session.scalar(select(func.coalesce(func.sum(UploadRow.received), 0))) or 0
    if taken + size > MAX_STAGED_BYTES:
        raise StagingFullError


def _fill(row: UploadRow, file: NewFile) -> None:
    row.media_type = file.media_type
    row.served_type = file.served_type
    row.has_copy = file.served is not None
    row.has_thumbnail = file.thumbnail is not None
    row.width, row.height = file.width, file.height
