"""Pictures, documents and films for tests, with a canary where cameras leave their notes."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Any

import pillow_heif
from PIL import Image
from PIL.PngImagePlugin import PngInfo

pillow_heif.register_heif_opener()

CANARY = "KENARILOKASI"
ORIENTATION, MAKER, GPS, AREA = 0x0112, 0x010F, 0x8825, 28
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><place>{CANARY}</place></x:xmpmeta>'.encode()


def noted(turned: int = 1) -> Image.Exif:
    """What a phone writes: its maker, how it was held, and where."""
    exif = Image.Exif()
    exif[MAKER] = CANARY
    exif[ORIENTATION] = turned
    place = exif.get_ifd(GPS)
    place[1], place[2], place[3], place[4] = "S", (6.0, 12.0, 34.0), "E", (106.0, 49.0, 8.0)
    place[AREA] = CANARY.encode()
    return exif


def _saved(image: Image.Image, name: str, **options: Any) -> bytes:
    content = io.BytesIO()
    image.save(content, name, **options)
    return content.getvalue()


def drawing(width: int = 64, height: int = 40) -> Image.Image:
    """A picture that does not look the same from all sides."""
    image = Image.new("RGB", (width, height), "white")
    image.paste((200, 30, 30), (0, 0, width // 2, height // 4))
    return image


def jpeg(width: int = 64, height: int = 40, turned: int = 1) -> bytes:
    """A photo with notes in all the places that JPEG has."""
    return _saved(drawing(width, height), "JPEG", exif=noted(turned), xmp=XMP, comment=CANARY.encode())


def png(width: int = 64, height: int = 40) -> bytes:
    """A picture with notes."""
    notes = PngInfo()
    notes.add_text("Comment", CANARY)
    notes.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return _saved(drawing(width, height), "PNG", pnginfo=notes, exif=noted())


def webp(width: int = 64, height: int = 40) -> bytes:
    """A picture with notes."""
    return _saved(drawing(width, height), "WEBP", exif=noted().tobytes(), xmp=XMP)


def heic(width: int = 64, height: int = 40) -> bytes:
    """A photo of another make of phone, with notes."""
    return _saved(drawing(width, height), "HEIF", exif=noted().tobytes(), xmp=XMP)


def pdf() -> bytes:
    """A document that is whole, as far as we look."""
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def box(kind: bytes, content: bytes = b"") -> bytes:
    """A box of a film."""
    return struct.pack(">I", 8 + len(content)) + kind + content


def mp4(size: int = 0) -> bytes:
    """A film with the notes of a phone; filled up to a size."""
    notes = box(b"udta", box(b"\xa9xyz", CANARY.encode()))
    apple = box(b"meta", CANARY.encode())
    track = box(b"trak", box(b"tkhd", b"track") + box(b"udta", CANARY.encode()))
    head = box(b"ftyp", b"mp42" + b"\x00" * 4 + b"isommp42")
    head += box(b"moov", box(b"mvhd", b"length") + track + notes + apple)
    return head + box(b"mdat", b"moving".ljust(max(6, size - len(head) - 8), b"\x00"))


WITH_NOTES: dict[str, Callable[[], bytes]] = {
    "foto.jpg": jpeg,
    "foto.png": png,
    "foto.webp": webp,
    "foto.heic": heic,
}
"""Pictures by their names."""
