"""The figures of which dashboard and alerts speak."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from tests.sources import ROOT

METRIC = re.compile(r"\b(?:tuntas|temporal)_[a-z_]+\b")
AFTER_A_FAILURE = frozenset(
    {"temporal_activity_execution_failed_total", "temporal_workflow_task_execution_failed_total"}
)
"""The engine's library exports these once there is something to count."""


def alert_rules() -> list[dict[str, Any]]:
    """Every alert."""
    text = (ROOT / "deploy/prometheus/alerts.yml").read_text()
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def used_figures() -> set[str]:
    """The names of all series in dashboard and alerts."""
    board = json.loads((ROOT / "deploy/grafana/tuntas.json").read_text())
    shown = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    watched = [rule["expr"] for rule in alert_rules()]
    return {name for text in (*shown, *watched) for name in METRIC.findall(text)}
