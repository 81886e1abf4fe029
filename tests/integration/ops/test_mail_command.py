"""`tuntas mail` says what waits, and does nothing that was not asked for in so many words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from db.database import Database
from ops import mail_hold
from ops.preparation import prepare_home
from ops.refusal import Refusal
from settings import Settings
from tests.offices import open_offices
from tests.outbox_rows import NOON, queued_row, recorded_case


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home in which one mail waits."""
    settings = Settings.from_env({"TUNTAS_HOME": str(tmp_path / "home")})
    prepare_home(settings)
    database = Database(settings.database_url)
    offices = open_offices(database, tmp_path)
    queued_row(offices, recorded_case(offices), template="closed", created_at=NOON)
    database.dispose()
    return settings


def test_it_shows_what_waits_and_whether_it_may_leave(settings: Settings) -> None:
    first, line = mail_hold.waiting_lines(settings)
    assert first == mail_hold.FREE and line.split()[:2] == ["1", "closed"] and "held" not in line
    (held,) = mail_hold.hold(settings)
    first, line = mail_hold.waiting_lines(settings)
    assert first == held and line.endswith("1 of them before mails were held")
    assert mail_hold.release(settings) == [mail_hold.FREE]


def test_only_a_named_instant_or_a_hold_says_what_is_stale(settings: Settings) -> None:
    with pytest.raises(Refusal, match="Mails are not held"):
        mail_hold.drop(settings, None, None)
    with pytest.raises(Refusal, match="There is no mail nonsense"):
        mail_hold.drop(settings, None, "nonsense")
    assert mail_hold.drop(settings, datetime(2026, 1, 1), "closed")[0].startswith("0 mails")  # noqa: DTZ001
    mail_hold.hold(settings)
    assert mail_hold.drop(settings, None, "closed")[0].startswith("1 mails")
    assert mail_hold.waiting_lines(settings)[1] == mail_hold.NOTHING
