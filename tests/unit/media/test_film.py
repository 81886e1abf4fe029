"""What is left of a film: its picture and its sound, where they were."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.error import BrokenFileError, MixedFilmError
from media.film import without_notes
from tests.pictures import CANARY, box, film_of, fragmented, mp4, track

PICTURE, SOUND, PLACES = b"picture" * 40, b"sound" * 30, CANARY.encode() * 20
MIXED = [(b"vide", PICTURE), (b"meta", PLACES), (b"soun", SOUND)]


def halves(data: bytes) -> tuple[bytes, bytes]:
    return data[: len(data) // 2], data[len(data) // 2 :]


def test_the_fixture_of_these_tests_holds_what_has_to_go() -> None:
    assert film_of(MIXED).count(CANARY.encode()) > 20 and b"\x11" * 8 in film_of(MIXED)


@pytest.mark.parametrize(
    "kind", [b"meta", b"tmcd", b"text", b"sbtl", b"subt", b"camm", b"gpmd", b"hint", b"    "]
)
def test_a_track_that_is_neither_picture_nor_sound_goes_with_its_data(kind: bytes) -> None:
    film = film_of([(b"vide", PICTURE), (kind, PLACES), (b"soun", SOUND)])
    clean = without_notes(film)
    assert CANARY.encode() not in clean and len(clean) == len(film)
    for half in (*halves(PICTURE), *halves(SOUND)):
        assert clean.index(half) == film.index(half)
    assert clean.count(b"trak") == 2


def test_a_track_that_does_not_say_what_it_holds_goes() -> None:
    film = film_of([(b"vide", PICTURE)], notes=box(b"trak", box(b"tkhd", CANARY.encode())))
    assert CANARY.encode() not in without_notes(film)


@pytest.mark.parametrize("kind", [b"udta", b"meta", b"uuid", b"loci", b"\xa9xyz", b"gps ", b"free", b"iods"])
@pytest.mark.parametrize("where", ["moov", "trak", "file"])
def test_what_no_film_needs_is_blanked_wherever_it_lies(kind: bytes, where: str) -> None:
    note = box(kind, box(b"xyz ", CANARY.encode()))
    if where == "trak":
        film = box(b"moov", track(b"vide", [0], note)) + box(b"mdat", b"moving")
        film = film.replace(struct.pack(">3I", 0, 1, 0), struct.pack(">3I", 0, 1, film.index(b"moving")))
    else:
        film = film_of([(b"vide", PICTURE)], **{"notes" if where == "moov" else "tail": note})
    clean = without_notes(film)
    assert CANARY.encode() not in clean and len(clean) == len(film)


def test_when_a_film_was_taken_is_not_told() -> None:
    assert b"\x11" not in without_notes(film_of(MIXED))


def test_what_lies_before_the_first_chunk_is_blanked() -> None:
    film = box(b"mdat", CANARY.encode() + b"moving") + box(b"moov", track(b"vide", [8 + len(CANARY)]))
    clean = without_notes(film)
    assert CANARY.encode() not in clean and b"moving" in clean


def test_offsets_of_eight_bytes_are_understood() -> None:
    data = CANARY.encode() + b"moving"
    large = box(b"stbl", box(b"co64", struct.pack(">2IQ", 0, 1, 16 + len(CANARY))))
    head = box(b"mdia", box(b"hdlr", b"\x00" * 8 + b"vide" + b"\x00" * 12) + box(b"minf", large))
    mdat = struct.pack(">I4sQ", 1, b"mdat", 16 + len(data)) + data
    clean = without_notes(mdat + box(b"moov", box(b"trak", head)))
    assert CANARY.encode() not in clean and b"moving" in clean


def test_a_clean_film_stays_as_it_is() -> None:
    once = without_notes(film_of(MIXED))
    assert without_notes(once) == once


def test_a_film_in_fragments_keeps_its_data_and_loses_its_notes() -> None:
    clean = without_notes(fragmented(b"vide", b"soun"))
    assert CANARY.encode() not in clean and b"moving" in clean


def test_a_film_in_fragments_with_other_tracks_is_refused() -> None:
    with pytest.raises(MixedFilmError):
        without_notes(fragmented(b"vide", b"meta"))


@pytest.mark.parametrize(
    "film",
    [
        film_of([(b"meta", PLACES)]),
        box(b"moov", track(b"vide", [])) + box(b"mdat", b"moving"),
        box(b"moov", track(b"vide", [10**6])) + box(b"mdat", b"moving"),
        box(b"moov", track(b"vide", [8])) * 2 + box(b"mdat", b"moving"),
        box(b"moov", track(b"vide", [8]).replace(struct.pack(">3I", 0, 1, 8), struct.pack(">3I", 0, 9, 8)))
        + box(b"mdat", b"moving"),
    ],
    ids=["no-picture", "no-chunk", "beyond-the-end", "two-heads", "more-chunks-than-told"],
)
def test_a_film_that_shows_nothing_is_refused(film: bytes) -> None:
    with pytest.raises(BrokenFileError):
        without_notes(film)


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, 5000), byte=st.integers(0, 255))
def test_damaged_films_are_cleaned_or_refused_and_nothing_else(at: int, byte: int) -> None:
    film = bytearray(film_of(MIXED))
    film[at % len(film)] = byte
    try:
        assert len(without_notes(bytes(film))) == len(film)
    except (BrokenFileError, MixedFilmError):
        return


@given(size=st.integers(2000, 4000))
def test_the_film_of_the_tests_is_as_long_as_it_is_asked_to_be(size: int) -> None:
    assert len(mp4(size)) == size
