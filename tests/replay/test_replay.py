"""Histories of released versions replay with the code of today; `make histories` adds those of new paths."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from workflows.case import CaseWorkflow

FOLDER = Path(__file__).parent / "histories" / "case"
GOOD = sorted(FOLDER.glob("*/*.json"))
BAD = FOLDER / "bad_unknown_activity.json"


def replayer() -> Replayer:
    return Replayer(workflows=[CaseWorkflow], data_converter=pydantic_data_converter)


def history(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(f"case-{file.stem}", file.read_text())


@pytest.mark.parametrize("file", GOOD, ids=lambda file: f"{file.parent.name}/{file.stem}")
async def test_an_old_history_replays(file: Path) -> None:
    result = await replayer().replay_workflow(history(file), raise_on_replay_failure=False)
    assert result.replay_failure is None


async def test_a_history_of_other_code_is_noticed() -> None:
    with pytest.raises(NondeterminismError):
        await replayer().replay_workflow(history(BAD))


def test_the_corpus_is_not_empty() -> None:
    assert len(GOOD) >= 6
