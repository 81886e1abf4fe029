"""Films as they are, except that what a camera noted about itself and the place is blanked out.

Source: ISO/IEC 14496-12 (boxes); the notes lie in `udta`, `meta` and `uuid` boxes within `moov`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from media.error import BrokenFileError

NOTES = frozenset({b"udta", b"meta", b"uuid"})
INTO = frozenset({b"moov", b"trak"})
"""Boxes that hold boxes in which cameras leave notes."""
FREE = b"free"
MOST_BOXES = 20_000
DEEPEST = 4
HEAD_BYTES, LONG_HEAD_BYTES = 8, 16


@dataclass(frozen=True)
class _Box:
    kind: bytes
    start: int
    body: int
    end: int


def without_notes(content: bytes) -> bytes:
    """The same film, as long as before, its notes made free space.

    Raises: BrokenFileError if it is cut off, or built of more boxes than any camera makes.
    """
    film, counted = bytearray(content), count()
    kinds = {_blank(film, box, counted, 0) for box in _boxes(film, 0, len(film), counted)}
    if not {b"moov", b"mdat"} <= kinds:
        raise BrokenFileError
    return bytes(film)


def _blank(film: bytearray, box: _Box, counted: Iterator[int], depth: int) -> bytes:
    """Blanks what is a note, down to a depth that no real film has; says what the box was."""
    if depth > DEEPEST:
        raise BrokenFileError
    if box.kind in NOTES:
        film[box.start + 4 : box.start + HEAD_BYTES] = FREE
        film[box.body : box.end] = bytes(box.end - box.body)
    elif box.kind in INTO:
        for inner in _boxes(film, box.body, box.end, counted):
            _blank(film, inner, counted, depth + 1)
    return box.kind


def _boxes(film: bytearray, start: int, end: int, counted: Iterator[int]) -> Iterator[_Box]:
    at = start
    while at < end:
        if end - at < HEAD_BYTES or next(counted) >= MOST_BOXES:
            raise BrokenFileError
        size, kind, body = int.from_bytes(film[at : at + 4]), bytes(film[at + 4 : at + 8]), at + HEAD_BYTES
        if size == 1:
            size, body = int.from_bytes(film[body : body + 8]), at + LONG_HEAD_BYTES
        elif size == 0:
            size = end - at
        if size < body - at or at + size > end:
            raise BrokenFileError
        yield _Box(kind, at, body, at + size)
        at += size
