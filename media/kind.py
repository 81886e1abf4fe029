"""The kinds of files that are taken, known by their content; names only have to agree."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePath

MEGABYTE = 1024 * 1024


class Media(StrEnum):
    """A media type on the list."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    PDF = "application/pdf"
    MP4 = "video/mp4"


IMAGES = frozenset({Media.JPEG, Media.PNG, Media.WEBP, Media.HEIC})
EXTENSIONS: Mapping[str, Media] = {
    ".jpg": Media.JPEG,
    ".jpeg": Media.JPEG,
    ".png": Media.PNG,
    ".webp": Media.WEBP,
    ".heic": Media.HEIC,
    ".heif": Media.HEIC,
    ".pdf": Media.PDF,
    ".mp4": Media.MP4,
}
MOST_BYTES: Mapping[Media, int] = {
    Media.JPEG: 10 * MEGABYTE,
    Media.PNG: 10 * MEGABYTE,
    Media.WEBP: 10 * MEGABYTE,
    Media.HEIC: 10 * MEGABYTE,
    Media.PDF: 10 * MEGABYTE,
    Media.MP4: 25 * MEGABYTE,
}
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_MP4_BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V "})
_ANY_PICTURE = frozenset({b"mif1", b"msf1"})


def media_of_name(name: str) -> Media | None:
    """What a file's ending promises."""
    return EXTENSIONS.get(PurePath(name).suffix.lower())


def media_of_content(content: bytes) -> Media | None:
    """What the first bytes say; nothing may stand before them."""
    if content.startswith(b"\xff\xd8\xff"):
        return Media.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Media.PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return Media.WEBP
    if content.startswith(b"%PDF-"):
        return Media.PDF
    return _media_of_brands(content)


def _media_of_brands(content: bytes) -> Media | None:
    """HEIC and MP4 begin with the same box, which names what they are and what they agree with."""
    if content[4:8] != b"ftyp":
        return None
    end = min(int.from_bytes(content[:4]), 256)
    main = content[8:12]
    agrees = {content[at : at + 4] for at in range(16, end, 4)}
    if main in _HEIC_BRANDS or (main in _ANY_PICTURE and agrees & _HEIC_BRANDS):
        return Media.HEIC
    if main in _MP4_BRANDS:
        return Media.MP4
    return None
