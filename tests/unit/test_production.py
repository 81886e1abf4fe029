"""What production refuses to start with, all of it said at once; and secrets that come from files."""

from __future__ import annotations

import base64
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from settings import Settings, SettingsError

KEY = base64.b64encode(bytes(range(32))).decode()
SAFE = {
    "TUNTAS_PUBLIC_URL": "https://lapor.example.org",
    "TUNTAS_MASTER_KEY": KEY,
    "TUNTAS_DATABASE_URL": "postgresql://tuntas:k3q9-xr72@db.example.org/tuntas",
    "TUNTAS_MAIL_FROM": "lapor@example.org",
    "SENDGRID_API_KEY": "SG.x",
    "SENDGRID_WEBHOOK_KEY": "x",
    "TEMPORAL_ADDRESS": "engine.example.org:7233",
    "TEMPORAL_TLS": "1",
    "TUNTAS_FILES_URL": "s3://laporan/tuntas",
}
UNSAFE = {
    "FLASK_DEBUG": ("1", "FLASK_DEBUG"),
    "TUNTAS_PUBLIC_URL": ("http://lapor.example.org", "TUNTAS_PUBLIC_URL"),
    "TUNTAS_MASTER_KEY": (base64.b64encode(bytes(32)).decode(), "placeholder"),
    "TUNTAS_DATABASE_URL": ("postgresql://tuntas:changeme@db/tuntas", "password"),
    "TUNTAS_MAIL_FROM": ("", "TUNTAS_MAIL_FROM"),
    "TUNTAS_SENDGRID_URL": ("http://mail.example.org", "TUNTAS_SENDGRID_URL"),
    "TUNTAS_ENGINE_UI_URL": ("http://pages.example.org:8080", "TUNTAS_ENGINE_UI_URL"),
    "SENDGRID_WEBHOOK_KEY": ("", "SENDGRID_WEBHOOK_KEY"),
    "TEMPORAL_TLS": ("", "TEMPORAL_ADDRESS"),
}


def read(home: Path, env: dict[str, str]) -> Settings:
    return Settings.from_env({"TUNTAS_HOME": str(home)} | env)


def problems(home: Path, env: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as wrong:
        read(home, env)
    return wrong.value.problems


def test_a_production_with_all_that_it_needs_starts(tmp_path: Path) -> None:
    found = read(tmp_path, SAFE)
    assert (found.demo, found.secure, found.can_mail) == (False, True, True)


@pytest.mark.parametrize("name", UNSAFE)
def test_production_refuses_each_unsafe_value(tmp_path: Path, name: str) -> None:
    value, named = UNSAFE[name]
    found = problems(tmp_path, SAFE | {name: value})
    assert len(found) == 1 and named in found[0]


def test_production_says_all_that_is_unsafe_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, SAFE | {name: value for name, (value, _) in UNSAFE.items()})
    assert len(found) == len(UNSAFE)


def test_a_demo_may_be_all_that(tmp_path: Path) -> None:
    assert read(tmp_path, SAFE | {name: value for name, (value, _) in UNSAFE.items()} | {"TUNTAS_DEMO": "1"})


@pytest.mark.parametrize(
    ("name", "allowance"),
    [("TUNTAS_PUBLIC_URL", "TUNTAS_ALLOW_HTTP"), ("TEMPORAL_TLS", "TUNTAS_ALLOW_PLAIN_ENGINE")],
)
def test_what_may_be_meant_can_be_allowed(tmp_path: Path, name: str, allowance: str) -> None:
    assert read(tmp_path, SAFE | {name: UNSAFE[name][0], allowance: "1"})


@pytest.mark.parametrize("address", ["127.0.0.1:7233", "localhost:7233", "[::1]:7233"])
def test_an_engine_on_the_same_machine_needs_no_tls(tmp_path: Path, address: str) -> None:
    assert not read(tmp_path, SAFE | {"TEMPORAL_TLS": "", "TEMPORAL_ADDRESS": address}).embedded_engine


@pytest.mark.parametrize(
    "name",
    [
        "TUNTAS_DATABASE_URL",
        "TUNTAS_MASTER_KEY",
        "SENDGRID_API_KEY",
        "SENDGRID_WEBHOOK_KEY",
        "TEMPORAL_API_KEY",
    ],
)
def test_every_secret_may_come_from_a_file(tmp_path: Path, name: str) -> None:
    given = SAFE | {"TEMPORAL_API_KEY": "key-of-the-engine"}
    file = tmp_path / "secret"
    file.write_text(f"{given[name]}\n")
    assert read(tmp_path, given | {name: "", f"{name}_FILE": str(file)}) == read(tmp_path, given)


def test_a_secret_file_that_is_named_must_exist(tmp_path: Path) -> None:
    missing = str(tmp_path / "none")
    env = SAFE | {"SENDGRID_API_KEY": "", "SENDGRID_API_KEY_FILE": missing, "TUNTAS_MASTER_KEY": ""}
    found = problems(tmp_path, env | {"TUNTAS_MASTER_KEY_FILE": missing})
    assert [problem.split()[0] for problem in found] == ["SENDGRID_API_KEY_FILE", "TUNTAS_MASTER_KEY_FILE"]


def test_a_key_that_everybody_on_the_machine_can_read_is_refused() -> None:
    with TemporaryDirectory() as name:
        home, file = Path(name), Path(name) / "master.key"
        home.chmod(0o755)
        file.write_text(KEY)
        file.chmod(0o644)
        assert "chmod" in problems(home, {})[0]
        file.chmod(0o440)
        assert read(home, {}).master_key == bytes(range(32))


def test_a_key_in_a_closed_folder_is_as_good_as_a_closed_one(tmp_path: Path) -> None:
    (tmp_path / "master.key").write_text(KEY)
    (tmp_path / "master.key").chmod(0o644)
    tmp_path.chmod(0o700)
    assert read(tmp_path, {}).master_key == bytes(range(32))


def test_how_to_reach_an_engine_without_saying_where_is_refused(tmp_path: Path) -> None:
    assert "TEMPORAL_ADDRESS" in problems(tmp_path, SAFE | {"TEMPORAL_ADDRESS": ""})[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TUNTAS_HOST", "web.example.org"),
        ("TUNTAS_WEB_PROCESSES", "many"),
        ("TUNTAS_WORKER_ROLES", "cases,cleaning"),
        ("TUNTAS_METRICS_PORT", "0"),
        ("TUNTAS_LOG_FORMAT", "xml"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, name: str, value: str) -> None:
    found = problems(tmp_path, SAFE | {name: value})
    assert len(found) == 1 and name in found[0]


def test_a_worker_does_all_unless_roles_are_named(tmp_path: Path) -> None:
    assert read(tmp_path, SAFE).worker_roles == {"cases", "sweeper", "mail"}
    assert read(tmp_path, SAFE | {"TUNTAS_WORKER_ROLES": "mail, cases"}).worker_roles == {"mail", "cases"}


def test_attachments_never_go_to_a_store_in_clear_and_its_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("rahasia\n")
    secret.chmod(0o400)
    access = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY_FILE": str(secret)}
    found = read(tmp_path, SAFE | access)
    assert found.files_access == {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "rahasia"}
    assert "rahasia" not in repr(found)
    (problem,) = problems(tmp_path, SAFE | access | {"AWS_ENDPOINT_URL": "http://store.example.org"})
    assert "AWS_ENDPOINT_URL" in problem


@pytest.mark.parametrize("url", ["https://store.example.org/laporan", "s3://", "laporan"])
def test_the_place_of_attachments_is_a_bucket_or_not_named(tmp_path: Path, url: str) -> None:
    assert problems(tmp_path, SAFE | {"TUNTAS_FILES_URL": url}) == [
        "TUNTAS_FILES_URL must be like s3://bucket or s3://bucket/prefix."
    ]
