"""Calls and names that have no place in our code. Source: ARCHITECTURE, STYLE."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from tests.sources import Source, calls, imports, in_packages, our_code, our_tests

SAYS_TO_PEOPLE = ("cli.py", "worker.py", "web/__main__.py", "ops/")
ROOTS = ("cli.py", "worker.py", "web/__main__.py")
READS_ENVIRONMENT = ("settings.py", "ops/")
CLOCKS = {"now", "utcnow", "today"}
CLOCK_OWNERS = {"datetime", "date"}
CHANCE = ("random", "secrets", "uuid", "time", "os")
UNFIT_NAMES = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py"}
PURE = in_packages("domain", "schemas", "workflows")


def outside(found: Source, allowed: tuple[str, ...]) -> bool:
    return not found.path.startswith(allowed)


def reads_clock(name: str) -> bool:
    owner, _, last = name.rpartition(".")
    return last in CLOCKS and owner.split(".")[-1] in CLOCK_OWNERS


def is_chance(name: str) -> bool:
    owner, _, last = name.rpartition(".")
    return owner.split(".")[0] in CHANCE or last.startswith("uuid")


def called(sources: list[Source], banned: Callable[[str], bool]) -> list[str]:
    """Where something banned is called."""
    return [
        f"{found.path}:{node.lineno} {name}"
        for found in sources
        for name, node in calls(found.tree)
        if banned(name)
    ]


def test_only_the_roots_and_operations_print() -> None:
    quiet = [found for found in our_code() if outside(found, SAYS_TO_PEOPLE)]
    assert called(quiet, lambda name: name == "print") == []


def test_the_rules_never_read_a_clock() -> None:
    assert called(PURE, reads_clock) == []


def test_the_rules_never_throw_dice() -> None:
    assert called(PURE, is_chance) == []
    taken = {name.split(".")[0] for found in PURE for name in imports(found.tree)}
    assert not taken & set(CHANCE)


def test_no_instant_without_an_offset_is_ever_made() -> None:
    assert called(list(our_code()), lambda name: name.endswith(("utcnow", "utcfromtimestamp"))) == []


def test_only_the_settings_and_operations_read_the_environment() -> None:
    found = [
        f"{each.path}:{node.lineno}"
        for each in our_code()
        if outside(each, READS_ENVIRONMENT)
        for node in ast.walk(each.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]
    assert found == []


def test_only_the_roots_catch_whatever_comes() -> None:
    found = [
        f"{each.path}:{node.lineno}"
        for each in our_code()
        if outside(each, ROOTS)
        for node in ast.walk(each.tree)
        if isinstance(node, ast.ExceptHandler) and catches_all(node)
    ]
    assert found == []


def catches_all(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    named = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
    return bool(named & {"Exception", "BaseException"})


def test_no_file_is_named_after_nothing() -> None:
    named = [found.path for found in (*our_code(), *our_tests()) if found.path.split("/")[-1] in UNFIT_NAMES]
    assert named == []


def test_neither_rules_nor_tables_wait_by_sleeping() -> None:
    quiet = in_packages("activities", "db", "domain", "schemas", "workflows")
    assert called(quiet, lambda name: name.endswith("sleep")) == []


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("datetime.now(UTC)", reads_clock),
        ("datetime.datetime.now()", reads_clock),
        ("date.today()", reads_clock),
        ("uuid4()", is_chance),
        ("random.random()", is_chance),
        ("time.time()", is_chance),
    ],
)
def test_the_guards_see_what_they_look_for(code: str, rule: Callable[[str], bool]) -> None:
    assert [rule(name) for name, _ in calls(ast.parse(code))] == [True]


def test_the_clock_of_the_workflow_itself_is_allowed() -> None:
    assert not reads_clock("workflow.now")
