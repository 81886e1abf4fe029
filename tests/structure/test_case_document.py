"""docs/case.md speaks of every act and every test of the rules, and of no file that is not there."""

from __future__ import annotations

import re

from domain.case import Action
from tests.sources import ROOT

TEXT = (ROOT / "docs" / "case.md").read_text()
FOLDERS = ("tests/unit/domain", "tests/workflow", "tests/property")


def test_every_act_is_in_the_table() -> None:
    assert [action.value for action in Action if f"`{action.value}`" not in TEXT] == []


def test_every_test_that_it_names_is_there() -> None:
    there = {file.name for folder in FOLDERS for file in (ROOT / folder).glob("test_*.py")}
    named = set(re.findall(r"(test_\w+\.py)", TEXT))
    assert named - there == set()


def test_every_test_of_a_rule_is_named() -> None:
    rules = {file.name for file in (ROOT / "tests/unit/domain").glob("test_rule_*.py")}
    rules |= {file.name for file in (ROOT / "tests/workflow").glob("test_case_*.py")}
    assert {name for name in rules if name not in TEXT} == set()
