from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.search_text import LONGEST_TEXT, SLANG, STOP_WORDS, stems


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jalan berlubang", "jalan lubang"),
        ("perbaikan", "memperbaiki"),
        ("kerusakan", "RUSAK"),
        ("dilayani", "pelayanan"),
        ("jln rusak", "jalan rusak"),
        ("lampu tdk menyala", "lampu tidak menyala"),
        ("lamaaaaa", "lama"),
        ("jalan-jalan", "jalan"),
        ("kafé", "kafe"),
    ],
)
def test_what_means_the_same_has_the_same_stems(one: str, other: str) -> None:
    assert stems(one) == stems(other)


def test_words_that_every_text_holds_are_left_out_unless_nothing_else_was_said() -> None:
    assert stems("lampu yang di jalan") == stems("lampu jalan")
    assert stems("yang di") != []
    assert stems("") == stems("…!? —") == []


def test_numbers_and_names_of_places_stay_apart() -> None:
    assert stems("RT 05 RW 12") == ["rt", "05", "rw", "12"]
    assert stems("Jalan Melati") != stems("Jalan Mawar")


def test_slang_leads_to_plain_words_and_never_in_a_circle() -> None:
    spelled = {word for meaning in SLANG.values() for word in meaning.split()}
    assert not {word for word in spelled if word in SLANG and SLANG[word] != word}
    assert all(word == word.lower() for word in (*SLANG, *STOP_WORDS))


@given(st.text(max_size=300))
def test_any_text_has_stems_of_plain_letters_and_digits(text: str) -> None:
    found = stems(text)
    assert all(stem.isascii() and stem.isalnum() and len(stem) <= 40 for stem in found)
    assert stems(text.upper().lower()) == stems(text.upper().lower().strip())


def test_a_huge_text_is_cut_and_not_refused() -> None:
    assert len(stems("jalan " * LONGEST_TEXT)) <= LONGEST_TEXT // 6 + 1


def test_threads_may_ask_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(stems, ["perbaikan jalan berlubang"] * 400))
    assert {tuple(one) for one in found} == {tuple(stems("perbaikan jalan berlubang"))}
