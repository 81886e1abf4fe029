"""Films as they are, except that only picture and sound are left: all other tracks and notes are blanked out.

A film is built of boxes. Those that every film needs are kept, all else becomes free space: places and makes
(`udta`, `meta`, `uuid`), tracks of positions, time codes, subtitles and whatever a maker has thought of. What
such a track has in the common box of data goes as well. No byte moves, so nothing is coded anew.

Source: ISO/IEC 14496-12 (boxes); 8.1.1 and 8.7.5 (data and where its chunks begin).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, pairwise

from media.error import BrokenFileError, MixedFilmError

NEEDED: Mapping[bytes, frozenset[bytes]] = {
    b"": frozenset(
        {b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"ssix", b"pdin", b"wide"}
    ),
    b"moov": frozenset({b"mvhd", b"trak", b"mvex"}),
    b"trak": frozenset({b"tkhd", b"edts", b"mdia"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf", b"elng"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"dinf", b"stbl"}),
    b"stbl": frozenset(
        {b"stsd", b"stts", b"stss", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64"}
        | {b"stsh", b"stdp", b"sdtp", b"sbgp", b"sgpd", b"subs", b"padb"}
    ),
    b"moof": frozenset({b"mfhd", b"traf"}),
    b"traf": frozenset(
        {b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio", b"senc"}
    ),
}
"""What may lie in which box; "" is the file. Boxes that are not listed here are not looked into."""
SHOWN = frozenset({b"vide", b"soun"})
"""The kinds of tracks that are left."""
TIMED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
"""Boxes that begin with when they were made and changed."""
OFFSET_BYTES = {b"stco": 4, b"co64": 8}
FREE = b"free"
MOST_BOXES = 20_000
MOST_TRACKS = 16
MOST_CHUNKS = 100_000
"""Of one track."""
HEAD_BYTES, LONG_HEAD_BYTES, FULL_HEAD_BYTES = 8, 16, 4
KIND_AT, KIND_END, TRACK_NAME_AT = 8, 12, 24
CODER_AT, CODER_END = 50, 82
"""Where an entry of `stsd` names what has coded the picture, from its start."""


@dataclass(frozen=True)
class _Box:
    kind: bytes
    start: int
    body: int
    end: int
    inner: tuple[_Box, ...] = ()

    def every(self, *kinds: bytes) -> Iterator[_Box]:
        """All boxes of these kinds within, at whatever depth."""
        for box in self.inner:
            if box.kind in kinds:
                yield box
            yield from box.every(*kinds)


def without_notes(content: bytes) -> bytes:
    """The same film, as long as before; all that is neither picture nor sound is free space in it.

    Raises: BrokenFileError if it is cut off, shows nothing, or is built of more boxes than any camera makes;
    MixedFilmError if what has to go cannot be told from what has to stay.
    """
    film = bytearray(content)
    whole = _Box(b"", 0, 0, len(film), _within(film, b"", 0, len(film), count()))
    kinds = [box.kind for box in whole.inner]
    if kinds.count(b"moov") != 1 or b"mdat" not in kinds:
        raise BrokenFileError
    shown, hidden = _tracks(film, whole)
    if b"moof" not in kinds:
        _blank_data(film, whole, shown, hidden)
    elif hidden or not shown:
        raise MixedFilmError
    for track in shown:
        _blank_coders(film, track)
    _blank_notes(film, whole)
    for track in hidden:
        _blank(film, track)
    return bytes(film)


def _tracks(film: bytearray, whole: _Box) -> tuple[list[_Box], list[_Box]]:
    """Those that are left, and those that go. Raises: BrokenFileError."""
    tracks = list(whole.every(b"trak"))
    if len(tracks) > MOST_TRACKS:
        raise BrokenFileError
    shown = [track for track in tracks if _kind_of(film, track) in SHOWN]
    return shown, [track for track in tracks if track not in shown]


def _kind_of(film: bytearray, track: _Box) -> bytes:
    """What a track holds; "" if it does not say."""
    kinds = [bytes(film[box.body + KIND_AT : box.body + KIND_END]) for box in track.every(b"hdlr")]
    return kinds[0] if len(kinds) == 1 else b""


def _blank_data(film: bytearray, whole: _Box, shown: list[_Box], hidden: list[_Box]) -> None:
    """Blanks the data but for the chunks that are shown; each reaches to where the next one begins.

    Raises: BrokenFileError.
    """
    kept = {at for track in shown for at in _chunks(film, track)}
    if not kept:
        raise BrokenFileError
    starts = sorted(kept.union(*(_chunks(film, track) for track in hidden)))
    for data in whole.every(b"mdat"):
        within = starts[bisect_left(starts, data.body) : bisect_left(starts, data.end)]
        for start, end in pairwise((data.body, *within, data.end)):
            if start not in kept:
                _zero(film, start, end)


def _chunks(film: bytearray, track: _Box) -> list[int]:
    """Where the chunks of a track begin in the file."""
    found: list[int] = []
    for table in track.every(*OFFSET_BYTES):
        width, first = OFFSET_BYTES[table.kind], table.body + 2 * FULL_HEAD_BYTES
        many = int.from_bytes(film[first - FULL_HEAD_BYTES : first])
        if many + len(found) > MOST_CHUNKS or first + many * width > table.end:
            raise BrokenFileError
        found += (int.from_bytes(film[at : at + width]) for at in range(first, first + many * width, width))
    if any(at >= len(film) for at in found):
        raise BrokenFileError
    return found


def _blank_coders(film: bytearray, track: _Box) -> None:
    """Blanks what has coded a picture: some cameras write their make there."""
    for table in track.every(b"stsd") if _kind_of(film, track) == b"vide" else ():
        for entry in _boxes(film, table.body + 2 * FULL_HEAD_BYTES, table.end, count()):
            _zero(film, entry.start + CODER_AT, min(entry.start + CODER_END, entry.end))


def _blank_notes(film: bytearray, parent: _Box) -> None:
    for box in parent.inner:
        if box.kind not in NEEDED[parent.kind]:
            _blank(film, box)
        elif box.kind in TIMED:
            _blank_times(film, box)
        elif box.kind == b"hdlr":
            _zero(film, box.body + TRACK_NAME_AT, box.end)
        _blank_notes(film, box)


def _blank(film: bytearray, box: _Box) -> None:
    film[box.start + 4 : box.start + HEAD_BYTES] = FREE
    _zero(film, box.body, box.end)


def _blank_times(film: bytearray, box: _Box) -> None:
    if box.body < box.end:
        at = box.body + FULL_HEAD_BYTES
        _zero(film, at, min(at + (16 if film[box.body] else 8), box.end))


def _zero(film: bytearray, start: int, end: int) -> None:
    if start < end:
        film[start:end] = bytes(end - start)


def _within(film: bytearray, kind: bytes, start: int, end: int, counted: Iterator[int]) -> tuple[_Box, ...]:
    """The boxes of a box, and theirs, as far as they are looked into."""
    return tuple(
        _Box(box.kind, box.start, box.body, box.end, _within(film, box.kind, box.body, box.end, counted))
        if box.kind in NEEDED[kind] and box.kind in NEEDED
        else box
        for box in _boxes(film, start, end, counted)
    )


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
