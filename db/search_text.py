"""Words as a search knows them: lower-case, without accents, slang spelled out, and cut to their stems."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Mapping
from typing import Any

import Stemmer  # type: ignore[import-not-found]

LONGEST_TEXT = 40_000
"""So many letters of one text are searched; a report holds fewer."""
LONGEST_WORD = 40
_WORD = re.compile(r"[a-z0-9]+")
_DOUBLED = re.compile(r"(?<![a-z])([a-z]{2,40})-\1(?![a-z])")
"""`jalan-jalan`: said twice, meant once."""
_REPEATED = re.compile(r"([a-z])\1{2,}")
"""`lamaaaa`: a letter held down."""

SLANG: Mapping[str, str] = {
    "bgt": "banget",
    "blm": "belum",
    "blum": "belum",
    "brp": "berapa",
    "bs": "bisa",
    "bln": "bulan",
    "byr": "bayar",
    "ortu": "orang tua",
    "gak": "tidak",
    "ga": "tidak",
    "gk": "tidak",
    "nggak": "tidak",
    "ngga": "tidak",
    "enggak": "tidak",
    "tdk": "tidak",
    "tak": "tidak",
    "gmn": "bagaimana",
    "gimana": "bagaimana",
    "hr": "hari",
    "jl": "jalan",
    "jln": "jalan",
    "kel": "kelurahan",
    "kec": "kecamatan",
    "kab": "kabupaten",
    "ktr": "kantor",
    "lg": "lagi",
    "lbh": "lebih",
    "lmpu": "lampu",
    "mhn": "mohon",
    "mlm": "malam",
    "org": "orang",
    "pk": "pukul",
    "rmh": "rumah",
    "rs": "rumah sakit",
    "rsud": "rumah sakit",
    "skrg": "sekarang",
    "skr": "sekarang",
    "sdh": "sudah",
    "udah": "sudah",
    "udh": "sudah",
    "tlg": "tolong",
    "tgl": "tanggal",
    "thn": "tahun",
    "trs": "terus",
    "yg": "yang",
    "dgn": "dengan",
    "dg": "dengan",
    "utk": "untuk",
    "krn": "karena",
    "karna": "karena",
    "jg": "juga",
    "dr": "dari",
    "pd": "pada",
    "dlm": "dalam",
    "sy": "saya",
    "aq": "saya",
    "aku": "saya",
    "gw": "saya",
    "gue": "saya",
}
_TOO_COMMON = """
    yang dan di ke dari pada dalam dengan untuk oleh atau ini itu tersebut ada adalah akan juga karena agar
    supaya sebagai bahwa maka jika bila kalau tetapi tapi namun serta saya kami kita anda mereka dia ia nya
    pun lah kah para si sang the a an of in on at to and or is are was it this that for by with
"""
STOP_WORDS = frozenset(_TOO_COMMON.split())
"""Words that nearly every text holds; nobody looks for them."""
_local = threading.local()


def stems(text: str) -> list[str]:
    """The stems of a text, in its order and with repetitions; stop words are left out.

    A query that is made of stop words alone keeps them, so that it finds what it says.
    """
    words = _words(text)
    meant = [word for word in words if word not in STOP_WORDS] or words
    found: list[str] = _stemmer().stemWords(meant)
    return found


def folded(text: str) -> str:
    """The text in lower case and without accents; `é` is found by `e`."""
    lower = text[:LONGEST_TEXT].casefold()
    if lower.isascii():
        return lower
    split = unicodedata.normalize("NFKD", lower)
    return "".join(letter for letter in split if not unicodedata.combining(letter))[:LONGEST_TEXT]


def _words(text: str) -> list[str]:
    once = _DOUBLED.sub(r"\1", folded(text))
    plain = _REPEATED.sub(r"\1", once)
    spelled = (SLANG.get(word, word) for word in _WORD.findall(plain))
    return [word[:LONGEST_WORD] for words in spelled for word in words.split()]


def _stemmer() -> Any:
    """One for each thread: two must not use the same at once."""
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("indonesian")
    return _local.stemmer
