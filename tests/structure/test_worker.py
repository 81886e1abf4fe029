"""What the worker runs is what there is, and everybody calls it by the same names."""

from __future__ import annotations

import ast

from domain.case import Action
from engine import ids
from tests.sources import calls, decorators, dotted, functions, in_packages, source

SENT_AS_SIGNAL = {Action.MESSAGE}
CASE = source("workflows/case.py")


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


def handlers(decorator: str) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    return {each.node.name: each.node for each in functions(CASE) if decorator in decorators(each.node)}


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
    assert set(handlers("workflow.update")) == {action.value for action in set(Action) - SENT_AS_SIGNAL}
    assert {action.value for action in SENT_AS_SIGNAL} <= set(handlers("workflow.signal"))


def test_the_engine_calls_signals_queries_and_the_workflow_by_their_names() -> None:
    assert set(handlers("workflow.signal")) == {ids.MESSAGE_SIGNAL, ids.OUTAGE_SIGNAL}
    assert ids.CASE_QUERY in handlers("workflow.query")
    assert {ids.CASE_WORKFLOW} == classes_with("workflow.defn", "workflows")


def test_queries_are_named_as_questions() -> None:
    assert all(name.startswith("get_") for name in handlers("workflow.query"))


def test_every_update_is_validated_and_both_are_one_call() -> None:
    for name, update in handlers("workflow.update").items():
        validator = next(
            each.node for each in functions(CASE) if f"{name}.validator" in decorators(each.node)
        )
        assert validator.name == f"validate_{name}"
        assert isinstance(update, ast.FunctionDef), f"{name} must not await"
        assert [called for called, _ in calls(update)] == ["self._apply"], name
        assert [called for called, _ in calls(validator)] == ["self._check"], name


def test_task_queues_are_kebab_case() -> None:
    queues = {name: value for name, value in vars(ids).items() if name.endswith("_QUEUE")}
    assert queues
    assert all(value == value.lower().replace("_", "-") for value in queues.values())
