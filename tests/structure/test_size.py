"""How long files and functions are. Source: STYLE, Sizes."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles

from tests.sources import MIGRATIONS, functions, in_packages, our_code, our_tests

FILE_MOST, FILE_MEDIAN, FILE_P90 = 400, 100, 250
FUNCTION_MOST, FUNCTION_MEDIAN, FUNCTION_P90 = 50, 10, 30
WORKFLOW_FILE_MOST = 250

WRITTEN = [found for found in our_code() if not found.path.startswith(MIGRATIONS)]
"""A migration is a record of one moment and is never worked on again."""
FILES = [found for found in WRITTEN if found.lines > 1]
FUNCTIONS = [each for found in WRITTEN for each in functions(found)]


def p90(sizes: Sequence[int]) -> float:
    return quantiles(sizes, n=10)[-1]


def longest(sized: Sequence[object]) -> str:
    """The ten to split first."""
    ordered = sorted(sized, key=lambda each: -each.lines)[:10]
    return "split first:\n" + "\n".join(f"{each.lines:>5} {getattr(each, 'path', each)}" for each in ordered)


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    too_long = [found for found in (*WRITTEN, *our_tests()) if found.lines > FILE_MOST]
    assert not too_long, longest(too_long)


def test_files_are_short_as_a_rule() -> None:
    sizes = [found.lines for found in FILES]
    assert median(sizes) <= FILE_MEDIAN, longest(FILES)
    assert p90(sizes) <= FILE_P90, longest(FILES)


def test_a_workflow_is_a_short_file() -> None:
    too_long = [found for found in in_packages("workflows") if found.lines > WORKFLOW_FILE_MOST]
    assert not too_long, longest(too_long)


def test_no_function_is_too_long() -> None:
    too_long = [each for each in FUNCTIONS if each.lines > FUNCTION_MOST]
    assert not too_long, longest(too_long)


def test_functions_are_short_as_a_rule() -> None:
    sizes = [each.lines for each in FUNCTIONS]
    assert median(sizes) <= FUNCTION_MEDIAN, longest(FUNCTIONS)
    assert p90(sizes) <= FUNCTION_P90, longest(FUNCTIONS)
