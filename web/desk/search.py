"""What was typed into the search: a code or its beginning, or words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from db.desk_filter import DeskFilter
from db.desk_query import DeskQuery
from db.desk_scope import Onlooker
from db.search_store import SearchWords
from domain.code import ALPHABET, CODE_LENGTH, LOOK_ALIKES, MalformedCodeError, parse_code
from web.services import services

LONGEST_SEARCH = 120
SHORTEST_BEGINNING = 4
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
    if by_code is not None and not query.holds_any(who, by_words.wanted):
        return by_code
    return by_words


def code_beginning(typed: str) -> str | None:
    """The plain spelling of what may be a code or its beginning; None if it cannot be one."""
    code = typed.strip().upper().translate(LOOK_ALIKES)
    fits = SHORTEST_BEGINNING <= len(code) <= CODE_LENGTH and all(letter in ALPHABET for letter in code)
    return code if fits and not _is_text(typed) else None


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
    """Cases with all the words; where there is none, those with any of them."""
    tokens = SearchWords(services().keyring).asked(typed)
    everything = replace(given, sought=query.sought(tokens))
    if len(tokens) < 2 or query.holds_any(who, everything):
        return Search(case_code=None, wanted=everything)
    either = replace(given, sought=query.sought(tokens, any_of_them=True))
    return Search(case_code=None, wanted=either, any_word=query.holds_any(who, either))
