"""What is recorded travels without what says nothing, and means the same to every version."""

from __future__ import annotations

import base64
import json
import typing
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from temporalio.api.failure.v1 import Failure
from temporalio.contrib.pydantic import pydantic_data_converter

from engine.payload import case_data_converter
from schemas.case import RecordInput

REPLAY = Path(__file__).parents[2] / "replay"
HISTORIES = sorted(REPLAY.glob("histories/case/*/*.json"))
DEFAULTS = REPLAY / "defaults.json"


def recorded(file: Path) -> Iterator[RecordInput]:
    """All that a case of an older version has recorded, as it lies in its history."""
    for event in json.loads(file.read_text())["events"]:
        scheduled = event.get("activityTaskScheduledEventAttributes")
        if scheduled is not None:
            data = base64.b64decode(scheduled["input"]["payloads"][0]["data"])
            yield RecordInput.model_validate_json(data)


def defaults(kind: Any) -> dict[str, Any]:
    """What each field that may be left out means then, in a shape and in all that it holds."""
    found: dict[str, Any] = {}
    waiting, seen = [kind], set()
    while waiting:
        kind = waiting.pop()
        waiting += typing.get_args(kind)
        if kind in seen or not isinstance(kind, type):
            continue
        seen.add(kind)
        if is_dataclass(kind):
            hints = typing.get_type_hints(kind)
            waiting += hints.values()
            for field in fields(kind):
                value = field.default if field.default_factory is MISSING else field.default_factory()
                if value is not MISSING:
                    found[f"{kind.__name__}.{field.name}"] = to_jsonable_python(value)
        elif issubclass(kind, BaseModel):
            waiting += [field.annotation for field in kind.model_fields.values()]
    return found


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: f"{file.parent.name}/{file.stem}")
async def test_a_record_says_the_same_in_fewer_bytes_to_old_and_new_readers(file: Path) -> None:
    for record in recorded(file):
        (written,), (before,) = (
            await case_data_converter.encode([record]),
            await pydantic_data_converter.encode([record]),
        )
        assert len(written.data) < len(before.data) * 0.7
        for payload in (written, before):
            for reader in (case_data_converter, pydantic_data_converter):
                assert await reader.decode([payload], [RecordInput]) == [record]


def test_a_default_stays_what_it_was_when_records_were_written_without_it() -> None:
    kept = json.loads(DEFAULTS.read_text())
    now = defaults(RecordInput)
    changed = {name: (value, now.get(name)) for name, value in kept.items() if now.get(name) != value}
    assert changed == {}, "histories and running cases mean the old value: give the field a new name"
    assert set(now) == set(kept), f"add new fields to {DEFAULTS.name}"


async def test_a_failure_with_much_to_say_keeps_its_type_and_little_else() -> None:
    try:
        try:
            raise ValueError("x" * 5_000)
        except ValueError as cause:
            raise LookupError("y" * 5_000) from cause
    except LookupError as problem:
        failure = Failure()
        await case_data_converter.encode_failure(problem, failure)
    assert failure.application_failure_info.type == "LookupError"
    assert failure.cause.application_failure_info.type == "ValueError"
    assert failure.ByteSize() < 2_000
