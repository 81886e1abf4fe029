"""Codes as people read, say and mistype them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.code import (
    ALPHABET,
    CODE_LENGTH,
    RANDOM_BYTES,
    MalformedCodeError,
    code_from_random,
    mask_from_random,
    parse_code,
    show_code,
)

random_bytes = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)
codes = random_bytes.map(code_from_random)
places = st.integers(0, CODE_LENGTH - 1)
ZERO_AND_LAST = {ALPHABET[0], ALPHABET[-1]}


def accepted(typed: str) -> bool:
    try:
        parse_code(typed)
    except MalformedCodeError:
        return False
    return True


@given(codes)
def test_a_code_has_ten_letters_of_the_plain_alphabet_and_is_read_back(code: str) -> None:
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(ALPHABET)
    assert parse_code(code) == code


@given(codes)
def test_a_code_is_understood_as_it_is_shown_in_any_case_and_spacing(code: str) -> None:
    shown = show_code(code)
    assert [len(part) for part in shown.split("-")] == [4, 4, 2]
    for typed in (shown, shown.lower(), f"  {shown} ", shown.replace("-", " "), code.lower()):
        assert parse_code(typed) == code


@given(codes)
def test_letters_that_look_like_digits_are_forgiven(code: str) -> None:
    assert parse_code(code.replace("0", "O").replace("1", "I")) == code
    assert parse_code(code.replace("0", "o").replace("1", "l")) == code


@given(codes, places, st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_noticed(code: str, place: int, letter: str) -> None:
    before = code[place]
    hidden = {before, letter} == ZERO_AND_LAST and place < CODE_LENGTH - 1
    typed = code[:place] + letter + code[place + 1 :]
    assert accepted(typed) is (letter == before or hidden)


@given(codes, st.integers(0, CODE_LENGTH - 3))
def test_two_neighbours_that_changed_places_are_noticed(code: str, place: int) -> None:
    first, second = code[place], code[place + 1]
    typed = code[:place] + second + first + code[place + 2 :]
    same = first == second or {first, second} == ZERO_AND_LAST
    assert accepted(typed) is same


@pytest.mark.parametrize(
    "typed", ["", "0", "000000000", "00000000000", "U000000000", "0000000000\n0", "é" * 10]
)
def test_what_cannot_be_a_code_is_refused(typed: str) -> None:
    assert not accepted(typed)


@pytest.mark.parametrize("count", [0, RANDOM_BYTES - 1, RANDOM_BYTES + 1])
def test_a_code_is_made_of_six_random_bytes_and_no_other_number(count: int) -> None:
    with pytest.raises(ValueError, match="six"):
        code_from_random(bytes(count))


def test_every_random_bit_that_fits_into_the_code_changes_it() -> None:
    made = {code_from_random((1 << bit).to_bytes(RANDOM_BYTES, "big")) for bit in range(45)}
    assert len(made) == 45


@given(st.binary(min_size=3, max_size=8))
def test_a_mask_has_four_letters_of_the_alphabet(given_bytes: bytes) -> None:
    mask = mask_from_random(given_bytes)
    assert len(mask) == 4
    assert set(mask) <= set(ALPHABET)


def test_the_alphabet_has_no_letters_that_are_taken_for_others() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)
