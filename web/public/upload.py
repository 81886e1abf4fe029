"""Attachments as they come in: few, not too big, really what their names say, and kept for the next try.

A form says `form.uploads = read_uploads("attachments")`, its page `files(form, "attachments", …)` of
`macros/form.html`. Files of a form that comes back with errors are in `form.uploads` and shown again; so are
those that `upload.js` has sent ahead, of which the form carries only ids.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from pathlib import PurePath

from flask import request, session
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import FileStorage

from db.upload_store import StagedFile, StagingFullError, UnknownUploadError, UploadOwner
from media.error import BrokenFileError, MixedFilmError, TooBigError, TooManyPixelsError, UnfitFileError
from media.kind import EXTENSIONS, MEGABYTE, MOST_BYTES, Media, media_of_name
from media.picture import MAX_PIXELS
from media.preparation import prepare
from schemas.report import NewFile
from web.form import MalformedFormError, checked_id, new_id
from web.services import services
from web.text import gettext

log = logging.getLogger(__name__)

MAX_FILES = 5
MAX_FILE_MB = MOST_BYTES[Media.JPEG] // MEGABYTE
MAX_FILM_MB = MOST_BYTES[Media.MP4] // MEGABYTE
MAX_FILE_BYTES = MAX_FILE_MB * MEGABYTE
MAX_TOTAL_MB = 50
MAX_NAME = 100
ACCEPT = ",".join(EXTENSIONS)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f"<>|:*?\\/\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]')


@dataclass(frozen=True, kw_only=True)
class Uploads:
    """The files of a form: checked, and as far as possible kept for the next try.

    Attributes:
        kept: those that the page shows as already there.
        loose: those that could not be kept and have to be chosen again, should the form come back.
        error: what is wrong, or None.
        form_id: the form for which they are kept.
    """

    kept: tuple[StagedFile, ...] = ()
    loose: tuple[NewFile, ...] = ()
    error: str | None = None
    form_id: str = field(default_factory=new_id)

    @property
    def chosen(self) -> bool:
        """Whether files have to be chosen again."""
        return bool(self.loose)

    @property
    def files(self) -> tuple[NewFile, ...]:
        """All of them with their bytes. Raises: UnknownUploadError if one has just expired."""
        owner = owner_of(self.form_id) if self.kept else None
        opened = [services().uploads.open(owner, one.id) for one in self.kept] if owner else []
        return (*opened, *self.loose)


def read_uploads(name: str, form_id: str = "") -> Uploads:
    """The files of a posted field: those that were kept before, less the removed ones, and the new ones.

    `form_id`: the id given to the macro `files`, if any. Raises: MalformedFormError for ids that are none.
    """
    owner = owner_of(form_id or request.form.get(f"{name}_form") or new_id())
    removed = _ids(f"{name}_removed")
    if removed:
        services().uploads.drop(owner, removed)
    basket = _Basket(owner)
    for upload_id in _ids(f"{name}_kept"):
        if upload_id not in removed:
            basket.fetch(upload_id)
    for file in request.files.getlist(name):
        if file.filename:
            basket.put(file)
    return basket.uploads()


def kept_uploads(form_id: str) -> Uploads:
    """All files that wait for a form of this browser, for forms that are filled over several pages."""
    if not session.get("csrf_token"):
        return Uploads(form_id=form_id)
    owner = owner_of(form_id)
    kept = tuple(staged for staged in services().uploads.of_form(owner) if staged.ready)
    return Uploads(kept=kept[:MAX_FILES], form_id=owner.form_id)


class _Basket:
    """Files put together one by one; what is wrong with one does not lose the others."""

    def __init__(self, owner: UploadOwner) -> None:
        self._owner = owner
        self._kept: list[StagedFile] = []
        self._loose: list[NewFile] = []
        self._errors: list[str] = []
        self._tried = 0

    def fetch(self, upload_id: str) -> None:
        """Adds a file that was kept before."""
        try:
            found = services().uploads.find(self._owner, upload_id)
        except UnknownUploadError:
            found = None
        if found is None or not found.ready:
            self._errors.append(
                gettext("Salah satu lampiran tidak tersimpan lagi atau belum utuh. Pilih lagi berkasnya.")
            )
        elif self._has_room():
            self._kept.append(found)
        else:
            self._tell_too_many()

    def put(self, posted: FileStorage) -> None:
        """Checks a file that came with the form, and keeps it; of too many, none is even looked at."""
        self._tried += 1
        if self._tried > MAX_FILES or not self._has_room():
            self._tell_too_many()
            return
        name = safe_name(posted.filename or "")
        checked = check_file(name, posted.stream.read(most_bytes(name) + 1))
        if isinstance(checked, str):
            self._errors.append(checked)
        else:
            self._keep(checked)

    def uploads(self) -> Uploads:
        """What came together."""
        size = sum(one.size for one in self._kept) + sum(len(one.content) for one in self._loose)
        if size > MAX_TOTAL_MB * MEGABYTE:
            self._errors.append(
                gettext(
                    "Lampiran bersama-sama lebih besar dari %(size)d MB. Hapus salah satu.", size=MAX_TOTAL_MB
                )
            )
        return Uploads(
            kept=tuple(self._kept),
            loose=tuple(self._loose),
            error=" ".join(dict.fromkeys(self._errors)) or None,
            form_id=self._owner.form_id,
        )

    def _has_room(self) -> bool:
        return len(self._kept) + len(self._loose) < MAX_FILES

    def _tell_too_many(self) -> None:
        self._errors.append(
            gettext("Lampirkan paling banyak %(count)d berkas. Yang lebih tidak disimpan.", count=MAX_FILES)
        )

    def _keep(self, file: NewFile) -> None:
        """Keeps it for the next try; where that cannot be, holds it as it is."""
        try:
            self._kept.append(services().uploads.add(self._owner, new_id(), file))
        except (OperationalError, OSError, StagingFullError, UnknownUploadError) as problem:
            log.warning("a file could not be kept ahead of its form: %s", type(problem).__name__)
            self._loose.append(file)


def owner_of(form_id: str) -> UploadOwner:
    """This browser's part in uploads, told by its session; a log-in begins a new one.

    Raises: MalformedFormError for an id that is none, or a browser without a session.
    """
    secret = session.get("csrf_token")
    if not secret:
        raise MalformedFormError
    return UploadOwner(browser=browser_mark(str(secret)), form_id=checked_id(form_id))


def browser_mark(secret: str) -> str:
    """Tells browsers apart in the table, and nothing of their sessions."""
    return services().keyring.fingerprint(f"uploads of {secret}")


def check_file(name: str, content: bytes) -> NewFile | str:
    """The file with the copy that people are shown, or what is wrong with it."""
    if not content:
        return gettext("Berkas %(name)s kosong. Pilih berkas lain.", name=name)
    if len(content) > most_bytes(name):
        return too_big(name)
    try:
        found = prepare(name, content)
    except UnfitFileError as unfit:
        return _complaint(unfit, name)
    return NewFile(
        name=name,
        media_type=found.media_type,
        content=content,
        served_type=found.served_type,
        served=found.served,
        thumbnail=found.thumbnail,
        width=found.width,
        height=found.height,
    )


def too_big(name: str) -> str:
    """What is said of a file that is too big for its kind."""
    return gettext(
        "Berkas %(name)s lebih besar dari %(size)d MB. Perkecil, lalu pilih lagi.",
        name=name,
        size=most_bytes(name) // MEGABYTE,
    )


def most_bytes(name: str) -> int:
    """How big a file of that name may be."""
    media = media_of_name(name)
    return MAX_FILE_BYTES if media is None else MOST_BYTES[media]


def safe_name(name: str) -> str:
    """A name that is no path and holds no control or direction signs; its ending stays."""
    plain = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .") or "lampiran"
    path = PurePath(plain)
    return f"{path.stem[: MAX_NAME - len(path.suffix[:10])]}{path.suffix[:10]}"


def _complaint(unfit: UnfitFileError, name: str) -> str:
    if isinstance(unfit, TooBigError):
        return too_big(name)
    if isinstance(unfit, TooManyPixelsError):
        return gettext(
            "Gambar %(name)s lebih dari %(count)d juta titik. Perkecil, lalu pilih lagi.",
            name=name,
            count=MAX_PIXELS.get(media_of_name(name) or Media.JPEG, 0) // 1_000_000,
        )
    if isinstance(unfit, MixedFilmError):
        return gettext(
            "Video %(name)s memuat catatan lain, misalnya tempat, yang tidak dapat kami buang. Simpan ulang "
            "sebagai MP4 biasa, lalu pilih lagi.",
            name=name,
        )
    if isinstance(unfit, BrokenFileError):
        return gettext(
            "Berkas %(name)s rusak atau terpotong. Coba buka di perangkat Anda, lalu pilih lagi.", name=name
        )
    return gettext(
        "Berkas %(name)s bukan foto JPG, PNG, WebP, HEIC, bukan PDF, dan bukan video MP4, atau isinya "
        "tidak sesuai dengan namanya. Pilih yang lain.",
        name=name,
    )


def _ids(name: str) -> list[str]:
    return list(dict.fromkeys(checked_id(one) for one in request.form.getlist(name)))
