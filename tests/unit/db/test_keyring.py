"""Sealed bytes open only with their own key, at their own place, unchanged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.keyring import NONCE_BYTES, CaseSeal, Keyring, SealBrokenError, key_hash

MASTER, OTHER_MASTER = bytes(range(32)), bytes(range(1, 33))
CODE, PLACE = "0000000000", "message.sealed:7"
WORDS = b"Lampu jalan padam seminggu."
PURPOSES = ("wrap", "reporter-key", "fingerprint", "session", "mail-token")


def fresh_seal(code: str = CODE) -> CaseSeal:
    return Keyring(MASTER).new_case_key(code)[1]


@given(st.binary(max_size=200), st.text(max_size=30))
def test_what_is_sealed_is_opened_at_its_place(content: bytes, place: str) -> None:
    seal = fresh_seal()
    assert seal.open(seal.seal(content, place), place) == content


def test_the_stored_key_of_a_case_opens_what_its_fresh_seal_closed() -> None:
    wrapped, seal = Keyring(MASTER).new_case_key(CODE)
    sealed = seal.seal(WORDS, PLACE)
    assert Keyring(MASTER).case_seal(wrapped, CODE).open(sealed, PLACE) == WORDS


def test_the_same_words_sealed_twice_look_different_and_hide_them() -> None:
    seal = fresh_seal()
    first, second = seal.seal(WORDS, PLACE), seal.seal(WORDS, PLACE)
    assert first != second
    assert b"Lampu" not in first + second


def test_a_seal_of_another_case_opens_nothing() -> None:
    sealed = fresh_seal().seal(WORDS, PLACE)
    with pytest.raises(SealBrokenError):
        fresh_seal().open(sealed, PLACE)


def test_bytes_moved_to_another_place_stay_shut() -> None:
    seal = fresh_seal()
    sealed = seal.seal(WORDS, PLACE)
    with pytest.raises(SealBrokenError, match=r"message\.sealed:8"):
        seal.open(sealed, "message.sealed:8")


def test_a_change_of_any_single_byte_is_noticed() -> None:
    seal = fresh_seal()
    sealed = seal.seal(b"padam", PLACE)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealBrokenError):
            seal.open(bytes(changed), PLACE)


def test_bytes_that_were_cut_off_stay_shut() -> None:
    seal = fresh_seal()
    sealed = seal.seal(b"padam", PLACE)
    for length in (0, *range(1 + NONCE_BYTES, len(sealed))):
        with pytest.raises(SealBrokenError):
            seal.open(sealed[:length], PLACE)


def test_another_master_key_opens_no_case() -> None:
    wrapped, _ = Keyring(MASTER).new_case_key(CODE)
    with pytest.raises(SealBrokenError):
        Keyring(OTHER_MASTER).case_seal(wrapped, CODE)


def test_a_wrapped_key_moved_to_another_case_stays_shut() -> None:
    wrapped, _ = Keyring(MASTER).new_case_key(CODE)
    with pytest.raises(SealBrokenError):
        Keyring(MASTER).case_seal(wrapped, "1000000003")


def test_every_case_has_its_own_key() -> None:
    keys = {Keyring(MASTER).new_case_key(CODE)[0] for _ in range(20)}
    assert len(keys) == 20


def test_each_purpose_has_a_secret_of_its_own() -> None:
    secrets = [Keyring(MASTER).secret(purpose) for purpose in PURPOSES]
    assert len({*secrets, MASTER}) == len(PURPOSES) + 1
    assert {len(secret) for secret in secrets} == {32}


def test_a_secret_is_stable_for_its_master_key_and_differs_for_another() -> None:
    assert Keyring(MASTER).secret("session") == Keyring(MASTER).secret("session")
    assert Keyring(MASTER).secret("session") != Keyring(OTHER_MASTER).secret("session")


def test_the_reporters_key_is_the_same_for_a_form_sent_twice_and_has_128_bits() -> None:
    key = Keyring(MASTER).reporter_key("form-1")
    assert key == Keyring(MASTER).reporter_key("form-1")
    assert len(bytes.fromhex(key)) == 16


def test_the_reporters_key_differs_by_form_and_by_installation() -> None:
    keys = {
        Keyring(MASTER).reporter_key("form-1"),
        Keyring(MASTER).reporter_key("form-2"),
        Keyring(OTHER_MASTER).reporter_key("form-1"),
    }
    assert len(keys) == 3


def test_a_stored_key_is_a_hash_from_which_the_key_cannot_be_read() -> None:
    key = Keyring(MASTER).reporter_key("form-1")
    assert key_hash(key) == key_hash(key) != key_hash(key.upper())
    assert key not in key_hash(key)


def test_a_fingerprint_tells_contents_apart_and_needs_the_master_key() -> None:
    ours = Keyring(MASTER)
    assert ours.fingerprint("a") == ours.fingerprint("a")
    assert len({ours.fingerprint("a"), ours.fingerprint("b"), Keyring(OTHER_MASTER).fingerprint("a")}) == 3


def test_a_broken_seal_says_where_and_not_what() -> None:
    seal = fresh_seal()
    with pytest.raises(SealBrokenError) as broken:
        seal.open(seal.seal(WORDS, PLACE), "elsewhere")
    assert str(broken.value) == "elsewhere"
