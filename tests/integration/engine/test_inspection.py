"""The inspector on a real engine: running, without a worker, cut into runs, rebuilt, ended, gone, away."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from db.upkeep_export import ExportStore
from domain.case import Action, FollowUp
from engine.bridge import Bridge
from engine.history import EngineAwayError, HistoryClient
from engine.history_file import LongHistoryError
from engine.ids import case_workflow_id
from engine.inspection import InspectionClient
from engine.replay import ReplayCheck
from ops.history_export import HistoryExporter
from ops.rebuild import Rebuilder
from schemas.inspection import EntryKind, RunReading, RunStatus, Verdict
from schemas.upkeep import Life
from settings import Settings
from tests.engines import cases_worker, local_engine
from tests.eventually import eventually, eventually_here
from tests.factories import MadeCase
from tests.offices import PASSWORD, QUICK_HASHER, Offices
from tests.ward import FORGETS_QUICKLY, Ward, open_ward
from tests.web.browser import Browser, text_of
from web.app import create_app
from web.services import build_services
from workflows.case import CaseWorkflow

pytestmark = pytest.mark.server
ENDED = "Alur kerja sudah berakhir"


@pytest_asyncio.fixture
async def ward(sqlite_offices: Offices) -> AsyncIterator[Ward]:
    async with open_ward(sqlite_offices) as opened:
        yield opened


class Pages:
    """The web of a ward, asked from beside the worker's own loop."""

    def __init__(self, home: Path, address: str) -> None:
        settings = Settings.from_env(
            {
                "TUNTAS_HOME": str(home),
                "TUNTAS_DEMO": "1",
                "TEMPORAL_ADDRESS": address,
                "TUNTAS_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
            }
        )
        self.histories = settings.histories_folder
        self.app: Flask = create_app(settings, build_services(settings, None, QUICK_HASHER))
        self.app.test_client_class = Browser
        self.client = self.app.test_client()

    async def log_in(self, login: str = "kota.admin") -> None:
        """As everybody does."""
        fields = {"login": login, "password": PASSWORD}
        answer = await asyncio.to_thread(self.client.send_form, "/masuk", "/masuk", fields)  # type: ignore[attr-defined]
        assert answer.status_code == 303

    async def get(self, case: MadeCase, query: str = "") -> TestResponse:
        """A page of the case."""
        answer = await asyncio.to_thread(self.client.get, f"/oversight/kasus/{case.code}{query}")
        assert answer.status_code == 200, answer.status_code
        return answer

    async def words(self, case: MadeCase, query: str = "") -> str:
        """What it says."""
        return text_of(await self.get(case, query))

    async def check(self, case: MadeCase) -> str:
        """What the replay check says."""
        page = await self.get(case)
        answer = await asyncio.to_thread(self.client.send, page, "/ulang", {})  # type: ignore[attr-defined]
        return text_of(answer)


async def read(ward: Ward, case: MadeCase, run_id: str = "") -> RunReading | None:
    return await asyncio.to_thread(InspectionClient(ward.bridge).read, case.code, run_id)


async def pages_of(ward: Ward, tmp_path: Path, address: str | None = None) -> Pages:
    made = Pages(tmp_path, address or ward.address)
    await made.log_in()
    return made


async def followed_up(ward: Ward, case: MadeCase, times: int) -> None:
    for _ in range(times):
        words = {"words": "Ya.", "follow_up": FollowUp.ACKNOWLEDGEMENT}
        await ward.act(case, "pu.penghubung", Action.FOLLOW_UP, **words)


async def test_a_running_case_is_read_inside_and_outside(ward: Ward, tmp_path: Path) -> None:
    case = await ward.report()
    await ward.dispose(case)

    async def sleeping() -> bool:
        reading = await read(ward, case)
        return reading is not None and len(reading.digest.timers) == 1 and reading.live.task is None

    await _until(sleeping)
    found = await read(ward, case)
    assert found is not None and found.older_run_id == ""
    assert (found.live.status, found.digest.closed_at) == (RunStatus.RUNNING, None)
    assert found.live.event_count == found.digest.event_count
    pages = await pages_of(ward, tmp_path)
    words = await pages.words(case)
    assert "Riwayat alur kerja di mesin , dibaca" in words and "Alur kerja berjalan" in words
    assert "Pewaktu: peringatan Tindak lanjut pertama direncanakan" in words
    assert "Laporan didisposisikan ke Dinas pu" in words
    assert not re.search(r"peristiwa mesin di|TIMER_STARTED|Pewaktu dipasang", words)
    all_of_it = await pages.words(case, "?mesin=1")
    assert "Laporan didisposisikan ke Dinas pu" in all_of_it
    assert re.search(r"Pewaktu dipasang.*\d+ peristiwa mesin", all_of_it)
    machine = await pages.words(case, "?jenis=mesin")
    assert "ACTIVITY_TASK_COMPLETED" in machine and "Perintah diputuskan" in machine
    raw = await pages.get(case, f"/mentah?bagian={found.digest.run_id}")
    assert len(raw.get_json()["events"]) == found.digest.event_count
    assert "Pemeriksaan ulang: sama" in await pages.check(case)


async def test_without_a_worker_the_history_is_there_and_the_waiting_task_is_told(
    sqlite_offices: Offices, tmp_path: Path
) -> None:
    async with local_engine(*FORGETS_QUICKLY) as engine:
        async with cases_worker(engine.client, sqlite_offices.database):
            ward = Ward(sqlite_offices, engine.client)
            case = await ward.report()
        await ward.client.get_workflow_handle(case_workflow_id(case.code)).signal("nobody_listens")
        pages = await pages_of(ward, tmp_path)
        words = await pages.words(case)
        assert "Riwayat alur kerja di mesin" in words and "Laporan diterima" in words
        assert "Giliran memutuskan menunggu sejak" in words


async def test_an_activity_that_fails_is_told_with_its_attempts_and_type(ward: Ward, tmp_path: Path) -> None:
    case = await ward.report()
    with ward.database.write() as session:
        session.execute(text("alter table case_log rename to case_log_away"))
    recorded = ward.factory.command(case, "kota.admin", Action.CLAIM)
    await asyncio.to_thread(ward.cases.send, case.code, recorded.command)

    async def trying() -> bool:
        found = await read(ward, case)
        assert found is not None
        return any(one.attempt >= 3 and one.failure for one in found.live.activities)

    await _until(trying)
    found = await read(ward, case)
    assert found is not None
    (activity,) = found.live.activities
    assert (activity.name, activity.failure) == ("record", "OperationalError")
    assert found.digest.activities == ((activity.activity_id, 2, 2),)
    assert found.digest.entries[-1].kind is not EntryKind.RECORD_DONE
    with ward.database.write() as session:
        session.execute(text("alter table case_log_away rename to case_log"))
    pages = await pages_of(ward, tmp_path)
    assert "case_log" not in await pages.words(case)
    await ward.reaches(case, 2)


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Each look is a question to the engine, so this waits without a clock."""
    for _ in range(400):
        if await holds():
            return
    raise AssertionError("it never came so far")


async def test_runs_are_walked_backwards_and_every_event_is_told_once(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("options", "case"):  # the worker of tests imports anew, the check does not
        monkeypatch.setattr(f"workflows.{module}.CONTINUE_AFTER_EVENTS", 40)
    case = await ward.report()
    await ward.dispose(case)
    await followed_up(ward, case, 12)

    def at_rest() -> RunReading | None:
        """The newest run, once nothing is under way that could cut it."""
        now = InspectionClient(ward.bridge).read(case.code)
        return now if now and now.live.task is None and not now.live.activities else None

    runs, seqs = [], []
    found: RunReading | None = await asyncio.to_thread(eventually_here, at_rest, "nothing under way")
    while found is not None:
        runs.append(found.digest.run_id)
        told = [entry.first_seq for entry in found.digest.entries if entry.kind is EntryKind.HAPPENED]
        seqs = [*told, *seqs]
        found = await read(ward, case, found.older_run_id) if found.older_run_id else None
    assert len(runs) >= 2 and seqs == list(range(1, 15))
    pages = await pages_of(ward, tmp_path)
    markup = (await pages.get(case, "?mesin=1")).get_data(as_text=True)
    shown = [int(one) for one in re.findall(r'id="peristiwa-(\d+)"', markup)]
    assert shown == list(range(14, 0, -1))
    assert "Riwayat dipotong" in markup and markup.count("bagian=") == len(runs)
    checked = await asyncio.to_thread(
        ReplayCheck(InspectionClient(ward.bridge), [CaseWorkflow]).check, case.code
    )
    assert (checked.verdict, checked.runs) == (Verdict.EQUAL, len(runs))


async def test_what_ran_before_a_rebuild_is_found_behind_it(ward: Ward) -> None:
    case = await ward.report()
    first = await read(ward, case)
    assert first is not None
    await ward.client.get_workflow_handle(case_workflow_id(case.code)).terminate(reason="rahasia")
    await ward.engine_has(case, Life.BROKEN_OFF)
    await asyncio.to_thread(Rebuilder(ward.database, ward.probe).rebuild, case.id)
    await ward.dispose(case)
    second = await read(ward, case)
    assert second is not None and second.digest.previous_run_id == ""

    async def linked() -> bool:
        found = await read(ward, case)
        return found is not None and found.older_run_id == first.digest.run_id

    await _until(linked)
    older = await read(ward, case, first.digest.run_id)
    assert older is not None and older.live.status is RunStatus.BROKEN_OFF
    assert older.digest.entries[-1].kind is EntryKind.RUN_BROKEN_OFF
    assert "rahasia" not in repr(older)


async def test_after_the_engine_has_forgotten_it_the_exported_file_is_shown(
    ward: Ward, tmp_path: Path
) -> None:
    case = await ward.report()
    await ward.dispose(case)
    await ward.end(case)
    pages = await pages_of(ward, tmp_path)
    assert ENDED in await pages.words(case)
    store = ExportStore(ward.database)
    exporter = HistoryExporter(store, HistoryClient(ward.bridge), pages.histories)
    await asyncio.to_thread(exporter.run, lambda: None)
    before = await pages.get(case, "?jenis=mesin")
    await ward.lose(case)
    words = await pages.words(case, "?mesin=1")
    assert "Riwayat alur kerja yang tersimpan , disimpan" in words
    assert "Mesin tidak lagi menyimpan riwayat laporan ini." in words
    assert "Laporan dijawab" in words and "Pewaktu berbunyi" in words

    def types(page: TestResponse) -> list[str]:
        return re.findall(r'class="type">([A-Z_]+ \d+)<', page.get_data(as_text=True))

    assert types(await pages.get(case, "?jenis=mesin")) == types(before) != []
    assert "Riwayatnya dari berkas yang tersimpan." in await pages.check(case)
    run_id = re.search(r"bagian=([\w-]+)", (await pages.get(case)).get_data(as_text=True))
    assert run_id is not None
    raw = await pages.get(case, f"/mentah?bagian={run_id[1]}")
    assert raw.get_json()["events"][0]["eventType"] == "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED"


async def test_a_file_that_cannot_be_read_leaves_the_log(ward: Ward, tmp_path: Path) -> None:
    case = await ward.report()
    await ward.dispose(case)
    await ward.end(case)
    pages = await pages_of(ward, tmp_path)
    await ward.lose(case)
    assert "Log laporan di basis data" in await pages.words(case)
    path = pages.histories / case.code[:2] / f"{case.code}.json.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"damaged")
    words = await pages.words(case)
    assert "Berkas riwayat yang tersimpan tidak terbaca" in words and "Laporan dijawab" in words
    assert "Riwayat yang tersimpan tidak terbaca." in await pages.check(case)


async def test_an_engine_that_is_away_or_a_stranger_is_told_apart_from_one_that_forgot(ward: Ward) -> None:
    case = await ward.report()
    for address, namespace in (("127.0.0.1:9", "default"), (ward.address, "no-such-namespace")):
        away = InspectionClient(Bridge(address, namespace))
        with pytest.raises(EngineAwayError):
            await asyncio.to_thread(away.read, case.code)
    assert await asyncio.to_thread(InspectionClient(ward.bridge).read, "0000000000") is None


async def test_a_history_too_long_for_a_page_is_left_to_the_log(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await ward.report()
    monkeypatch.setattr("engine.inspection.MOST_EVENTS", 5)
    with pytest.raises(LongHistoryError):
        await asyncio.to_thread(InspectionClient(ward.bridge).read, case.code)
    pages = await pages_of(ward, tmp_path)
    words = await pages.words(case)
    assert "terlalu panjang untuk satu halaman" in words and "Laporan diterima" in words
    assert "Riwayatnya terlalu panjang untuk diperiksa" in await pages.check(case)


async def test_what_the_tables_do_not_have_yet_is_marked(ward: Ward, tmp_path: Path) -> None:
    case = await ward.report()
    await ward.dispose(case)
    ward.spoil("update case_view set seq = 1 where case_id = :id", case)
    pages = await pages_of(ward, tmp_path)
    words = await pages.words(case)
    assert words.count("belum tercatat di tabel") == 1
    await eventually(lambda: ward.seq(case) == 1, "the tables stay as they were")
