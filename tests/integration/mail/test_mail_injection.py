"""Whatever is written into an address, a name or a subject, one person gets the mail (T5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.render import RenderedMail, render
from mail.sendgrid_client import SendGridMailer
from schemas.mail import Delivered, Undeliverable
from tests.fakes.memory_outbox import NOON, outgoing_mail
from tests.fakes.sendgrid_server import FakeSendGrid

SECOND = "lain@example.net"
ATTACKS = st.sampled_from(
    [f"{sign}{SECOND}" for sign in ("\r\nBcc: ", "\nTo: ", ", ", "; ", '" <', "<", "%0d%0aBcc:")]
) | st.sampled_from(["\0", "\u2028", "\r", ">", '"'])
HOSTILE = st.lists(ATTACKS | st.text(max_size=8), min_size=1, max_size=3).map("".join)
ADDRESSES = st.one_of(
    st.just("warga@example.org"),
    HOSTILE.map(lambda text: "warga@example.org" + text),
    HOSTILE.map(lambda text: text + "warga@example.org"),
    HOSTILE.map(lambda text: f"{text} <warga@example.org>"),
)


@pytest.fixture(scope="module")
def shared_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeSendGrid]:
    ledger: Path = tmp_path_factory.mktemp("injection") / "ledger.jsonl"
    with FakeSendGrid(ledger) as server:
        yield server


@settings(max_examples=300, deadline=None)
@given(address=ADDRESSES, unit=HOSTILE, subject=HOSTILE)
def test_there_is_never_a_second_recipient(
    shared_provider: FakeSendGrid, address: str, unit: str, subject: str
) -> None:
    mail = outgoing_mail(to_address=address, unit_name=unit, template="answered")
    written = render(mail, "https://lapor.example.org/m/t")
    letter = RenderedMail(subject + written.subject, written.text, written.html)
    before = len(shared_provider.entries())
    delivery = SendGridMailer("SG.k", shared_provider.url, "tuntas@example.org").deliver(mail, letter, NOON)
    entries = shared_provider.entries()[before:]
    if delivery == Undeliverable(problem="address"):
        assert entries == []
        return
    assert isinstance(delivery, Delivered)
    (entry,) = entries
    assert entry.body is not None
    assert [person.keys() for person in entry.recipients] == [{"email"}]
    assert not address.isascii() or entry.recipients[0]["email"].lower() == address.lower()
    assert entry.body["subject"].isprintable()
    assert entry.body["headers"] == {"Auto-Submitted": "auto-generated"}
