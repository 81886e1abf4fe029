"""Films that are built to cost time or memory are no films."""

from __future__ import annotations

import time

import pytest

from media.error import BrokenFileError
from media.film import MOST_BOXES, MOST_CHUNKS, MOST_TRACKS, without_notes
from tests.pictures import box, film_of, mp4, track


def test_a_film_of_endless_boxes_is_refused() -> None:
    with pytest.raises(BrokenFileError):
        without_notes(mp4() + box(b"free") * MOST_BOXES)


def test_a_film_of_boxes_in_boxes_is_refused() -> None:
    content = b""
    for _ in range(1500):
        content = box(b"moov", content)
    with pytest.raises(BrokenFileError):
        without_notes(content + box(b"mdat"))


def test_a_film_of_endless_tracks_is_refused() -> None:
    assert without_notes(film_of([(b"vide", b"moving")] * MOST_TRACKS))
    with pytest.raises(BrokenFileError):
        without_notes(film_of([(b"vide", b"moving")] * (MOST_TRACKS + 1)))


def test_a_film_of_endless_chunks_is_refused() -> None:
    chunks = [0] * (MOST_CHUNKS + 1)
    with pytest.raises(BrokenFileError):
        without_notes(box(b"moov", track(b"vide", chunks)) + box(b"mdat", b"moving"))


def test_the_largest_film_is_done_in_a_moment() -> None:
    tracks = b"".join(track(kind, range(8, 8 + MOST_CHUNKS)) for kind in [b"vide", b"meta"] * 8)
    content = box(b"mdat", bytes(MOST_CHUNKS + 100)) + box(b"mdat") * 15_000 + box(b"moov", tracks)
    before = time.process_time()
    assert len(without_notes(content)) == len(content)
    assert time.process_time() - before < 20
