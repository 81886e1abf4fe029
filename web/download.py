"""Attachments on their way out: a browser opens pictures that we drew, and saves all else."""

from __future__ import annotations

from io import BytesIO
from pathlib import PurePath

from flask import Response, send_file

from db.case_reader import OpenedFile
from media.error import UnfitFileError
from media.kind import IMAGES, Media
from media.picture import redraw
from web.security import FILE_CSP

ENDINGS = {Media.JPEG.value: ".jpg", Media.PNG.value: ".png", Media.WEBP.value: ".webp"}
"""What browsers may open within our pages, and how its name ends."""


def attachment_response(found: OpenedFile) -> Response:
    """The bytes under their name (RFC 6266): a browser opens a picture that we drew, and saves all else."""
    picture = _picture(found)
    if picture is None:
        return _response(found.content, found.attachment.media_type, found.attachment.name, saved=True)
    media_type, content = picture
    name = f"{PurePath(found.attachment.name).stem}{ENDINGS[media_type]}"
    return _response(content, media_type, name, saved=False)


def thumbnail_response(content: bytes) -> Response:
    """A small picture within a page."""
    return _response(content, Media.WEBP.value, "kecil.webp", saved=False)


def _picture(found: OpenedFile) -> tuple[str, bytes] | None:
    """What was drawn of a picture, now if it is from before there were copies; None for all else."""
    given = found.attachment
    if given.media_type not in IMAGES:
        return None
    if given.served_type:
        return given.served_type, found.content
    try:
        drawn = redraw(found.content, Media(given.media_type))
    except UnfitFileError:
        return None
    return drawn.media_type, drawn.content


def _response(content: bytes, media_type: str, name: str, *, saved: bool) -> Response:
    response = send_file(
        BytesIO(content), mimetype=media_type, as_attachment=saved, download_name=name, etag=False
    )
    response.headers["Content-Security-Policy"] = FILE_CSP
    return response
