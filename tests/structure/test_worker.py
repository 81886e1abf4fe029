"""What the worker runs is what there is, and everybody calls it by the same names."""

from __future__ import annotations

import ast
import inspect

from domain.case import SIGNALLED, Action
from domain.command import Command
from engine import ids
from tests.sources import calls, decorators, dotted, functions, in_packages, source
from workflows.case import CaseWorkflow

DEFINITION = getattr(CaseWorkflow, "__temporal_workflow_definition")


def classes_with(decorator: str, package: str) -> set[str]:
    return {
        node.name
        for found in in_packages(package)
        for node in ast.walk(found.tree)
        if isinstance(node, ast.ClassDef) and decorator in decorators(node)
    }


def given_to_worker(argument: str) -> set[str]:
    """The last part of each name in an argument of `Worker(...)`, over all workers that are built."""
    found: set[str] = set()
    for name, call in calls(source("worker.py").tree):
        if name == "Worker":
            given = next(each.value for each in call.keywords if each.arg == argument)
            assert isinstance(given, ast.List)
            found |= {dotted(each).split(".")[-1] for each in given.elts}
    return found


def test_every_workflow_is_registered_and_nothing_else() -> None:
    assert given_to_worker("workflows") == classes_with("workflow.defn", "workflows") != set()


def test_every_activity_is_registered_and_nothing_else() -> None:
    there = {
        each.node.name
        for found in in_packages("activities")
        for each in functions(found)
        if "activity.defn" in decorators(each.node)
    }
    assert given_to_worker("activities") == there != set()


def test_activities_are_methods_of_classes_named_so() -> None:
    names = {
        each.name.split(".")[0]
        for found in in_packages("activities")
        for each in functions(found)
        if "activity.defn" in decorators(each.node)
    }
    assert all(name.endswith("Activities") for name in names), names


def test_workflows_are_named_so() -> None:
    assert all(name.endswith("Workflow") for name in classes_with("workflow.defn", "workflows"))


def test_every_action_is_an_update_or_a_signal_of_its_own_name() -> None:
    assert set(DEFINITION.updates) == {action.value for action in set(Action) - SIGNALLED}
    assert {action.value for action in SIGNALLED} <= set(DEFINITION.signals)


def test_the_engine_calls_signals_queries_and_the_workflow_by_their_names() -> None:
    assert ids.OUTAGE_SIGNAL in DEFINITION.signals
    assert ids.CASE_QUERY in DEFINITION.queries
    assert {ids.CASE_WORKFLOW} == classes_with("workflow.defn", "workflows")


def test_queries_are_named_as_questions() -> None:
    assert all(str(name).startswith("get_") for name in DEFINITION.queries)


def test_every_update_is_validated_and_neither_awaits() -> None:
    for name, update in DEFINITION.updates.items():
        assert update.validator is not None, name
        assert (update.fn.__name__, update.validator.__name__) == (name, f"validate_{name}")
        assert not inspect.iscoroutinefunction(update.fn), f"{name} must not await"
        assert update.arg_types == [Command], name


def test_task_queues_are_kebab_case() -> None:
    queues = {name: value for name, value in vars(ids).items() if name.endswith("_QUEUE")}
    assert queues
    assert all(value == value.lower().replace("_", "-") for value in queues.values())
