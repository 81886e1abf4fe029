"""The drills of the runbook, with the commands that it names: restore either half, and change the engine."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from db import directory_store
from db.case_table import CaseLogRow, OutboxRow
from db.command_store import CommandStore
from db.database import Database
from db.file_place import FolderPlace
from db.intake_store import Intake, IntakeStore
from db.keyring import Keyring
from db.operation_store import OperationStore
from domain.actor import reporter_actor
from domain.case import Action, Channel, Kind
from domain.code import show_code
from ops.checkup import WELL
from ops.home import DATABASE_FILE, ENGINE_FILE
from ops.preparation import used_database
from ops.sweeper import ALIVE_WITHIN
from schemas.command import NewCommand
from schemas.report import Identity, NewReport, ReportWords
from tests.eventually import eventually_here
from tests.stack import ROOT, Stack, free_port

pytestmark = [pytest.mark.server, pytest.mark.timeout(900)]
WAIT = 120.0


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path / "home")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop()


def said(stack: Stack, *words: str, code: int | None = 0) -> list[str]:
    """What a command of the operator prints, shown as the runbook shows it; None: whatever its code."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words], cwd=ROOT, env=stack.environment, capture_output=True, text=True
    )
    print(f"$ tuntas {' '.join(words)}\n{done.stdout}{done.stderr}({took(begun)})")
    assert code is None or done.returncode == code, done.stderr
    return done.stdout.splitlines()


def took(begun: float) -> str:
    return f"{time.monotonic() - begun:.0f} s"


def is_well(stack: Stack) -> bool:
    """The doctor finds nothing; what was under way when everything stopped may take some seconds."""
    return said(stack, "doctor", "--all", code=None) == [WELL]


def report(stack: Stack) -> Intake:
    """A report of a citizen who wants to hear of it, with a running case."""
    with used_database(stack.settings) as database:
        assert stack.settings.master_key is not None
        intakes = IntakeStore(
            database, Keyring(stack.settings.master_key), FolderPlace(stack.settings.files_folder)
        )
        with database.read() as session:
            agency = directory_store.agencies(session)[0]
        new = NewReport(
            intake_id=str(uuid4()),
            kind=Kind.COMPLAINT,
            words=ReportWords(title="Lampu padam", text="Sejak kemarin."),
            identity=Identity(email="pelapor@contoh.example"),
            agency_id=agency.id,
            policy_name="demo",
        )
        intake = intakes.receive(new, received_at=datetime.now(UTC))
        eventually_here(lambda: kinds(database, intake), "the first event", WAIT, 0.2)
    return intake


def kinds(database: Database, intake: Intake) -> list[str]:
    """What has happened to a case."""
    with database.read() as session:
        mine = CaseLogRow.case_id == intake.case_id
        return list(session.scalars(select(CaseLogRow.kind).where(mine).order_by(CaseLogRow.seq)))


def withdraw(stack: Stack, intake: Intake) -> None:
    """The reporter takes the report back; nobody is there yet who would hear of it."""
    with used_database(stack.settings) as database:
        assert stack.settings.master_key is not None
        commands = CommandStore(
            database, Keyring(stack.settings.master_key), FolderPlace(stack.settings.files_folder)
        )
        commands.record(
            NewCommand(
                id=str(uuid4()),
                case_id=intake.case_id,
                action=Action.WITHDRAW,
                actor=reporter_actor(Channel.WEB),
                words="Lampu sudah menyala.",
                version=1,
            )
        )


def stop(stack: Stack) -> None:
    """Everything ends, and has been away for long enough to be told from a pause."""
    assert stack.stop() == 0
    with used_database(stack.settings) as database:
        operation = OperationStore(database)
        eventually_here(lambda: not operation.is_worker_alive(ALIVE_WITHIN), "silence", 30.0, 0.5)


def lose(stack: Stack, name: str) -> None:
    for path in stack.home.glob(f"{name}*"):
        path.unlink()


def sent_twice(stack: Stack) -> list[tuple[object, ...]]:
    with used_database(stack.settings) as database, database.read() as session:
        about = (OutboxRow.case_id, OutboxRow.seq, OutboxRow.template, OutboxRow.recipient)
        sent = select(*about).where(OutboxRow.state == "sent").group_by(*about).having(func.count() > 1)
        return [tuple(row) for row in session.execute(sent)]


def test_either_half_of_a_running_copy_comes_back_from_its_backup(stack: Stack, tmp_path: Path) -> None:
    stack.start()
    kept = report(stack)
    said(stack, "backup", str(tmp_path / "backup"))
    lost = report(stack)
    stop(stack)

    lose(stack, DATABASE_FILE)
    said(stack, "restore", "--only", "database", str(tmp_path / "backup"))
    stack.start()
    lines = stack.log.read_text()
    assert f"{show_code(lost.code)}: lost; received" in lines and "Reports that are lost: 1." in lines
    assert "Mails are held since" in said(stack, "mail")[0]
    said(stack, "mail", "drop")
    said(stack, "mail", "release")
    eventually_here(lambda: is_well(stack), "all is well", WAIT, 1)

    after = report(stack)
    stop(stack)
    lose(stack, ENGINE_FILE)
    said(stack, "restore", "--only", "engine", str(tmp_path / "backup"))
    stack.start()
    assert f"{show_code(after.code)}: the engine did not have it." in stack.log.read_text()
    eventually_here(lambda: is_well(stack), "all is well", WAIT, 1)
    print("".join(line for line in stack.log.open() if line.startswith("tuntas")))
    with used_database(stack.settings) as database:
        assert kinds(database, kept) and kinds(database, after)
    assert sent_twice(stack) == []


def test_cases_of_the_embedded_engine_go_on_on_another_one(stack: Stack, tmp_path: Path) -> None:
    stack.start()
    case = report(stack)
    stop(stack)
    withdraw(stack, case)
    port = free_port()
    engine = subprocess.Popen(
        [
            *(str(Path(sys.executable).with_name("temporal")), "server", "start-dev", "--headless"),
            *("--port", str(port), "--db-filename", str(tmp_path / "other.db")),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        lines = said(stack, "move-engine", "--to", f"127.0.0.1:{port}", "--namespace", "tuntas")
        assert f"{show_code(case.code)}: moved." in lines
        refused = subprocess.run(
            [sys.executable, "-m", "cli", "up"],
            cwd=ROOT,
            env=stack.environment,
            capture_output=True,
            text=True,
        )
        assert refused.returncode == 2 and "The cases have moved from the embedded engine" in refused.stderr
        stack.environment |= {"TEMPORAL_ADDRESS": f"127.0.0.1:{port}", "TEMPORAL_NAMESPACE": "tuntas"}
        stack.start()
        with used_database(stack.settings) as database:
            eventually_here(lambda: "withdrawn" in kinds(database, case), "the end of the case", WAIT, 0.5)
        said(stack, "case", case.code)
        eventually_here(lambda: is_well(stack), "all is well", WAIT, 1)
        stack.stop()
    finally:
        engine.terminate()
        engine.wait(60)
