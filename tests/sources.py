"""The project's own files, read and parsed, for tests of its shape."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = tuple(
    name
    for name in (
        *("activities", "channels", "db", "domain", "engine", "mail"),
        *("media", "ops", "schemas", "telemetry", "web", "workflows"),
    )
    if (ROOT / name).is_dir()
)
TOP_MODULES = ("cli", "safety", "settings", "worker")
MIGRATIONS = "db/migrations/"


@dataclass(frozen=True)
class Source:
    """A Python file: its path from the root, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.text.splitlines())

    @property
    def module(self) -> str:
        """Its dotted name."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@dataclass(frozen=True)
class Function:
    """A function or method and where it stands."""

    source: Source
    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def lines(self) -> int:
        """From its `def` to its last line."""
        return (self.node.end_lineno or self.node.lineno) - self.node.lineno + 1

    def __str__(self) -> str:
        return f"{self.source.path}:{self.node.lineno} {self.name}"


@cache
def source(path: str) -> Source:
    """One file by its path from the root."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return Source(path, text, ast.parse(text))


@cache
def our_code() -> tuple[Source, ...]:
    """Every file of the packages and the top-level modules."""
    inside = [found for package in PACKAGES for found in _python_files(package)]
    return tuple(source(path) for path in [*(f"{name}.py" for name in TOP_MODULES), *inside])


@cache
def our_tests() -> tuple[Source, ...]:
    """Every file of the tests."""
    return tuple(source(path) for path in _python_files("tests"))


def in_packages(*packages: str) -> list[Source]:
    """The files of some packages."""
    return [found for found in our_code() if found.path.split("/")[0] in packages]


def functions(found: Source) -> Iterator[Function]:
    """All functions of a file, methods and inner ones too, with the classes that they stand in."""

    def walk(node: ast.AST, inside: str) -> Iterator[Function]:
        for child in ast.iter_child_nodes(node):
            within = inside
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                within = f"{inside}{child.name}."
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield Function(found, inside + child.name, child)
            yield from walk(child, within)

    return walk(found.tree, "")


def dotted(node: ast.AST) -> str:
    """A name such as `datetime.now`, as it is written; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call and what is called, as it is written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


def imports(tree: ast.AST) -> set[str]:
    """The modules that are imported, and `module.name` for what is taken out of one."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def decorators(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> set[str]:
    """Its decorators as they are written, without their arguments."""
    return {dotted(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list}


@cache
def published_files() -> tuple[str, ...]:
    """What git keeps or would keep: everything that is not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted(path for path in set(listed.split("\0")) if path and (ROOT / path).is_file()))


def published_text(path: str) -> str | None:
    """The text of such a file; None if it is none."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def _python_files(folder: str) -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*.py"))
