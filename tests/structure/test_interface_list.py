"""`docs/interfaces.md` and `docs/glossary.md` name what there is, and nothing else."""

from __future__ import annotations

import json
import re

import click
import pytest

from cli import tuntas
from domain.case import Action, ClockName, Kind, Role, Stage
from tests.sources import ROOT, our_code, our_tests, source

VARIABLE = re.compile(r"\b(?:TUNTAS|TEMPORAL|SENDGRID)_[A-Z_]*[A-Z]\b")
INTERFACES = (ROOT / "docs/interfaces.md").read_text()
GLOSSARY = (ROOT / "docs/glossary.md").read_text()
SECRET = re.compile(r'_secret\("(\w+)"\)')
BESIDE = ("Makefile", ".ci/run")


def named_in_code() -> set[str]:
    texts = [found.text for found in (*our_code(), *our_tests())]
    texts += [(ROOT / name).read_text() for name in BESIDE]
    files = {f"{name}_FILE" for name in SECRET.findall(source("settings.py").text)}
    return {name for text in texts for name in VARIABLE.findall(text)} | files


def commands(group: click.Group, before: str = "tuntas") -> set[str]:
    found = set()
    for name, command in group.commands.items():
        whole = f"{before} {name}"
        if not isinstance(command, click.Group) or command.invoke_without_command:
            found.add(whole)
        if isinstance(command, click.Group):
            found |= commands(command, whole)
    return found


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading."""
    under = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in under.splitlines()
        if line.startswith("| ") and not line.startswith("|---")
    ][1:]


def test_every_variable_in_the_code_is_in_the_list_of_settings() -> None:
    assert named_in_code() - set(VARIABLE.findall(INTERFACES)) == set()


def test_every_variable_in_the_list_of_settings_is_in_the_code() -> None:
    assert set(VARIABLE.findall(INTERFACES)) - named_in_code() == set()


def test_every_setting_has_a_default_and_a_meaning() -> None:
    table = [row for row in rows(INTERFACES, "Settings") if VARIABLE.search(row[0])]
    assert len(table) >= 13
    assert all(len(row) == 3 and all(row) for row in table), table


def test_every_command_is_in_the_list_and_every_listed_one_exists() -> None:
    listed = {re.split(r"[`A-Z]| -", row[0].strip("`"))[0].strip() for row in rows(INTERFACES, "Commands")}
    assert listed == commands(tuntas)


def test_the_health_page_is_described_field_by_field() -> None:
    told = [row for row in rows(INTERFACES, "Addresses for machines") if "healthz" in row[0]]
    health = next(found.text for found in our_code() if found.path == "web/health.py")
    store = next(found.text for found in our_code() if found.path == "db/operation_store.py")
    backlog = set(re.findall(r'"(\w+)":', store.split("def backlog")[1].split("\ndef ")[0])) - {
        "oldest_outbox"
    }
    fields = set(re.findall(r'"(\w+)":', health.split("def facts")[1].split("\ndef ")[0])) | backlog
    assert len(fields) >= 6
    assert all(f"`{field}`" in told[0][1] for field in fields), json.dumps(sorted(fields))


@pytest.mark.parametrize("words", [Stage, ClockName, Kind, Role, Action])
def test_every_word_of_the_domain_is_in_the_glossary(words: type) -> None:
    lower = GLOSSARY.lower().replace("-", " ")
    spoken = {
        "complaint_oversight": "oversight complaint",
        "liaison": "liaison officer",
        "first_follow_up": "first follow up clock",
    }
    missing = [
        word.value for word in words if spoken.get(word.value, word.value.replace("_", " ")) not in lower
    ]
    assert missing == []


def test_no_term_has_two_meanings() -> None:
    terms = [line.split("|")[1].strip() for line in GLOSSARY.splitlines() if line.startswith("| ")]
    terms = [term for term in terms if term != "English"]
    assert len(terms) == len(set(terms)) > 80
