"""Codes that people read out and type: Crockford base 32 with a check character.

A code names a case; it opens nothing by itself. Source: CASE.md, "Code, key, links".
"""

from __future__ import annotations

from domain.errors import TuntasError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
BODY_LENGTH = CODE_LENGTH - 1
RANDOM_BYTES = 6
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


class MalformedCodeError(TuntasError):
    """What was typed cannot be a code: wrong length, a wrong letter or a wrong check character."""


def code_from_random(random_bytes: bytes) -> str:
    """Ten characters, the last a check, from six random bytes; None of them is guessable from another.

    Raises: ValueError unless exactly six bytes are given.
    """
    if len(random_bytes) != RANDOM_BYTES:
        raise ValueError("a code is made of six random bytes")
    number = int.from_bytes(random_bytes, "big") % 32**BODY_LENGTH
    body = "".join(ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(BODY_LENGTH)))
    return body + _check(body)


def parse_code(typed: str) -> str:
    """The code that a person meant: case, spaces, hyphens and look-alike letters are forgiven.

    Raises: MalformedCodeError.
    """
    code = typed.strip().upper().translate(LOOK_ALIKES)
    body, check = code[:-1], code[-1:]
    if len(code) != CODE_LENGTH or any(letter not in ALPHABET for letter in body) or _check(body) != check:
        raise MalformedCodeError
    return code


def show_code(code: str) -> str:
    """A code in groups that can be read aloud: `7F3K-9QW2-TX`."""
    return "-".join((code[:4], code[4:8], code[8:]))


def mask_from_random(random_bytes: bytes) -> str:
    """Four characters by which staff tell reporters apart; nothing can be derived from them."""
    number = int.from_bytes(random_bytes, "big")
    return "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(4))


def _check(body: str) -> str:
    """Notices one wrong letter (but not 0 for Z) and two letters that changed places.

    Modulo 31 keeps it inside the plain alphabet, so that no odd signs reach an address. Weights are powers of
    3, all different modulo 31; powers of 32 would all be 1, and the order of letters would not matter.
    """
    number = 0
    for letter in body:
        number = number * 3 + ALPHABET.index(letter)
    return ALPHABET[number % 31]
