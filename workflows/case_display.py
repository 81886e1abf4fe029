"""What the engine's own lists and pages show of a case: ids, enums, instants and counts."""

from __future__ import annotations

from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from domain.agenda import AgendaItem, agenda
    from domain.state import CaseState

CASE_STAGE = SearchAttributeKey.for_keyword("CaseStage")
CASE_UNIT = SearchAttributeKey.for_keyword("CaseUnit")
CASE_KIND = SearchAttributeKey.for_keyword("CaseKind")
CASE_DUE_AT = SearchAttributeKey.for_datetime("CaseDueAt")
CASE_LEVEL = SearchAttributeKey.for_int("CaseLevel")


def attributes(state: CaseState) -> list[SearchAttributeUpdate[Any]]:
    """The search attributes of a state."""
    due_at = None if state.due is None else state.due.due_at
    return [
        CASE_STAGE.value_set(state.stage.value),
        CASE_UNIT.value_set(str(state.holder.id)),
        CASE_KIND.value_set(state.kind.value),
        CASE_LEVEL.value_set(state.level),
        CASE_DUE_AT.value_unset() if due_at is None else CASE_DUE_AT.value_set(due_at),
    ]


def timer_summary(item: AgendaItem) -> str:
    """What a timer waits for, such as `expire resolution 2026-12-01T09:00Z`."""
    return f"{item.kind.value} {item.clock.value} {item.at:%Y-%m-%dT%H:%MZ}"


def details(state: CaseState) -> str:
    """How the case stands, for the engine's own page of it."""
    lines = [
        f"stage {state.stage.value}, kind {state.kind.value}, holder unit {state.holder.id}, "
        f"level {state.level}, version {state.version}, event {state.seq}",
        *(timer_summary(item) for item in agenda(state)),
    ]
    return "\n".join(f"- {line}" for line in lines)
