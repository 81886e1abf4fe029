"""What a process is told by its environment."""

from __future__ import annotations

import base64
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from settings import Settings, SettingsError

KEY = bytes(range(32))
KEY_TEXT = base64.b64encode(KEY).decode()
OTHER_KEY = bytes(range(1, 33))


def read(home: Path, **env: str) -> Settings:
    return Settings.from_env({"TUNTAS_HOME": str(home)} | env)


def problems(home: Path, **env: str) -> list[str]:
    with pytest.raises(SettingsError) as wrong:
        read(home, **env)
    return wrong.value.problems


def test_an_empty_environment_gives_a_production_on_loopback_with_everything_embedded() -> None:
    found = Settings.from_env({})
    home = Path("var").resolve()
    assert (found.home, found.port, found.engine_port, found.demo) == (home, 8000, 7233, False)
    assert found.database_url == f"sqlite:///{home / 'tuntas.db'}"
    assert found.public_url == "http://127.0.0.1:8000"
    assert (found.temporal_address, found.temporal_namespace) == ("127.0.0.1:7233", "default")
    assert found.embedded_engine
    assert found.sendgrid_url == "https://api.sendgrid.com"
    assert found.engine_ui_url is None


def test_a_home_without_a_key_gives_none_until_one_is_made(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.master_key is None
    assert found.master_key_file == tmp_path / "master.key"
    assert found.files_folder == tmp_path / "files"


def test_an_empty_variable_is_as_good_as_none(tmp_path: Path) -> None:
    names = (
        "TUNTAS_PORT",
        "TUNTAS_ENGINE_PORT",
        "TUNTAS_DEMO",
        "TUNTAS_DATABASE_URL",
        "TUNTAS_PUBLIC_URL",
        "TUNTAS_MASTER_KEY",
        "TUNTAS_MASTER_KEY_FILE",
        "TUNTAS_MAIL_FROM",
        "TUNTAS_SENDGRID_URL",
        "TUNTAS_ENGINE_UI_URL",
        "TEMPORAL_ADDRESS",
        "TEMPORAL_NAMESPACE",
        "SENDGRID_API_KEY",
    )
    assert read(tmp_path, **dict.fromkeys(names, "")) == read(tmp_path)


def test_all_wrong_values_are_reported_together_each_with_its_name(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        TUNTAS_PORT="web",
        TUNTAS_ENGINE_PORT="70000",
        TUNTAS_DEMO="maybe",
        TUNTAS_DATABASE_URL="mysql://somewhere",
        TUNTAS_PUBLIC_URL="lapor.example.org",
        TUNTAS_SENDGRID_URL="ftp://mail.example.org",
        TUNTAS_ENGINE_UI_URL="127.0.0.1:8233",
        TUNTAS_MASTER_KEY="short",
    )
    named = (
        "TUNTAS_PORT",
        "TUNTAS_ENGINE_PORT",
        "TUNTAS_DEMO",
        "TUNTAS_DATABASE_URL",
        "TUNTAS_PUBLIC_URL",
        "TUNTAS_SENDGRID_URL",
        "TUNTAS_ENGINE_UI_URL",
        "master key",
    )
    assert len(found) == len(named)
    assert all(sum(name in problem for problem in found) == 1 for name in named)


@pytest.mark.parametrize("url", ["http://pages:80800", "http://pages:0", "https://:8080", "https://[::1"])
def test_an_address_without_a_host_or_with_an_impossible_port_is_refused(tmp_path: Path, url: str) -> None:
    (problem,) = problems(tmp_path, TUNTAS_ENGINE_UI_URL=url)
    assert "TUNTAS_ENGINE_UI_URL" in problem


def test_the_error_shows_every_problem_on_a_line_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as wrong:
        read(tmp_path, TUNTAS_PORT="0", TUNTAS_DEMO="2")
    assert str(wrong.value).splitlines() == wrong.value.problems
    assert len(wrong.value.problems) == 2


@pytest.mark.parametrize("port", ["0", "-1", "65536", "80.5", "http"])
def test_a_port_is_a_number_between_1_and_65535(tmp_path: Path, port: str) -> None:
    assert len(problems(tmp_path, TUNTAS_PORT=port)) == 1


@pytest.mark.parametrize(
    ("text", "demo"), [("1", True), ("yes", True), ("TRUE", True), (" 1 ", True), ("0", False), ("no", False)]
)
def test_demo_is_said_in_any_of_the_usual_ways(tmp_path: Path, text: str, demo: bool) -> None:
    assert read(tmp_path, TUNTAS_DEMO=text).demo is demo


def test_the_port_is_part_of_the_default_addresses(tmp_path: Path) -> None:
    found = read(tmp_path, TUNTAS_PORT="8100", TUNTAS_ENGINE_PORT="7300", TUNTAS_DEMO="1")
    assert found.public_url == "http://127.0.0.1:8100"
    assert found.temporal_address == "127.0.0.1:7300"
    assert found.sendgrid_url == "http://127.0.0.1:8100/dev/sendgrid"


def test_an_engine_of_ones_own_switches_the_embedded_one_off(tmp_path: Path) -> None:
    found = read(
        tmp_path, TEMPORAL_ADDRESS="engine.example.org:7233", TEMPORAL_NAMESPACE="tuntas", TEMPORAL_TLS="1"
    )
    assert not found.embedded_engine
    assert (found.temporal_address, found.temporal_namespace) == ("engine.example.org:7233", "tuntas")


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_by_the_driver_that_we_ship(tmp_path: Path, scheme: str) -> None:
    found = read(tmp_path, TUNTAS_DATABASE_URL=f"{scheme}://tuntas@db.example.org/tuntas")
    assert found.database_url == "postgresql+psycopg://tuntas@db.example.org/tuntas"


def test_an_address_loses_its_last_slash_and_tells_whether_cookies_may_demand_https(tmp_path: Path) -> None:
    found = read(tmp_path, TUNTAS_PUBLIC_URL="https://lapor.example.org/")
    assert found.public_url == "https://lapor.example.org"
    assert found.secure
    assert not read(tmp_path).secure


def test_the_master_key_comes_from_the_home(tmp_path: Path) -> None:
    (tmp_path / "master.key").write_text(f"{KEY_TEXT}\n")
    assert read(tmp_path).master_key == KEY


def test_a_named_key_file_goes_before_the_home(tmp_path: Path) -> None:
    (tmp_path / "master.key").write_text(base64.b64encode(OTHER_KEY).decode())
    named = tmp_path / "elsewhere.key"
    named.write_text(KEY_TEXT)
    assert read(tmp_path, TUNTAS_MASTER_KEY_FILE=str(named)).master_key == KEY


def test_the_key_in_the_environment_goes_before_every_file(tmp_path: Path) -> None:
    named = tmp_path / "elsewhere.key"
    named.write_text(base64.b64encode(OTHER_KEY).decode())
    found = read(tmp_path, TUNTAS_MASTER_KEY=KEY_TEXT, TUNTAS_MASTER_KEY_FILE=str(named))
    assert found.master_key == KEY


def test_a_named_key_file_that_is_missing_is_a_problem_and_not_a_fresh_start(tmp_path: Path) -> None:
    assert "TUNTAS_MASTER_KEY_FILE" in problems(tmp_path, TUNTAS_MASTER_KEY_FILE=str(tmp_path / "none"))[0]


def test_a_key_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "master.key").mkdir()
    assert "cannot be read" in problems(tmp_path)[0]


@pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(KEY[:16]).decode(), KEY_TEXT + "AAAA"])
def test_a_key_file_that_holds_no_key_is_a_problem(tmp_path: Path, text: str) -> None:
    (tmp_path / "master.key").write_text(text)
    assert "32 bytes" in problems(tmp_path)[0]


def test_production_with_a_mail_key_needs_a_sender(tmp_path: Path) -> None:
    assert "TUNTAS_MAIL_FROM" in problems(tmp_path, SENDGRID_API_KEY="SG.x")[0]
    found = read(
        tmp_path,
        SENDGRID_API_KEY="SG.x",
        SENDGRID_WEBHOOK_KEY="x",
        TUNTAS_MAIL_FROM="lapor@example.org",
    )
    assert (found.can_mail, found.mail_from) == (True, "lapor@example.org")
    assert found.sendgrid_url == "https://api.sendgrid.com"


def test_production_without_a_mail_key_cannot_mail_and_starts_all_the_same(tmp_path: Path) -> None:
    assert not read(tmp_path).can_mail


def test_a_demo_mails_to_itself_unless_it_has_a_real_key(tmp_path: Path) -> None:
    assert read(tmp_path, TUNTAS_DEMO="1").can_mail
    assert read(tmp_path, TUNTAS_DEMO="1").sendgrid_url.endswith("/dev/sendgrid")
    real = read(tmp_path, TUNTAS_DEMO="1", SENDGRID_API_KEY="SG.x")
    assert real.sendgrid_url == "https://api.sendgrid.com"


def test_no_problem_repeats_a_secret(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        TUNTAS_MASTER_KEY="canary-key",
        TUNTAS_DATABASE_URL="mysql://tuntas:canary-password@db",
        SENDGRID_API_KEY="SG.canary",
    )
    assert "canary" not in "\n".join(found)


def test_settings_cannot_be_changed_after_they_were_read(tmp_path: Path) -> None:
    with pytest.raises(FrozenInstanceError):
        read(tmp_path).port = 1  # type: ignore[misc]
