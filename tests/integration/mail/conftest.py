"""The provider's stand-in, for the tests of mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.sendgrid_server import FakeSendGrid


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[FakeSendGrid]:
    with FakeSendGrid(tmp_path / "ledger.jsonl") as server:
        yield server
