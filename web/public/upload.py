"""Attachments as they come in: few, not too big, and really what their names say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

import puremagic
from flask import request
from werkzeug.datastructures import FileStorage

from schemas.report import NewFile
from web.text import gettext

MAX_FILES = 5
MAX_FILE_MB = 5
MAX_FILE_BYTES = MAX_FILE_MB * 1024 * 1024
MAX_NAME = 100
EXTENSIONS = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".pdf": "application/pdf",
}
ACCEPT = ",".join(EXTENSIONS)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"<>|:*?\\/\u202a-\u202e\u2066-\u2069]')


@dataclass(frozen=True, kw_only=True)
class Uploads:
    """What came with a form: checked files, or one sentence on what is wrong. `chosen`: there were any."""

    files: tuple[NewFile, ...]
    error: str | None
    chosen: bool


def read_uploads(field: str) -> Uploads:
    """The files of a posted field."""
    posted = [file for file in request.files.getlist(field) if file.filename]
    if len(posted) > MAX_FILES:
        error = gettext("Lampirkan paling banyak %(count)d berkas.", count=MAX_FILES)
        return Uploads(files=(), error=error, chosen=True)
    files: list[NewFile] = []
    for file in posted:
        checked = _check(file)
        if isinstance(checked, str):
            return Uploads(files=(), error=checked, chosen=True)
        files.append(checked)
    return Uploads(files=tuple(files), error=None, chosen=bool(posted))


def _check(file: FileStorage) -> NewFile | str:
    """The file, or what is wrong with it."""
    name = safe_name(file.filename or "")
    content = file.stream.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        return gettext(
            "Berkas %(name)s lebih besar dari %(size)d MB. Perkecil, lalu pilih lagi.",
            name=name,
            size=MAX_FILE_MB,
        )
    if not content:
        return gettext("Berkas %(name)s kosong. Pilih berkas lain.", name=name)
    media_type = EXTENSIONS.get(PurePath(name).suffix.lower())
    if media_type is None or media_type != _content_type(content):
        return gettext(
            "Berkas %(name)s bukan foto JPG, PNG, WebP, atau PDF yang utuh. Pilih yang lain.", name=name
        )
    return NewFile(name=name, media_type=media_type, content=content)


def safe_name(name: str) -> str:
    """A name that is no path and holds no control or direction signs; its ending stays."""
    plain = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .") or "lampiran"
    path = PurePath(plain)
    return f"{path.stem[: MAX_NAME - len(path.suffix[:10])]}{path.suffix[:10]}"


def _content_type(content: bytes) -> str | None:
    """What the content itself says to be."""
    try:
        return str(puremagic.from_string(content, mime=True))
    except (puremagic.PureError, ValueError):
        return None
