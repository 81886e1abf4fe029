"""Files sent ahead of their form by `upload.js`, piece by piece, so that a broken line costs one piece."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from flask import Response, abort, request, session, url_for
from flask.typing import ResponseReturnValue

from db.upload_store import Piece, StagedFile, StagingFullError, UnknownUploadError, UploadOwner
from media.kind import IMAGES, MEGABYTE, Media
from web.download import thumbnail_response
from web.form import Form, MalformedFormError, checked_id
from web.limit import limiter, upload_limit
from web.presenter.conversation import file_icon, size_text
from web.public.blueprint import bp
from web.public.upload import (
    ACCEPT,
    MAX_FILE_MB,
    MAX_FILES,
    MAX_FILM_MB,
    browser_mark,
    check_file,
    most_bytes,
    owner_of,
    safe_name,
    too_big,
)
from web.services import services
from web.text import gettext

PIECE_BYTES = 512 * 1024
MAX_PIECE_BYTES = MEGABYTE
MOST_PIECES = 100
"""Of one file; our script makes half as many of the largest. Crumbs would fill the folder with files."""
_DIGITS = 10
CAMERA = ",".join(sorted(IMAGES - {Media.HEIC}))
"""What a phone's camera is asked for."""


@bp.post("/unggah")
@limiter.limit(upload_limit)
def upload() -> ResponseReturnValue:
    """Takes a piece; says in JSON how much has come, and once all has, whether the file is fit (else 422).

    Sent again, a piece changes nothing: the answer tells where to go on.
    """
    owner, piece = owner_of(request.form.get("form_id", "")), _posted_piece()
    if piece.size > most_bytes(piece.name):
        return _refused(too_big(piece.name), 422)
    try:
        return _taken(owner, piece)
    except UnknownUploadError:
        return _looked_again(owner, piece.upload_id)
    except StagingFullError:
        return _refused(gettext("Tempat berkas sementara sedang penuh. Coba lagi nanti."), 503)


def _taken(owner: UploadOwner, piece: Piece) -> ResponseReturnValue:
    """Raises: UnknownUploadError, StagingFullError."""
    staged = services().uploads.take(owner, piece)
    if staged.ready or staged.received < staged.size:
        return _told(staged)
    file = check_file(staged.name, services().uploads.content(owner, staged.id))
    if isinstance(file, str):
        services().uploads.drop(owner, [staged.id])
        return _refused(file, 422)
    return _told(services().uploads.finish(owner, staged.id, file))


def _looked_again(owner: UploadOwner, upload_id: str) -> ResponseReturnValue:
    """Pieces go when their file is finished: another request may just have done that, or dropped it."""
    with suppress(UnknownUploadError):
        found = services().uploads.find(owner, upload_id)
        if found.ready:
            return _told(found)
    return _refused(gettext("Berkas ini tidak tersimpan lagi. Pilih lagi berkasnya."), 404)


@bp.post("/unggah/hapus")
@limiter.limit(upload_limit)
def drop_upload() -> ResponseReturnValue:
    """Forgets an upload of this browser; what is not there is no fault."""
    owner = owner_of(request.form.get("form_id", ""))
    services().uploads.drop(owner, [checked_id(request.form.get("upload", ""))])
    return {}


@bp.get("/unggah/<upload_id>/kecil")
def upload_thumbnail(upload_id: str) -> Response:
    """The small picture of an upload, for the browser that has sent it."""
    mark = browser_mark(str(session.get("csrf_token", "")))
    found = services().uploads.thumbnail(mark, upload_id)
    if found is None:
        abort(404)
    return thumbnail_response(found)


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """A file that is already there, as `macros/form.html` shows it; `thumbnail_url` may be ""."""

    id: str
    name: str
    size_text: str
    thumbnail_url: str
    icon: str


@dataclass(frozen=True, kw_only=True)
class UploadField:
    """What `files` in `macros/form.html` knows of its field besides the words around it."""

    form_id: str
    kept: tuple[KeptFile, ...]
    accept: str = ACCEPT
    camera: str = CAMERA
    most: int = MAX_FILES
    file_mb: int = MAX_FILE_MB
    film_mb: int = MAX_FILM_MB
    piece_bytes: int = PIECE_BYTES


@bp.app_template_global()
def upload_field(form: Form, form_id: str = "") -> UploadField:
    """The state of a form's field for files; a form that was never sent keeps none."""
    given = form.uploads
    known = given.form_id if given is not None else form.command_id
    kept = () if given is None else tuple(_kept_file(staged) for staged in given.kept)
    return UploadField(form_id=form_id or known, kept=kept)


def _kept_file(staged: StagedFile) -> KeptFile:
    url = url_for("public.upload_thumbnail", upload_id=staged.id) if staged.has_thumbnail else ""
    return KeptFile(
        id=staged.id,
        name=staged.name,
        size_text=size_text(staged.size),
        thumbnail_url=url,
        icon=file_icon(staged.media_type),
    )


def _posted_piece() -> Piece:
    """Raises: MalformedFormError for what our script never sends."""
    posted = request.files.get("piece")
    content = b"" if posted is None else posted.stream.read(MAX_PIECE_BYTES + 1)
    size, offset = _number("size"), _number("offset")
    if len(content) > MAX_PIECE_BYTES or size == 0 or offset + len(content) > size:
        raise MalformedFormError
    is_crumb = 0 < len(content) < size // MOST_PIECES and offset + len(content) < size
    if is_crumb:
        raise MalformedFormError
    return Piece(
        upload_id=checked_id(request.form.get("upload", "")),
        name=safe_name(request.form.get("name", "")),
        size=size,
        offset=offset,
        content=content,
    )


def _number(name: str) -> int:
    text = request.form.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise MalformedFormError
    return int(text)


def _told(staged: StagedFile) -> ResponseReturnValue:
    kept = _kept_file(staged)
    return {
        "received": staged.received,
        "ready": staged.ready,
        "name": kept.name,
        "size_text": kept.size_text,
        "thumbnail_url": kept.thumbnail_url,
    }


def _refused(error: str, status: int) -> ResponseReturnValue:
    return {"error": error}, status
