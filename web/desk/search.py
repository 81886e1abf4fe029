"""What was typed into the search: a code or its beginning, or words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from db.desk_filter import DeskFilter
from db.desk_query import DeskQuery
from db.desk_scope import Onlooker
from db.region_store import find_regions, folded_words
from db.search_store import SearchWords
from domain.code import ALPHABET, CODE_LENGTH, LOOK_ALIKES, MalformedCodeError, parse_code
from web.services import services

LONGEST_SEARCH = 120
SHORTEST_BEGINNING = 4
MASK_LENGTH = 4
REPORTER = frozenset({"PELAPOR", "REPORTER"})
BEFORE_NAMES = frozenset(
    {"provinsi", "kota", "kabupaten", "kab", "kecamatan", "kec", "kelurahan", "desa", "adm"}
)
SURELY_A_CODE = 6
"""So many letters with a digit among them are hardly a word."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """What a search comes to.

    Attributes:
        case_code: the one case that is meant; its page is the answer.
        wanted: else the filter of the list.
        any_word: no case holds all the words; the list holds those with any of them.
    """

    case_code: str | None
    wanted: DeskFilter
    any_word: bool = False


def search(query: DeskQuery, who: Onlooker, typed: str, given: DeskFilter) -> Search:
    """Cases among all that the person may see; `given` are the filters beside the search."""
    beginning = code_beginning(typed)
    exact = _exact(typed)
    if exact is not None and query.visible_case(who, exact) is not None:
        return Search(case_code=exact, wanted=given)
    by_code = None if beginning is None else _by_code(query, who, beginning, given)
    if by_code is not None and beginning is not None and _is_surely_code(beginning):
        return by_code
    by_words = _by_words(query, who, typed, given)
    if query.holds_any(who, by_words.wanted) and not by_words.any_word:
        return by_words
    mask = reporter_of(typed)
    by_mask = None if mask is None else replace(given, reporter=mask)
    if by_mask is not None and query.holds_any(who, by_mask):
        return Search(case_code=None, wanted=by_mask)
    return by_code or by_words


def code_beginning(typed: str) -> str | None:
    """The plain spelling of what may be a code or its beginning; None if it cannot be one."""
    code = typed.strip().upper().translate(LOOK_ALIKES)
    fits = SHORTEST_BEGINNING <= len(code) <= CODE_LENGTH and all(letter in ALPHABET for letter in code)
    return code if fits and not _is_text(typed) else None


def reporter_of(typed: str) -> str | None:
    """What may be the sign of a reporter, as staff read it in the list: `QNP5`, `Pelapor QNP5`."""
    words = typed.upper().split()
    sign = words[-1].translate(LOOK_ALIKES) if words else ""
    alone = len(words) == 1 or (len(words) == 2 and words[0] in REPORTER)
    return sign if alone and len(sign) == MASK_LENGTH and all(letter in ALPHABET for letter in sign) else None


def region_named(typed: str) -> str | None:
    """The region that is called exactly so, with all that it lies in; None if none is."""
    words = set(folded_words(typed)) - BEFORE_NAMES
    if not words:
        return None
    with services().database.read() as session:
        found = find_regions(session, typed, 1)
    named = [one.path for one in found if set(folded_words(one.name)) - BEFORE_NAMES == words]
    return named[0] if named else None


def _is_text(typed: str) -> bool:
    """Several words in which no digit stands are no code."""
    return " " in typed.strip() and not any(letter.isdecimal() for letter in typed)


def _is_surely_code(beginning: str) -> bool:
    return len(beginning) >= SURELY_A_CODE and any(letter.isdecimal() for letter in beginning)


def _exact(typed: str) -> str | None:
    try:
        return parse_code(typed)
    except MalformedCodeError:
        return None


def _by_code(query: DeskQuery, who: Onlooker, beginning: str, given: DeskFilter) -> Search | None:
    """The one case whose code begins so, or the list of several; None if there is none."""
    found = query.codes_that_begin(who, beginning)
    if not found:
        return None
    wanted = replace(given, code=beginning)
    return Search(case_code=found[0] if len(found) == 1 else None, wanted=wanted)


def _by_words(query: DeskQuery, who: Onlooker, typed: str, given: DeskFilter) -> Search:
    """Cases with all the words; where there is none, those with any of them.

    A part of an address is not what somebody means who types an address.
    """
    tokens = SearchWords(services().keyring).asked(typed)
    everything = replace(given, sought=query.sought(tokens))
    if len(tokens) < 2 or "@" in typed or query.holds_any(who, everything):
        return Search(case_code=None, wanted=everything)
    either = replace(given, sought=query.sought(tokens, any_of_them=True))
    return Search(case_code=None, wanted=either, any_word=query.holds_any(who, either))
