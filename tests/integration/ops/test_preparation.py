from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from db.database import Database
from db.directory_table import PersonRow
from db.installation import claim_demo
from ops.demo_reset import reset
from ops.preparation import opened, prepare_home
from ops.refusal import Refusal
from settings import Settings


def settings_for(home: Path, *, demo: bool = False, **more: str) -> Settings:
    return Settings.from_env({"TUNTAS_HOME": str(home), "TUNTAS_DEMO": str(int(demo)), **more})


def write(settings: Settings, *statements: str) -> None:
    database = Database(settings.database_url)
    with database.write() as session:
        for statement in statements:
            session.execute(text(statement))
    database.dispose()


def add_person(settings: Settings) -> None:
    database = Database(settings.database_url)
    with database.write() as session:
        session.add(
            PersonRow(login="ani", name="Ani", password_hash="x", created_at=datetime(2026, 1, 5, tzinfo=UTC))
        )
    database.dispose()


def mark(settings: Settings) -> None:
    database = Database(settings.database_url)
    claim_demo(database)
    database.dispose()


def test_a_home_is_prepared_once_and_stays(tmp_path: Path) -> None:
    prepare_home(settings_for(tmp_path))
    key = (tmp_path / "master.key").read_bytes()
    prepare_home(settings_for(tmp_path))
    assert (tmp_path / "master.key").read_bytes() == key
    with opened(settings_for(tmp_path)) as database, database.read() as session:
        assert session.execute(text("select count(*) from person")).scalar_one() == 0


def test_a_newer_database_is_refused_in_one_line(tmp_path: Path) -> None:
    prepare_home(settings_for(tmp_path))
    write(settings_for(tmp_path), "update alembic_version set version_num = 'ffff'")
    with pytest.raises(Refusal, match="made by a newer version") as refusal:
        prepare_home(settings_for(tmp_path))
    assert len(refusal.value.lines) == 1


def test_production_does_not_start_on_a_demo_home(tmp_path: Path) -> None:
    prepare_home(settings_for(tmp_path, demo=True))
    mark(settings_for(tmp_path))
    prepare_home(settings_for(tmp_path, demo=True))
    with pytest.raises(Refusal, match="demo accounts"):
        prepare_home(settings_for(tmp_path))


def test_a_demo_whose_seeding_was_cut_off_is_still_a_demos(tmp_path: Path) -> None:
    prepare_home(settings_for(tmp_path, demo=True))
    add_person(settings_for(tmp_path))
    prepare_home(settings_for(tmp_path, demo=True))
    with pytest.raises(Refusal, match="demo accounts"):
        prepare_home(settings_for(tmp_path))


def test_a_demo_does_not_start_on_a_home_where_people_work(tmp_path: Path) -> None:
    prepare_home(settings_for(tmp_path))
    add_person(settings_for(tmp_path))
    with pytest.raises(Refusal, match="not a demo's"):
        prepare_home(settings_for(tmp_path, demo=True))


def test_a_home_where_people_work_is_not_reset(tmp_path: Path) -> None:
    prepare_home(settings_for(tmp_path))
    add_person(settings_for(tmp_path))
    with pytest.raises(Refusal, match="not a demo's"):
        reset(settings_for(tmp_path, demo=True))
    assert (tmp_path / "tuntas.db").exists()
    assert (tmp_path / "master.key").exists()


def test_a_reset_demo_can_be_prepared_again(tmp_path: Path) -> None:
    demo = settings_for(tmp_path, demo=True)
    prepare_home(demo)
    mark(demo)
    add_person(demo)
    reset(demo)
    prepare_home(demo)
    with opened(demo) as database, database.read() as session:
        assert session.execute(text("select count(*) from person")).scalar_one() == 0


def test_a_look_at_an_empty_home_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no database yet"), opened(settings_for(tmp_path)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    prepare_home(settings_for(tmp_path))
    (tmp_path / "tuntas.db").write_text("something else " * 1000)
    with pytest.raises(Refusal, match="The database cannot be used: ") as refusal:
        prepare_home(settings_for(tmp_path))
    assert len(refusal.value.lines) == 1


def test_an_unreachable_server_is_one_line_without_the_password(tmp_path: Path) -> None:
    url = "postgresql://tuntas:hush@127.0.0.1:1/tuntas"
    with pytest.raises(Refusal, match="The database cannot be used: ") as refusal:
        prepare_home(settings_for(tmp_path, TUNTAS_DATABASE_URL=url))
    assert len(refusal.value.lines) == 1
    assert "\n" not in refusal.value.lines[0]
    assert "hush" not in refusal.value.lines[0]
