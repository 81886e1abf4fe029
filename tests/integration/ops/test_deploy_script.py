"""The scripts that containers run first: each may be repeated, and each is run here."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from settings import Settings
from tests.sources import ROOT

SCHEMA, DATABASES, SECRETS = (
    ROOT / "deploy" / path for path in ("temporal/schema.sh", "postgres/databases.sh", "make-secrets.sh")
)
NO_VERSION = 'ERROR: relation "schema_version" does not exist (SQLSTATE 42P01)'
TOOL = """#!/bin/sh
echo "$*" >> "$0.calls"
case "$*" in
    *update-schema*) [ -e "$0.$2" ] || { echo "$ANSWER" >&2; exit 1; } ;;
    *setup-schema*) touch "$0.$2" ;;
esac
"""


def run(script: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(["sh", script, *words], env=environment, capture_output=True, text=True)


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    folder = tmp_path / "etc" / "secrets"
    assert run(SECRETS, str(folder), str(os.getgid())).returncode == 0
    return folder


class Tool:
    """A stand-in for the engine's tool, which is in its image alone: it answers as that does."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.file = folder, folder / "temporal-sql-tool"
        self.file.write_text(TOOL)
        self.file.chmod(0o755)

    def bring(self, secrets: Path, answer: str) -> int:
        path = f"{self.folder}:{os.environ['PATH']}"
        return run(SCHEMA, SECRETS=str(secrets), ANSWER=answer, PATH=path).returncode

    def set_ups(self) -> int:
        return self.file.with_name("temporal-sql-tool.calls").read_text().count("setup-schema")


def test_the_engines_tables_are_made_once_and_brought_forward_after_that(
    tmp_path: Path, secrets: Path
) -> None:
    tool = Tool(tmp_path / "bin")
    assert [tool.bring(secrets, NO_VERSION), tool.set_ups()] == [0, 2]
    assert [tool.bring(secrets, NO_VERSION), tool.set_ups()] == [0, 2]


def test_a_set_up_that_was_stopped_before_its_first_version_is_done_again(
    tmp_path: Path, secrets: Path
) -> None:
    tool = Tool(tmp_path / "bin")
    assert [tool.bring(secrets, "ERROR: sql: no rows in result set"), tool.set_ups()] == [0, 2]


def test_a_database_that_is_away_is_not_set_up_anew(tmp_path: Path, secrets: Path) -> None:
    tool = Tool(tmp_path / "bin")
    assert [tool.bring(secrets, "dial tcp: connection refused") != 0, tool.set_ups()] == [True, 0]


def test_secrets_are_made_once_for_one_group_and_are_good_settings(secrets: Path, tmp_path: Path) -> None:
    before = {file.name: file.read_bytes() for file in secrets.iterdir()}
    assert run(SECRETS, str(secrets), str(os.getgid())).returncode == 0
    assert {file.name: file.read_bytes() for file in secrets.iterdir()} == before
    assert all(file.stat().st_mode & 0o777 == 0o440 for file in secrets.iterdir())
    assert secrets.stat().st_mode & 0o777 == 0o750
    assert secrets.parent.stat().st_mode & 0o001, "on the way to them others may pass"
    found = Settings.from_env(
        {
            "TUNTAS_HOME": str(tmp_path),
            "TUNTAS_PUBLIC_URL": "https://lapor.example.org",
            "TUNTAS_DATABASE_URL_FILE": str(secrets / "database_url"),
            "TUNTAS_MASTER_KEY_FILE": str(secrets / "master_key"),
            "SENDGRID_API_KEY_FILE": str(secrets / "sendgrid_api_key"),
        }
    )
    assert found.master_key is not None and not found.can_mail
    assert make_url(found.database_url).host == "postgres"


@pytest.mark.postgres
def test_roles_and_databases_are_made_and_their_passwords_set_anew(cluster: str, secrets: Path) -> None:
    url = make_url(cluster)
    (secrets / "postgres_password").chmod(0o600)
    (secrets / "postgres_password").write_text(url.password or "")
    place = {"PGHOST": url.host or "", "PGPORT": str(url.port), "PGUSER": url.username or ""}
    for _ in range(2):
        done = run(DATABASES, SECRETS=str(secrets), PGDATABASE="postgres", **place)
        assert done.returncode == 0, done.stderr
    own = (secrets / "database_url").read_text().strip().replace("@postgres/", f"@{url.host}:{url.port}/")
    with psycopg.connect(own) as connection:
        assert connection.execute("select current_user, current_database()").fetchone() == ("tuntas",) * 2
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(own.replace("/tuntas", "/temporal").replace("//temporal", "//tuntas"))
