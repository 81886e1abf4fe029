from __future__ import annotations

from pathlib import Path

import pytest

from ops.demo_reset import reset
from ops.home import held, make_contents
from ops.refusal import Refusal
from settings import Settings


def demo(home: Path, **more: str) -> Settings:
    return Settings.from_env({"TUNTAS_HOME": str(home), "TUNTAS_DEMO": "1", **more})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A demo's home in which a file of somebody else lies too."""
    make_contents(demo(tmp_path))
    (tmp_path / "files" / "aa").mkdir()
    for name in ("engine.db", "engine.db-wal", "tuntas.db", "tuntas.db-shm", "files/aa/1", "mine.txt"):
        (tmp_path / name).touch()
    return tmp_path


def names(home: Path) -> set[str]:
    return {path.name for path in home.iterdir()} - {"up.lock"}


def test_nothing_of_ours_is_kept_and_all_of_others(home: Path) -> None:
    reset(demo(home))
    assert names(home) == {"mine.txt"}
    reset(demo(home))


def test_only_a_demo_is_reset(home: Path) -> None:
    before = names(home)
    with pytest.raises(Refusal, match="TUNTAS_DEMO=1"):
        reset(Settings.from_env({"TUNTAS_HOME": str(home)}))
    assert names(home) == before


def test_a_running_demo_is_not_reset(home: Path) -> None:
    before = names(home)
    with held(home), pytest.raises(Refusal, match="in use"):
        reset(demo(home))
    assert names(home) == before


@pytest.mark.parametrize(
    "elsewhere", ["TEMPORAL_ADDRESS=engine:7233", "TUNTAS_DATABASE_URL=sqlite:///other.db"]
)
def test_a_demo_with_data_elsewhere_is_not_reset(home: Path, elsewhere: str) -> None:
    name, value = elsewhere.split("=", 1)
    with pytest.raises(Refusal, match=name):
        reset(demo(home, **{name: value}))
    assert (home / "tuntas.db").exists()
