"""What of a text should not become public: proposals by pattern, which a person reads and decides on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

HIDDEN = "[disamarkan]"


class Personal(StrEnum):
    """What a replaced piece of text looked like."""

    EMAIL = "email"
    LINK = "link"
    HANDLE = "handle"
    POSITION = "position"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    PLATE = "plate"
    NUMBER = "number"


@dataclass(frozen=True, kw_only=True)
class Redaction:
    """A text as it could be made public.

    Attributes:
        replaced: what was hidden, as (kind, words), in the order of the kinds.
        names: words that look like the name of a person; they stand in the text still.
    """

    text: str
    replaced: tuple[tuple[Personal, str], ...]
    names: tuple[str, ...]


_PLATE_AREAS = (
    "A|B|D|E|F|G|H|K|L|M|N|P|R|S|T|W|Z|AA|AB|AD|AE|AG|BA|BB|BD|BE|BG|BH|BK|BL|BM|BN|BP|DA|DB|DC|DD|DE|DG|DH|"
    "DK|DL|DM|DN|DP|DR|DS|DT|DW|EA|EB|ED|KB|KH|KT|KU|KV|PA|PB|PG|PS|PT|RA"
)
_PATTERNS: Mapping[Personal, re.Pattern[str]] = {
    Personal.EMAIL: re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    Personal.LINK: re.compile(r"(?i)\b(?:https?://|www\.)[^\s/<>]+/[^\s<>]*[^\s<>.,;:!?)]"),
    Personal.HANDLE: re.compile(r"(?<!\w)@[A-Za-z][\w.]{2,}"),
    Personal.POSITION: re.compile(r"-?\b\d{1,3}\.\d{4,}\s*,\s*-?\d{1,3}\.\d{4,}"),
    Personal.ID_NUMBER: re.compile(r"(?<!\d)\d(?:[ .-]?\d){15}(?!\d)"),
    Personal.PHONE: re.compile(
        r"(?<![\d.])(?:\+?62[ .-]?|0)8\d(?:[ .-]?\d){6,11}(?!\d)"
        r"|(?<![\d.])\(?0[2-9]\d{1,2}\)?[ -]?\d{5,8}(?!\d)"
    ),
    Personal.PLATE: re.compile(
        rf"(?i)\b(?:{_PLATE_AREAS})[ -]?\d{{2,4}}[ -]?(?!(?:RT|RW|KM|JL|NO|M|KG|WIB)\b)[A-Z]{{1,3}}\b"
    ),
    Personal.NUMBER: re.compile(r"(?<![\d.,])(?<!Rp)(?<!Rp )(?<!Rp\. )\d(?:[ .-]?\d){7,}(?![\d,])"),
}
"""In this order: what one hides the next cannot find."""
_NOT_A_NAME = (
    "Wali|Walikota|Bupati|Gubernur|Camat|Lurah|Kepala|Ketua|Kades|Kadis|Presiden|Menteri|Guru|Petugas|Polisi|"
    "Dokter|Kota|Kabupaten|Provinsi|RT|RW|Direktur|Sekretaris|Anggota"
)
_NAME = re.compile(
    r"\b(?:Bapak|Bpk|Pak|Ibu|Bu|Saudara|Saudari|Sdr|Sdri|Tuan|Nyonya|Haji|Hajah|"
    r"[Aa]tas nama|a\.n|[Nn]ama saya|[Bb]ernama)\b\.?,?\s+"
    rf"(?!(?:{_NOT_A_NAME})\b)[A-Z][\w'’-]*(?:\s+[A-Z][\w'’-]*){{0,3}}"
)


def redact(text: str) -> Redaction:
    """The text with what is plainly personal hidden. Nobody should publish it unread."""
    replaced: list[tuple[Personal, str]] = []
    for kind, pattern in _PATTERNS.items():
        replaced += [(kind, found.group()) for found in pattern.finditer(text)]
        text = pattern.sub(HIDDEN, text)
    names = dict.fromkeys(found.group() for found in _NAME.finditer(text))
    return Redaction(text=text, replaced=tuple(replaced), names=tuple(names))


def left_over(text: str) -> tuple[str, ...]:
    """What still looks personal in a text that somebody wants to publish; names are not counted."""
    return tuple(dict.fromkeys(words for _, words in redact(text).replaced))
