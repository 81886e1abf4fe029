"""Cases to look into, and how the inspector's pages are read in tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, select

from db.case_table import CaseLogRow, CaseViewRow
from db.wire import STATE
from domain.case import Action
from tests.factories import MadeCase
from tests.web.browser import Browser, text_of
from tests.web.conftest import Site


def inspector(code: str, query: str = "") -> str:
    """The address of a case's inspector."""
    return f"/oversight/kasus/{code}{query}"


def words_of(browser: Browser, code: str, query: str = "") -> str:
    """What the inspector says."""
    answer = browser.get(inspector(code, query))
    assert answer.status_code == 200, answer.status_code
    return text_of(answer)


def handled(site: Site, at: datetime) -> MadeCase:
    """A case that was disposed in time, became late, and was answered after all."""
    factory = site.factory
    case = factory.report("Lampu jalan padam", at=at)
    factory.dispose(case, at=at + timedelta(hours=1), words="Mohon segera ke lokasi.")
    factory.expire_next(case)
    factory.act(case, None, Action.MESSAGE, words="Kapan diperbaiki?")
    factory.answer(case, words="Lampu sudah menyala lagi.")
    return case


def with_many_messages(site: Site, case: MadeCase, count: int) -> None:
    """So many messages in the log, as a patient reporter would have written them; a minute apart."""
    site.factory.act(case, None, Action.MESSAGE, words="Yang pertama.")
    with site.services.database.write() as session:
        last = session.scalars(
            select(CaseLogRow).where(CaseLogRow.case_id == case.id).order_by(CaseLogRow.seq.desc()).limit(1)
        ).one()
        rows = []
        for number in range(1, count + 1):
            seq, at = last.seq + number, last.at + timedelta(minutes=number)
            content = {**last.event, "seq": seq, "at": at.isoformat(), "command_id": None, "message_id": None}
            rows.append(
                {
                    "case_id": case.id,
                    "seq": seq,
                    "kind": last.kind,
                    "at": at,
                    "event": content,
                    "recorded_at": at,
                    "hash": "0" * 64,
                }
            )
        session.execute(insert(CaseLogRow), rows)
        view = session.get_one(CaseViewRow, case.id)
        state = STATE.validate_python(view.state, strict=False)
        view.seq, view.state = last.seq + count, {**view.state, "seq": last.seq + count}
        assert state.case_id == case.id
