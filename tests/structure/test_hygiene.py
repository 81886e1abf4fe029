"""What may not be in a published file: this machine's paths, hosts of registries, unlocked dependencies."""

from __future__ import annotations

import json
import re

import pytest

from tests.sources import published_files, published_text

LOCKS = ("requirements.txt", "requirements-dev.txt", "ops/requirements-node.txt")
NODE_LOCK = "package-lock.json"
FOLDERS = "|".join(("wo" + "rk", "ro" + "ot", "fa" + "rm", "ho" + "me"))
MACHINE_PATH = re.compile(rf"(?<![\w.~$}}:/>-])/(?:{FOLDERS})/\w")
HOSTS = tuple(
    "".join(pieces)
    for pieces in (
        ("pypi.", "org"),
        ("python", "hosted.", "org"),
        ("registry.", "npmjs", ".org"),
        ("registry.yarnpkg", ".com"),
        ("proxy.golang", ".org"),
        ("artifac", "tory"),
        ("localhost:", "3141"),
    )
)
INDEX_OPTIONS = ("--index-url", "--extra-index-url", "--find-links", "--trusted-host")
PIN = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*(\[[a-z,]+\])?==\S+")
TEXTS = {path: text for path in published_files() if (text := published_text(path)) is not None}


def where(found: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}"
        for path, text in TEXTS.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if found.search(line)
    ]


def test_the_published_files_are_found() -> None:
    assert {"pyproject.toml", "Makefile", "domain/decide.py"} <= set(TEXTS)


def test_no_path_of_a_machine_is_published() -> None:
    assert where(MACHINE_PATH) == []


def test_no_host_of_a_registry_is_published() -> None:
    assert where(re.compile("|".join(map(re.escape, HOSTS)))) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_with_its_hashes_and_names_no_address(lock: str) -> None:
    text = TEXTS[lock].replace("\\\n", " ")
    pinned = [line for line in text.splitlines() if PIN.match(line)]
    others = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(pinned) == len(others) > 0
    assert all("--hash=sha256:" in line for line in pinned)
    assert "://" not in text
    assert not any(option in text for option in INDEX_OPTIONS)


def test_the_node_lock_has_sums_and_no_addresses() -> None:
    packages = json.loads(TEXTS[NODE_LOCK])["packages"]
    locked = [package for name, package in packages.items() if name]
    assert locked
    assert all(package["integrity"].startswith("sha512-") for package in locked)
    assert not any("resolved" in package for package in locked)


def test_every_dependency_of_the_project_is_in_the_locks() -> None:
    import tomllib

    project = tomllib.loads(TEXTS["pyproject.toml"])["project"]
    for wanted, lock in (
        (project["dependencies"], "requirements.txt"),
        (project["optional-dependencies"]["dev"], "requirements-dev.txt"),
    ):
        locked = {normal(match) for match in re.findall(r"(?m)^([A-Za-z0-9._-]+)", TEXTS[lock])}
        names = {normal(re.split(r"[\[<>=!~ ;]", each)[0]) for each in wanted}
        assert names <= locked, names - locked


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_no_data_of_a_running_copy_is_published() -> None:
    unfit = [path for path in published_files() if re.search(r"\.(db|sqlite3?|key|pem|env|log)$", path)]
    assert unfit == []


def test_the_search_sees_what_it_looks_for() -> None:
    path = "/" + "wo" + "rk/main"
    assert MACHINE_PATH.search(f"open('{path}')")
    assert MACHINE_PATH.search(f"see {path}")
    assert not MACHINE_PATH.search("tests/work/flow")
