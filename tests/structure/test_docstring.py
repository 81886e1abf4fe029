"""Everything public says what its caller gets."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.sources import MIGRATIONS, Source, decorators, our_code

TOLD_BY_CASE_TABLE = {"workflow.update", "workflow.signal", "workflow.query", "workflow.init"}
"""Handlers of a workflow: each is one line, and CASE.md's table says what it does."""
CODE = [found for found in our_code() if not found.path.startswith(f"{MIGRATIONS}versions/")]


def public_things(found: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Public functions and classes, and the public methods of public classes."""
    for node in found.tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or private(node):
            continue
        yield node
        for inner in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and not private(inner):
                yield inner


def private(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    return node.name.startswith("_")


def is_handler(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    found = decorators(node)
    return bool(found & TOLD_BY_CASE_TABLE) or any(name.endswith(".validator") for name in found)


def overrides(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Methods whose meaning a library gives them."""
    return node.name in {"process_bind_param", "process_result_value"}


def test_everything_public_has_a_docstring() -> None:
    silent = [
        f"{found.path}:{node.lineno} {node.name}"
        for found in CODE
        for node in public_things(found)
        if not ast.get_docstring(node) and not is_handler(node) and not overrides(node)
    ]
    assert silent == [], "\n".join(silent)


def test_every_file_says_what_it_is_for() -> None:
    silent = [found.path for found in our_code() if found.text.strip() and not ast.get_docstring(found.tree)]
    assert silent == [], "\n".join(silent)


def test_the_first_line_of_a_docstring_is_a_whole_sentence() -> None:
    broken = []
    for found in CODE:
        for node in (found.tree, *public_things(found)):
            first = (ast.get_docstring(node) or ".").splitlines()[0]
            if not first.endswith((".", ":", "?", "!", "`", '"')):
                broken.append(f"{found.path}: {first}")
    assert broken == [], "\n".join(broken)
