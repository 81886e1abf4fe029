"""A database and an engine of different days come to agree: nothing runs twice, and no mail goes twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from db.case_table import CaseLogRow, CommandRow, OutboxRow
from db.database import Database
from db.directory_table import PersonRow
from db.operation_store import OperationStore
from db.operation_table import HeartbeatRow, OutageRow
from db.restored import BOTH, DATABASE, ENGINE, mark_restored, restored
from db.start import start_problems
from domain.case import Action, FollowUp, Role, Stage
from domain.code import show_code
from engine.run import RunReader
from mail.link import MailLinks
from mail.relay import MailRelay
from mail.sendgrid_client import SendGridMailer
from ops import checkup, mail_hold, reconciliation
from ops.dump import copy_sqlite
from ops.refusal import Refusal
from schemas.command import Applied, Sent, Unknown
from schemas.upkeep import Life
from settings import Settings
from tests.engines import cases_worker, local_engine
from tests.eventually import eventually, eventually_here
from tests.factories import MadeCase
from tests.fakes.sendgrid_server import FakeSendGrid
from tests.offices import Offices
from tests.outbox_rows import outbox_of
from tests.ward import Ward

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]
MORROW = timedelta(days=1)
WAL = ("--sqlite-pragma", "journal_mode=WAL")


@dataclass
class Drill:
    """One installation whose database and engine can be set back to another day."""

    offices: Offices
    folder: Path
    provider: FakeSendGrid
    lines: list[str] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.offices.database

    @property
    def url(self) -> str:
        return self.database.engine.url.render_as_string(hide_password=False)

    @property
    def file(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))

    @property
    def engine_file(self) -> Path:
        return self.folder / "engine.db"

    def keep(self, source: Path) -> Path:
        """A copy of a database as it is now, as a backup makes it."""
        target = self.folder / f"{source.name}.yesterday"
        copy_sqlite(source, target)
        return target

    def lay_down(self, copy: Path, what: str) -> None:
        """Yesterday's database in the place of today's."""
        self.database.dispose()
        for ending in ("-wal", "-shm"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        copy.replace(self.file)
        mark_restored(self.database, what)

    def settings(self, ward: Ward) -> Settings:
        return Settings.from_env(
            {
                "TUNTAS_HOME": str(self.folder / "home"),
                "TUNTAS_DATABASE_URL": self.url,
                "TEMPORAL_ADDRESS": ward.address,
            }
        )

    async def reconcile(self, ward: Ward) -> list[str]:
        return await asyncio.to_thread(reconciliation.reconcile, self.settings(ward))

    def send_mails(self) -> int:
        """What a relay sends that sees all that is due until tomorrow."""
        mailer = SendGridMailer("SG.k", self.provider.url, "tuntas@example.org", timeout_seconds=5)
        links = MailLinks(b"s" * 32, "https://lapor.example.org")
        relay = MailRelay(outbox_of(self.offices), mailer, links, lambda: datetime.now(UTC) + MORROW)
        sent = 0
        while more := relay.run_once():
            sent += more
        return sent

    def log(self, case: MadeCase) -> list[tuple[int, str, str]]:
        with self.database.read() as session:
            mine = select(CaseLogRow).where(CaseLogRow.case_id == case.id).order_by(CaseLogRow.seq)
            return [(row.seq, row.kind, row.hash) for row in session.scalars(mine)]

    def pending(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).where(OutboxRow.state == "pending")) or 0

    async def finds(self, ward: Ward, lines: list[str]) -> None:
        """Waits until the doctor says just that: what was under way may take some seconds."""
        settings = self.settings(ward)
        await asyncio.to_thread(
            eventually_here, lambda: checkup.check_all(settings).lines == lines, f"a checkup says {lines}"
        )


@pytest.fixture
def drill(sqlite_offices: Offices, tmp_path: Path) -> Iterator[Drill]:
    with FakeSendGrid(tmp_path / "ledger.jsonl") as provider:
        yield Drill(sqlite_offices, tmp_path, provider)


async def disposed(ward: Ward) -> MadeCase:
    case = await ward.report()
    await ward.dispose(case)
    return case


async def at_rest(ward: Ward, *cases: MadeCase) -> None:
    """The engine knows that all it asked to record is recorded, and has the cases in its list."""
    runs = RunReader(ward.bridge)

    def is_at_rest(case: MadeCase) -> bool:
        run = runs.newest(case.code)
        return run is not None and bool(run.recordings) and run.recordings[-1].result is not None

    for case in cases:
        await eventually(lambda case=case: is_at_rest(case), "nothing on its way")
    codes = {case.code for case in cases}
    await eventually(lambda: codes <= set(runs.known()), "the engine lists them")


async def follow_up(ward: Ward, case: MadeCase) -> None:
    """Sent again until it has an answer: an engine may still wait for a worker that has gone."""
    words = {"words": "Sudah kami tinjau.", "follow_up": FollowUp.ACTION}
    recorded = ward.factory.command(case, "pu.penghubung", Action.FOLLOW_UP, **words)
    while isinstance(
        outcome := await asyncio.to_thread(ward.cases.send, case.code, recorded.command), Unknown
    ):
        pass
    assert isinstance(outcome, Applied)
    await ward.reaches(case, outcome.seq)


def subjects(provider: FakeSendGrid) -> Counter[tuple[str, str]]:
    """How often the provider has taken each mail, by whom it reaches and what it says."""
    return Counter(
        (person["email"], entry.body["subject"])
        for entry in provider.accepted()
        if entry.body
        for person in entry.recipients
    )


async def test_yesterdays_database_with_todays_engine(drill: Drill) -> None:
    async with local_engine() as engine:
        ward = Ward(drill.offices, engine.client)
        async with cases_worker(engine.client, drill.database):
            quiet, busy, over = await ward.report(), await disposed(ward), await disposed(ward)
            drill.send_mails()
            waiting = ward.factory.command(busy, "pu.penghubung", Action.CLAIM)
            copy = drill.keep(drill.file)
            assert isinstance(await asyncio.to_thread(ward.cases.send, busy.code, waiting.command), Applied)
            await follow_up(ward, busy)
            await ward.end(over)
            lost = await disposed(ward)
            drill.send_mails()
            logs = {case.code: drill.log(case) for case in (quiet, busy, over)}
            inside = await ward.inside(busy)
            await at_rest(ward, quiet, busy, over, lost)
        taken = subjects(drill.provider)
        drill.lay_down(copy, DATABASE)
        assert len(drill.log(busy)) == 2 and drill.log(lost) == []
        said = await drill.reconcile(ward)
        assert f"{show_code(busy.code)}: 2 events written again, the words of 1 of them are lost." in said
        assert any(line.startswith(f"{show_code(lost.code)}: lost; received ") for line in said)
        assert "Cases that agreed: 1." in said and ward.life(lost) is Life.BROKEN_OFF
        assert {case.code: drill.log(case) for case in (quiet, busy, over)} == logs
        assert ward.factory.view(over).ended and restored(drill.database) is None
        with drill.database.read() as session:
            assert session.get_one(CommandRow, waiting.command.id).outcome == "applied"
        assert drill.send_mails() == 0 and subjects(drill.provider) == taken, "no storm"
        waits = mail_hold.waiting_lines(drill.settings(ward))
        assert drill.pending() > 0 and "before mails were held" in waits[1]
        mail_hold.drop(drill.settings(ward), None, None)
        mail_hold.release(drill.settings(ward))
        assert drill.send_mails() == 0
        async with cases_worker(engine.client, drill.database):
            assert await ward.inside(busy) == inside
            await ward.end(busy)
            assert ward.factory.view(busy).stage == Stage.CLOSED.value
            assert drill.send_mails() > 0
            await drill.finds(ward, [checkup.WELL])
        assert set(taken.values()) == {1}
        assert all(count == 1 for about, count in subjects(drill.provider).items() if about in taken)


async def test_todays_database_with_yesterdays_engine(drill: Drill) -> None:
    async with local_engine("--db-filename", str(drill.engine_file), *WAL) as engine:
        ward = Ward(drill.offices, engine.client)
        async with cases_worker(engine.client, drill.database):
            quiet, busy, over = await ward.report(), await disposed(ward), await disposed(ward)
            await at_rest(ward, quiet, busy, over)
            copy = drill.keep(drill.engine_file)
            await follow_up(ward, busy)
            await ward.end(over)
            later = await disposed(ward)
            drill.send_mails()
            inside = {case.code: await ward.inside(case) for case in (quiet, busy, later)}
    logs = {case.code: drill.log(case) for case in (quiet, busy, over, later)}
    waiting = ward.factory.command(busy, None, Action.MESSAGE, words="Halo?")
    taken = subjects(drill.provider)
    mark_restored(drill.database, ENGINE)
    async with local_engine("--db-filename", str(copy), *WAL) as engine:
        ward = Ward(drill.offices, engine.client)
        said = await drill.reconcile(ward)
        assert f"{show_code(busy.code)}: the engine stood at event 2, the log at 3." in said
        assert f"{show_code(later.code)}: the engine did not have it." in said
        assert ward.life(over) is Life.BROKEN_OFF
        assert "Cases that agreed: 1." in said
        async with cases_worker(engine.client, drill.database):
            for case in (quiet, busy, later):
                assert await ward.inside(case) == inside[case.code]
            assert {case.code: drill.log(case) for case in (quiet, busy, over, later)} == logs
            assert drill.send_mails() == 0 and subjects(drill.provider) == taken, "no storm"
            assert await asyncio.to_thread(ward.cases.send, busy.code, waiting.command) == Sent()
            await ward.reaches(busy, 4)
            await ward.end(later)
            await drill.finds(ward, [checkup.WELL])


async def test_both_of_yesterday_agree_and_mails_wait_for_a_person(drill: Drill) -> None:
    async with local_engine("--db-filename", str(drill.engine_file), *WAL) as engine:
        ward = Ward(drill.offices, engine.client)
        async with cases_worker(engine.client, drill.database):
            case = await disposed(ward)
            await at_rest(ward, case)
            engine_copy, copy = drill.keep(drill.engine_file), drill.keep(drill.file)
            await follow_up(ward, case)
    drill.lay_down(copy, BOTH)
    async with local_engine("--db-filename", str(engine_copy), *WAL) as engine:
        ward = Ward(drill.offices, engine.client)
        said = await drill.reconcile(ward)
        assert said[0] == "Cases that agreed: 1." and said[1].startswith("Mails are held since ")
        assert await drill.reconcile(ward) == [reconciliation.NOT_NEEDED]
        async with cases_worker(engine.client, drill.database):
            await drill.finds(ward, said[1:])
            await follow_up(ward, case)
        assert drill.send_mails() == 0
        mail_hold.release(drill.settings(ward))
        assert drill.send_mails() > 0


async def test_a_reconciliation_killed_anywhere_is_done_again(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with local_engine() as engine:
        ward = Ward(drill.offices, engine.client)
        async with cases_worker(engine.client, drill.database):
            cases = [await disposed(ward) for _ in range(2)]
            copy = drill.keep(drill.file)
            for case in cases:
                await follow_up(ward, case)
            await at_rest(ward, *cases)
            logs = [drill.log(case) for case in cases]
        drill.lay_down(copy, DATABASE)
        stopped = RuntimeError("killed")
        finish = reconciliation.Reconciler.finish
        with monkeypatch.context() as dying:
            dying.setattr(reconciliation.Reconciler, "finish", _raising(stopped))
            with pytest.raises(RuntimeError, match="killed"):
                await drill.reconcile(ward)
        assert reconciliation.Reconciler.finish is finish
        problems = start_problems(drill.url, demo=False, keyring=None, place="x")
        assert problems == ["The data came back from a backup: run `tuntas reconcile` first."]
        said = await drill.reconcile(ward)
        assert said[0] == "Cases that agreed: 2."
        assert [drill.log(case) for case in cases] == logs
        assert start_problems(drill.url, demo=False, keyring=None, place="x") == []


def _raising(problem: Exception) -> object:
    def raising(*_: object) -> None:
        raise problem

    return raising


async def test_an_account_that_was_lost_keeps_its_number_and_outages_go_on_counting(drill: Drill) -> None:
    async with local_engine() as engine:
        ward = Ward(drill.offices, engine.client)
        async with cases_worker(engine.client, drill.database):
            case = await disposed(ward)
            copy = drill.keep(drill.file)
            gone = ward.factory.add_person("pu.baru", [("pu", Role.LIAISON)])
            outcome = await ward.act(case, "pu.baru", Action.CLAIM)
            assert isinstance(outcome, Applied)
            await at_rest(ward, case)
        drill.lay_down(copy, DATABASE)
        OperationStore(drill.database).beat(timedelta(0))
        with drill.database.write() as session:
            at = datetime.now(UTC) - timedelta(days=1)
            session.get_one(HeartbeatRow, "worker").at = at
        await drill.reconcile(ward)
        with drill.database.read() as session:
            stand_in = session.get_one(PersonRow, gone)
            assert not stand_in.active and ward.factory.view(case).claimed_by == gone
            assert session.scalars(select(OutageRow)).all() == []
        seen_at = OperationStore(drill.database).worker_seen_at()
        assert seen_at is not None and datetime.now(UTC) - seen_at < timedelta(minutes=5)


async def test_it_waits_for_the_workers_to_stop_and_for_an_engine(drill: Drill) -> None:
    mark_restored(drill.database, DATABASE)
    async with local_engine() as engine:
        ward = Ward(drill.offices, engine.client)
        OperationStore(drill.database).beat(timedelta(minutes=1))
        with pytest.raises(Refusal, match="stop all workers"):
            await drill.reconcile(ward)
        with drill.database.write() as session:
            session.execute(delete(HeartbeatRow))
        ward.address = "127.0.0.1:9"
        with pytest.raises(Refusal, match="does not answer"):
            await drill.reconcile(ward)
    assert restored(drill.database) == DATABASE
