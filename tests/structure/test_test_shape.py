"""Tests are sentences that can fail, wait for something definite, and try our own code."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import PurePath

from tests.sources import ROOT, Function, calls, decorators, functions, imports, our_tests

WAITS = {"time.sleep", "asyncio.sleep"}
MAY_SLEEP = "eventually.py"
"""The one way to wait polls; its file is named so."""
MAY_SKIP = "tests/require.py"
SKIPS = {"pytest.skip", "pytest.xfail", "pytest.importorskip", "unittest.skip"}
SKIP_MARKS = {"pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"}
EXPECTS = {"raises", "fail", "warns"}
LEAST_WORDS = 3


@cache
def every_test() -> tuple[Function, ...]:
    """Every test function, also those in classes."""
    return tuple(
        each
        for found in our_tests()
        for each in functions(found)
        if each.node.name.startswith("test_") and PurePath(found.path).name.startswith("test_")
    )


def expects(node: ast.AST) -> bool:
    if any(isinstance(each, ast.Assert) for each in ast.walk(node)):
        return True
    return any(name.split(".")[-1] in EXPECTS for name, _ in calls(node))


@cache
def checkers() -> frozenset[str]:
    """Names of functions of ours in tests that themselves expect something, directly or through another."""
    every = [each for found in our_tests() for each in functions(found)]
    known = {each.node.name for each in every if expects(each.node)}
    while True:
        more = {
            each.node.name
            for each in every
            if any(name.split(".")[-1] in known for name, _ in calls(each.node))
        }
        if more <= known:
            return frozenset(known)
        known |= more


def test_every_test_can_fail_by_what_it_expects() -> None:
    idle = [
        str(each)
        for each in every_test()
        if not expects(each.node)
        and not any(name.split(".")[-1] in checkers() for name, _ in calls(each.node))
    ]
    assert idle == [], "\n".join(idle)


def test_no_test_expects_what_is_always_so() -> None:
    vain = [
        str(each)
        for each in every_test()
        for node in ast.walk(each.node)
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant) and node.test.value
    ]
    assert vain == []


def test_tests_are_named_as_sentences() -> None:
    short = [str(each) for each in every_test() if len(each.node.name.split("_")) - 1 < LEAST_WORDS]
    assert short == [], "\n".join(short)


def test_tests_do_not_wait_by_sleeping() -> None:
    sleeping = [
        f"{found.path}:{node.lineno}"
        for found in our_tests()
        if PurePath(found.path).name != MAY_SLEEP
        for name, node in calls(found.tree)
        if name in WAITS and not yields(node)
    ]
    assert sleeping == []


def yields(call: ast.Call) -> bool:
    """`sleep(0)` waits for nothing: it lets others run."""
    return len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0


def test_only_a_part_that_the_machine_lacks_skips_a_test() -> None:
    skipping = [
        f"{found.path}:{node.lineno}"
        for found in our_tests()
        if found.path != MAY_SKIP
        for name, node in calls(found.tree)
        if name in SKIPS
    ]
    marked = [
        str(each) for found in our_tests() for each in functions(found) if decorators(each.node) & SKIP_MARKS
    ]
    assert skipping + marked == []


def test_nothing_of_ours_is_mocked() -> None:
    mocking = [
        found.path
        for found in our_tests()
        if any(
            name.split(".")[0] in {"mock"} or name.startswith("unittest.mock") for name in imports(found.tree)
        )
    ]
    assert mocking == []


def test_every_test_file_has_a_name_of_its_own() -> None:
    names = Counter(PurePath(found.path).name for found in our_tests())
    twice = sorted(name for name, count in names.items() if count > 1 and name.startswith("test_"))
    assert twice == []


def test_tests_are_no_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_every_test_file_holds_tests_and_every_other_file_none() -> None:
    empty = {found.path for found in our_tests() if re.match(r"test_", PurePath(found.path).name)}
    empty -= {each.source.path for each in every_test()}
    empty -= {found.path for found in our_tests() if "RuleBasedStateMachine" in found.text}
    assert empty == set()


def test_the_markers_in_use_are_declared() -> None:
    import tomllib

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"][
        "markers"
    ]
    names = {marker.split(":")[0] for marker in declared}
    known = names | {"parametrize", "timeout", "usefixtures", "filterwarnings", "asyncio"}
    used = set(re.findall(r"pytest\.mark\.(\w+)", "\n".join(found.text for found in our_tests())))
    assert used - known - {"skip", "skipif", "xfail"} == set()
