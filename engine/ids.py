"""Names that Temporal knows us by. No name holds anything about a person."""

from __future__ import annotations

CASES_QUEUE = "cases"
CASE_WORKFLOW = "CaseWorkflow"
OUTAGE_SIGNAL = "outage_ended"
MAIL_FAILED_SIGNAL = "mail_failed"
CASE_QUERY = "get_case"
PREFIX = "case-"


def case_workflow_id(code: str) -> str:
    """The workflow of a case."""
    return PREFIX + code


def code_of(workflow_id: str) -> str:
    """The case of a workflow; the inverse of `case_workflow_id`."""
    return workflow_id.removeprefix(PREFIX)
