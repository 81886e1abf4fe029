"""Films that are built to cost time or memory are no films."""

from __future__ import annotations

import pytest

from media.error import BrokenFileError
from media.film import DEEPEST, MOST_BOXES, without_notes


def box(kind: bytes, body: bytes = b"") -> bytes:
    return (len(body) + 8).to_bytes(4) + kind + body


def nested(depth: int) -> bytes:
    content = b""
    for _ in range(depth):
        content = box(b"moov", content)
    return content


def test_a_film_of_endless_boxes_is_refused() -> None:
    with pytest.raises(BrokenFileError):
        without_notes(nested(1) + box(b"mdat") + box(b"free") * MOST_BOXES)


def test_a_film_of_boxes_in_boxes_is_refused() -> None:
    assert without_notes(nested(DEEPEST) + box(b"mdat"))
    with pytest.raises(BrokenFileError):
        without_notes(nested(1500) + box(b"mdat"))
