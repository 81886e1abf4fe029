"""Pictures, documents and films for tests, with a canary where cameras leave their notes."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Sequence
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


def track(kind: bytes, chunks: Sequence[int], notes: bytes = b"") -> bytes:
    """A track of a film: what it holds, where in the file its data begins, and what a camera has added."""
    times = b"\x00" * 4 + b"\x11" * 8
    handler = box(b"hdlr", b"\x00" * 8 + kind + b"\x00" * 12 + CANARY.encode() + b"\x00")
    coder = CANARY.encode() if kind == b"vide" else b""
    entry = box(b"code", b"\x00" * 42 + coder.ljust(32, b"\x00") + b"\x00" * 4)
    offsets = struct.pack(f">{len(chunks) + 2}I", 0, len(chunks), *chunks)
    table = box(b"stbl", box(b"stsd", struct.pack(">2I", 0, 1) + entry) + box(b"stco", offsets))
    media = box(b"mdia", box(b"mdhd", times) + handler + box(b"minf", table))
    return box(b"trak", box(b"tkhd", times) + media + notes)


def film_of(tracks: Sequence[tuple[bytes, bytes]], notes: bytes = b"", tail: bytes = b"") -> bytes:
    """A film of tracks: of each its kind and its data, in two chunks between those of the others."""
    brand = box(b"ftyp", b"mp42" + b"\x00" * 4 + b"isommp42")
    chunks = [_half(data, half) for half in (0, 1) for _, data in tracks]
    starts = [sum(map(len, chunks[:number])) for number in range(len(chunks))]

    def head(begin: int) -> bytes:
        at = [begin + start for start in starts]
        told = [
            track(kind, at[number :: len(tracks)], box(b"udta", CANARY.encode()))
            for number, (kind, _) in enumerate(tracks)
        ]
        return brand + box(b"moov", box(b"mvhd", b"\x00" * 4 + b"\x11" * 8) + b"".join(told) + notes)

    return head(len(head(0)) + 8) + box(b"mdat", b"".join(chunks)) + tail


def _half(data: bytes, half: int) -> bytes:
    middle = len(data) // 2
    return data[middle:] if half else data[:middle]


def fragmented(*kinds: bytes) -> bytes:
    """A film as a recorder in a browser makes it: its data and their notes come in fragments."""
    tracks = b"".join(track(kind, []) for kind in kinds)
    fragment = box(b"moof", box(b"mfhd") + box(b"traf", box(b"tfhd") + box(b"udta", CANARY.encode())))
    brand = box(b"ftyp", b"mp42" + b"\x00" * 4 + b"isommp42")
    return brand + box(b"moov", tracks + box(b"mvex")) + fragment + box(b"mdat", b"moving")


def mp4(size: int = 0) -> bytes:
    """A film with the notes of a phone; filled up to a size."""
    notes = box(b"udta", box(b"\xa9xyz", CANARY.encode())) + box(b"meta", CANARY.encode())
    least = len(film_of([(b"vide", b"")], notes))
    return film_of([(b"vide", b"moving".ljust(size - least, b"\x01"))], notes)


WITH_NOTES: dict[str, Callable[[], bytes]] = {
    "foto.jpg": jpeg,
    "foto.png": png,
    "foto.webp": webp,
    "foto.heic": heic,
}
"""Pictures by their names."""
