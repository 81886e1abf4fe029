from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from cli import tuntas
from db.case_table import CaseLogRow, CaseViewRow, ReportRow
from db.database import Database
from db.directory_table import UnitRow
from db.upkeep_table import HistoryExportRow
from domain.code import code_from_random, show_code
from ops.refusal import Refusal
from settings import Settings

CODE = code_from_random(bytes([1, 2, 3, 4, 5, 6]))
MONDAY = datetime(2026, 1, 5, 2, tzinfo=UTC)
PASSWORD = "a long enough password"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with one unit; the working folder and the variables are restored afterwards."""
    for name in [name for name in os.environ if name.startswith(("TUNTAS_", "TEMPORAL_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TUNTAS_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    run("migrate")
    add(UnitRow(id=1, name="Nasional", level="national", agency_id=1, calendar_name="id"))
    return tmp_path


def run(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(tuntas, arguments, input=given, standalone_mode=False)


def lines(*arguments: str, given: str = "") -> list[str]:
    result = run(*arguments, given=given)
    assert result.exception is None, result.exception
    return result.output.splitlines()


def refusal(*arguments: str, given: str = "") -> str:
    result = run(*arguments, given=given)
    assert isinstance(result.exception, Refusal), result.output
    (line,) = result.exception.lines
    return line


def add(*rows: Any) -> None:
    database = Database(Settings.from_env().database_url)
    with database.write() as session:
        for row in rows:
            session.add(row)
            session.flush()
    database.dispose()


def new_user(*more: str) -> tuple[str, ...]:
    return ("user", "add", "--login", "ani", "--unit", "Nasional", "--role", "operator", *more)


def report(**facts: Any) -> ReportRow:
    given = dict(id=5, intake_id="i", body_hash="b", code=CODE, key_hash="k", mask="m", wrapped_key=b"w")
    told = dict(channel="web", locale="id", kind="complaint", anonymous=False, secret=False, verifier_id=1)
    times = dict(received_at=MONDAY, created_at=MONDAY, start={})
    return ReportRow(**{**given, **told, **times, **facts})


def test_the_first_account_is_made_and_listed(home: Path) -> None:
    assert lines(*new_user("--password-stdin"), given=f"{PASSWORD}\n") == ["account 1 made"]
    (line,) = lines("user", "list")
    assert line.split() == ["ani", "ani", "operator", "in", "Nasional"]


def test_the_password_is_asked_for_twice_and_never_shown(home: Path) -> None:
    shown = lines(*new_user(), given=f"{PASSWORD}\n{PASSWORD}\n")
    assert shown[-1] == "account 1 made"
    assert PASSWORD not in "".join(shown)
    assert run(*new_user(), given=f"{PASSWORD}\nanother\n").exception is not None


def test_a_short_password_a_taken_login_and_an_unknown_unit_are_refused(home: Path) -> None:
    assert "at least" in refusal(*new_user("--password-stdin"), given="short\n")
    lines(*new_user("--password-stdin"), given=f"{PASSWORD}\n")
    assert "taken" in refusal(*new_user("--password-stdin"), given=f"{PASSWORD}\n")
    assert "No unit" in refusal(*new_user("--password-stdin", "--unit", "9"), given=f"{PASSWORD}\n")


def test_a_case_that_the_engine_has_not_taken_says_so(home: Path) -> None:
    add(report())
    shown = lines("case", show_code(CODE).lower())
    assert shown[:2] == [f"code      {show_code(CODE)}", f"received  {MONDAY.isoformat()}"]
    assert shown[2].startswith("The engine has not taken it yet")
    assert lines("history", CODE) == []


def test_a_case_shows_its_state_and_its_log_in_order(home: Path) -> None:
    add(report(started_at=MONDAY))
    facts = dict(
        code=CODE, version=1, stage="verifying", kind="complaint", secret=False, holder_id=1, level=0
    )
    times = dict(received_at=MONDAY, last_kind="received", last_at=MONDAY, ended=False)
    add(CaseViewRow(case_id=5, seq=2, state={"stage": "verifying", "seq": 2}, **facts, **times))
    for seq in (2, 1):
        event = {"seq": seq}
        add(
            CaseLogRow(
                case_id=5, seq=seq, kind="k", at=MONDAY, event=event, recorded_at=MONDAY, hash=f"h{seq}"
            )
        )
    assert lines("case", CODE)[3:] == ["{", '  "seq": 2,', '  "stage": "verifying"', "}"]
    assert [line.split()[0] for line in lines("history", CODE)] == ["1", "2"]
    assert lines("history", CODE)[0].endswith('{"seq": 1}  h1')


def test_a_wrong_code_and_an_unknown_one_are_told_apart(home: Path) -> None:
    assert refusal("case", "nonsense").startswith("nonsense is not a code")
    assert refusal("history", CODE) == f"There is no case {show_code(CODE)}."


def test_outside_the_demo_a_seed_makes_what_all_need_and_no_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNTAS_HOME", str(tmp_path / "new"))
    monkeypatch.delenv("TUNTAS_DEMO", raising=False)
    monkeypatch.chdir(tmp_path)
    lines("seed")
    lines("seed")
    assert lines("user", "list") == []
    assert lines(*new_user("--password-stdin", "--unit", "1"), given=f"{PASSWORD}\n") == ["account 1 made"]


def test_every_command_is_listed(home: Path) -> None:
    listed = {line.split()[0] for line in lines("--help") if line.startswith("  ")}
    assert listed >= {
        "up",
        "web",
        "worker",
        "migrate",
        "seed",
        "user",
        "case",
        "history",
        "doctor",
        "rebuild",
        "demo",
    }


def ended(*arguments: str) -> tuple[int, list[str]]:
    result = run(*arguments)
    assert result.exception is None, result.exception
    return result.return_value, result.output.splitlines()


def test_the_doctor_says_what_is_wrong_and_ends_with_1(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    assert ended("doctor") == (0, ["Nothing is wrong."])
    add(report(started_at=MONDAY))
    event = {"seq": 2}
    times = dict(at=MONDAY, recorded_at=MONDAY)
    add(CaseLogRow(case_id=5, seq=2, kind="k", event=event, hash="h", **times))
    for asked in (("doctor", "--case", CODE), ("doctor", "--all")):
        code, shown = ended(*asked)
        assert code == 1
        assert shown[0].startswith(f"{show_code(CODE)} has a gap in its log")
        assert shown[-1] == "The engine does not answer: workflows were not looked at."
    assert ended("doctor")[0] == 1
    assert refusal("doctor", "--case", "nonsense").startswith("nonsense is not a code")
    assert isinstance(run("doctor", "--case", CODE, "--all").exception, click.UsageError)


def test_a_rebuild_names_one_case_or_all_lost_ones(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    assert isinstance(run("rebuild").exception, click.UsageError)
    assert isinstance(run("rebuild", "--lost", "--case", CODE).exception, click.UsageError)
    assert refusal("rebuild", "--case", CODE) == f"There is no case {show_code(CODE)}."
    assert ended("rebuild", "--lost") == (0, ["No case is lost."])
    add(report(started_at=MONDAY))
    for asked in (("--case", CODE), ("--lost",)):
        assert refusal("rebuild", *asked).startswith("The engine does not answer")


def test_the_history_of_an_exported_case_says_where_it_lies(home: Path) -> None:
    add(report(started_at=MONDAY))
    facts = dict(runs=1, events=30, size=900, sha256="a" * 64, listed_at=MONDAY)
    add(HistoryExportRow(case_id=5, state="exported", **facts))
    path = home / "histories" / CODE[:2] / f"{CODE}.json.gz"
    told = f"Its history was exported to {path}: 900 bytes, sha256 {'a' * 64}."
    assert lines("history", CODE) == [told]
