"""Slow work is done in pieces, by one worker at a time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.operation_store import OperationStore
from db.upkeep_export import ExportStore
from db.upkeep_head import HeadStore
from engine.history_file import history_path
from ops.doctor import WALK
from ops.upkeep import Upkeep, doctor_stores, upkeep_of
from tests.offices import Offices
from tests.ward import Ward, open_ward

pytestmark = pytest.mark.server


def now() -> datetime:
    return datetime.now(UTC)


def upkeep_at(ward: Ward, folder: Path) -> Upkeep:
    return upkeep_of(ward.database, ward.bridge, folder, now)


async def test_one_round_exports_walks_and_makes_heads(sqlite_offices: Offices, tmp_path: Path) -> None:
    async with open_ward(sqlite_offices) as ward:
        case = await ward.report()
        await ward.dispose(case)
        await ward.end(case)
        ward.spoil(
            "update case_log set recorded_at = datetime(recorded_at, '-1 day') where case_id = :id", case
        )
        await asyncio.to_thread(upkeep_at(ward, tmp_path).run_once)
        assert history_path(tmp_path, case.code).exists()
        assert doctor_stores(ward.database).findings.place(WALK) == case.id
        ((kept, made),) = HeadStore(ward.database).verified()
        assert kept == made and kept.cases == 1


async def test_upkeep_without_the_lease_keeps_its_hands_off(sqlite_offices: Offices, tmp_path: Path) -> None:
    async with open_ward(sqlite_offices) as ward:
        case = await ward.report()
        await ward.dispose(case)
        await ward.end(case)
        OperationStore(ward.database).take_lease("upkeep", "another", timedelta(minutes=1))
        await asyncio.to_thread(upkeep_at(ward, tmp_path).run_once)
        assert ExportStore(ward.database).of(case.id) is None
        assert doctor_stores(ward.database).findings.place(WALK) == 0
