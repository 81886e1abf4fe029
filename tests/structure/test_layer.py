"""What the top-level modules import; the folders are checked by import-linter's contracts."""

from __future__ import annotations

import sys
import tomllib

import pytest

from tests.sources import PACKAGES, ROOT, TOP_MODULES, imports, our_code, our_tests, source

READS_SETTINGS = {"cli", "mail", "ops", "settings", "web", "worker"}
MAY_IMPORT = {
    "safety": set(),
    "settings": {"safety"},
    "cli": {"domain", "ops"},
    "worker": {"activities", "db", "domain", "engine", "mail", "ops", "settings", "telemetry", "workflows"},
}


def ours(names: set[str]) -> set[str]:
    """Those of the imported modules that are ours, by their first name."""
    return {name.split(".")[0] for name in names} & {*PACKAGES, *TOP_MODULES}


@pytest.mark.parametrize("module", TOP_MODULES)
def test_a_top_level_module_imports_only_what_it_wires_together(module: str) -> None:
    assert ours(imports(source(f"{module}.py").tree)) <= MAY_IMPORT[module]


@pytest.mark.parametrize("module", ["safety", "settings"])
def test_the_settings_need_nothing_but_pythons_own_library(module: str) -> None:
    taken = {name.split(".")[0] for name in imports(source(f"{module}.py").tree)} - {"safety"}
    assert taken <= set(sys.stdlib_module_names)


def test_nobody_imports_the_command_line_or_the_worker() -> None:
    importers = [found.path for found in our_code() if ours(imports(found.tree)) & {"cli", "worker"}]
    assert importers == []


def test_only_roots_and_mail_know_the_settings() -> None:
    readers = {found.module.split(".")[0] for found in our_code() if "settings" in ours(imports(found.tree))}
    assert readers <= READS_SETTINGS


def test_no_code_of_ours_needs_the_tests() -> None:
    importers = [found.path for found in our_code() if any(is_test(name) for name in imports(found.tree))]
    assert importers == []


def is_test(name: str) -> bool:
    return name.split(".")[0] in {"tests", "pytest", "hypothesis"}


def test_no_import_is_relative() -> None:
    import ast

    relative = [
        f"{found.path}:{node.lineno}"
        for found in (*our_code(), *our_tests())
        for node in ast.walk(found.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_every_package_stands_under_the_contracts_and_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    packages = sorted({path.parent.name for path in ROOT.glob("*/__init__.py")})
    assert packages == sorted(PACKAGES)
    assert sorted(project["importlinter"]["root_packages"]) == packages
    installed = project["setuptools"]["packages"]["find"]["include"]
    assert sorted(name.rstrip("*") for name in installed) == packages
    assert sorted(project["setuptools"]["py-modules"]) == sorted(TOP_MODULES)
