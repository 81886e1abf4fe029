from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest

from ops.home import held, make_contents, make_home, make_master_key
from ops.refusal import Refusal
from settings import Settings


def settings_for(home: Path, **more: str) -> Settings:
    return Settings.from_env({"TUNTAS_HOME": str(home), **more})


def test_a_new_home_is_closed_to_others(tmp_path: Path) -> None:
    make_home(tmp_path / "new" / "home")
    assert stat.S_IMODE((tmp_path / "new" / "home").stat().st_mode) == 0o700


def test_a_file_in_the_place_of_the_home_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("mine")
    with pytest.raises(Refusal, match="cannot be written") as refusal:
        make_home(tmp_path / "home")
    assert len(refusal.value.lines) == 1
    assert (tmp_path / "home").read_text() == "mine"


def test_a_home_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(Refusal, match=f"in use by process {os.getpid()}"), held(tmp_path):
        pass
    with held(tmp_path):
        pass


def test_the_master_key_is_random_and_for_the_owner_only(tmp_path: Path) -> None:
    keys = set()
    for name in ("one", "two"):
        make_master_key(tmp_path / name)
        keys.add(base64.b64decode((tmp_path / name).read_text(), validate=False))
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert sorted(len(key) for key in keys) == [32, 32]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_a_master_key_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "master.key").write_text("first")
    make_master_key(tmp_path / "master.key")
    assert (tmp_path / "master.key").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["master.key"]


def test_the_settings_read_the_key_that_was_made(tmp_path: Path) -> None:
    make_contents(settings_for(tmp_path))
    first = settings_for(tmp_path).master_key
    make_contents(settings_for(tmp_path))
    assert first is not None
    assert settings_for(tmp_path).master_key == first
    assert (tmp_path / "files").is_dir()


def test_a_key_from_the_environment_leaves_none_in_the_home(tmp_path: Path) -> None:
    make_contents(settings_for(tmp_path, TUNTAS_MASTER_KEY=base64.b64encode(bytes(range(32))).decode()))
    assert not (tmp_path / "master.key").exists()


def test_a_database_without_its_key_gets_no_new_one(tmp_path: Path) -> None:
    (tmp_path / "tuntas.db").touch()
    with pytest.raises(Refusal, match="put it back from your backup"):
        make_contents(settings_for(tmp_path))
    assert not (tmp_path / "master.key").exists()
