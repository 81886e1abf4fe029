"""Raw histories as people get them: replayable, without sentences, without what is not for their eyes."""

from __future__ import annotations

import json

from temporalio.client import WorkflowHistory

from engine.scrub import scrubbed, without
from tests.histories import CORPUS, SECRET, Made, failure, history, payloads


def test_a_run_of_the_corpus_stays_what_it_was() -> None:
    given = history(CORPUS[-1]).to_json_dict()
    again = WorkflowHistory.from_json("case-x", scrubbed(given))
    assert again.events == WorkflowHistory.from_json("case-x", given).events


def test_texts_of_failures_are_left_out() -> None:
    made = Made()
    made.add("WORKFLOW_EXECUTION_STARTED")
    made.add("WORKFLOW_TASK_FAILED", failure=failure())
    made.add("WORKFLOW_EXECUTION_TERMINATED", reason=SECRET, details=payloads(SECRET))
    text = json.dumps(scrubbed(WorkflowHistory("case-x", made.events).to_json_dict()))
    assert "Kenari" not in text and "DatabaseGone" in text


def test_hidden_fields_are_null_inside_payloads_too() -> None:
    made = Made()
    content = {"state": {"facts": {"accused_person_id": 7, "publish": True}}}
    made.add("WORKFLOW_EXECUTION_STARTED", input=payloads(content))
    given = WorkflowHistory("case-x", made.events).to_json_dict()
    again = WorkflowHistory.from_json("case-x", scrubbed(given, {"accused_person_id"}))
    started = again.events[0].workflow_execution_started_event_attributes
    assert json.loads(started.input.payloads[0].data)["state"]["facts"] == {
        "accused_person_id": None,
        "publish": True,
    }


def test_plain_values_lose_hidden_fields_at_any_depth() -> None:
    given = [{"a": 1, "b": {"a": 2}}]
    assert without(given, {"a"}) == [{"a": None, "b": {"a": None}}]
