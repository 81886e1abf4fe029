from __future__ import annotations

import pytest

from ops import system_packages


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A machine with PostgreSQL, without a browser and without the right to install one."""
    asked: list[str] = []
    monkeypatch.setattr(system_packages, "has_chromium", lambda: "chromium" in asked)
    monkeypatch.setattr(system_packages, "has_postgres", lambda: True)
    monkeypatch.setattr(system_packages, "may_install", lambda: False)
    monkeypatch.setattr(system_packages, "install", asked.extend)
    return asked


def test_what_is_missing_is_installed_where_we_may(
    installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_packages, "may_install", lambda: True)
    assert system_packages.main() == 0
    assert installed == ["chromium"]


def test_where_we_may_not_it_is_missed_loudly(
    installed: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TUNTAS_REQUIRE_ALL", raising=False)
    assert system_packages.main() == 0
    assert "chromium missing: the tests that need it are SKIPPED" in capsys.readouterr().err
    assert installed == []


def test_ci_does_not_go_on_without(installed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNTAS_REQUIRE_ALL", "1")
    assert system_packages.main() == 1
