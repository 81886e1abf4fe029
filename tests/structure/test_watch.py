"""Dashboards and alerts speak of figures that the code exports; the runbook says what to do about each."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import temporalio.bridge.temporal_sdk_bridge as sdk
from prometheus_client import REGISTRY

import worker
from tests.figures import alert_rules, used_figures
from tests.sources import ROOT
from web.metrics import MEANINGS, REQUESTS

PARTS = ("_bucket", "_count", "_sum")
RULES = alert_rules()


@cache
def ours() -> set[str]:
    """All that web and worker export of their own."""
    assert worker.FAILURES and REQUESTS
    families = [each for each in REGISTRY.collect() if each.name.startswith("tuntas_")]
    found = {
        f"{each.name}{end}"
        for each in families
        for end in (PARTS if each.type == "histogram" else ("_total",) if each.type == "counter" else ("",))
    }
    return found | set(MEANINGS)


@cache
def library() -> bytes:
    return Path(str(sdk.__file__)).read_bytes()


def test_every_figure_of_ours_that_is_used_is_exported() -> None:
    wanted = {name for name in used_figures() if name.startswith("tuntas_")}
    assert len(wanted) > 10 and wanted <= ours()


def test_every_figure_of_ours_is_watched() -> None:
    plain = {name for name in ours() if not name.endswith(PARTS)}
    assert plain <= used_figures()


@pytest.mark.parametrize("name", sorted(name for name in used_figures() if name.startswith("temporal_")))
def test_every_figure_of_the_engines_library_that_is_used_is_in_it(name: str) -> None:
    stem = re.sub(r"(_total|_seconds_bucket)$", "", name.removeprefix("temporal_"))
    assert stem.encode() in library()


def test_the_search_in_the_library_does_not_find_just_anything() -> None:
    assert b"activity_execution_fumbled" not in library()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_wrong_and_the_runbook_what_to_do(rule: dict[str, object]) -> None:
    runbook = (ROOT / "docs/runbook.md").read_text()
    assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
    assert rule["annotations"]
    assert f"| `{rule['alert']}` |" in runbook


def test_the_runbook_speaks_of_no_alert_that_there_is_not() -> None:
    told = set(re.findall(r"^\| `(Tuntas\w+)` \|", (ROOT / "docs/runbook.md").read_text(), re.MULTILINE))
    assert told == {rule["alert"] for rule in RULES}
