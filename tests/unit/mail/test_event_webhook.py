"""Events of the provider: signed, fresh, and read without trust in their content."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from mail.event_webhook import (
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    MalformedWebhookKeyError,
    UnreadableEventsError,
    WebhookKey,
    provider_events,
)
from schemas.mail import News, ProviderEvent
from tests.fakes.event_signer import EventSigner, body_of, event
from tests.fakes.memory_outbox import NOON

SIGNER = EventSigner()
KEY = WebhookKey(SIGNER.public_key)
BODY = body_of([event("7", "delivered")])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["event", "outbox_id"]), inner)
    ),
    max_leaves=10,
)


def accepts(body: bytes = BODY, signer: EventSigner = SIGNER, **changes: str) -> bool:
    headers = signer.headers(BODY, NOON) | changes
    return KEY.signed(body, headers[SIGNATURE_HEADER], headers[TIMESTAMP_HEADER], NOON)


def test_what_the_provider_signed_is_accepted() -> None:
    assert accepts()


def test_another_body_or_another_signer_is_not_accepted() -> None:
    assert not accepts(body=BODY + b" ")
    assert not accepts(signer=EventSigner())


def test_a_changed_timestamp_breaks_the_signature() -> None:
    assert not accepts(**{TIMESTAMP_HEADER: str(int(NOON.timestamp()) + 1)})


@pytest.mark.parametrize("off_by", [timedelta(minutes=11), -timedelta(minutes=11)])
def test_a_call_of_another_time_is_not_accepted(off_by: timedelta) -> None:
    headers = SIGNER.headers(BODY, NOON + off_by)
    assert not KEY.signed(BODY, headers[SIGNATURE_HEADER], headers[TIMESTAMP_HEADER], NOON)


@given(st.text(), st.text())
def test_no_headers_that_somebody_types_are_accepted(signature: str, timestamp: str) -> None:
    assert not accepts(**{SIGNATURE_HEADER: signature})
    assert not accepts(**{TIMESTAMP_HEADER: timestamp})


def spelled(key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey) -> str:
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no key",
        "AAAA",
        SIGNER.public_key[:-8],
        SIGNER.public_key[:-4] + "AAA=",
        spelled(ec.generate_private_key(ec.SECP384R1()).public_key()),
        spelled(rsa.generate_private_key(65537, 2048).public_key()),
    ],
)
def test_a_key_that_is_none_is_refused_at_once(text: str) -> None:
    with pytest.raises(MalformedWebhookKeyError):
        WebhookKey(text)


@pytest.mark.parametrize(
    ("name", "news"),
    [
        ("processed", News.TAKEN),
        ("delivered", News.TAKEN),
        ("bounce", News.BOUNCED),
        ("dropped", News.DROPPED),
    ],
)
def test_events_that_settle_something_are_read_without_address_or_reason(name: str, news: News) -> None:
    (read,) = provider_events(body_of([event("7", name)]))
    assert read == ProviderEvent(outbox_id=7, news=news)
    assert "canary" not in read.model_dump_json()


def test_a_mail_that_was_turned_away_for_now_is_told_from_an_address_that_is_none() -> None:
    kinds = [event("7", "bounce") | {"type": kind} for kind in ("bounce", "blocked")]
    assert [read.blocked for read in provider_events(body_of(kinds))] == [False, True]


@pytest.mark.parametrize("name", ["spamreport", "unsubscribe", "group_unsubscribe"])
def test_a_reader_who_wants_no_more_is_news_that_is_neither_arrival_nor_failure(name: str) -> None:
    assert provider_events(body_of([event("7", name)])) == [ProviderEvent(outbox_id=7, news=News.UNWANTED)]


@pytest.mark.parametrize("name", ["deferred", "open", "click", "group_resubscribe", "", None, 7])
def test_other_events_say_nothing_yet(name: Any) -> None:
    assert provider_events(body_of([event("7", name)])) == []


@pytest.mark.parametrize("outbox_id", [None, 7, "-7", "7.0", "٧", "9" * 19, "9" * 500, "", ["7"], True])
def test_events_without_an_id_of_ours_are_left_out(outbox_id: object) -> None:
    assert provider_events(body_of([event(outbox_id, "bounce"), event("8", "bounce")])) == [
        ProviderEvent(outbox_id=8, news=News.BOUNCED)
    ]


@pytest.mark.parametrize("body", [b"", b"{}", b"7", b'"x"', b"[", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_list_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableEventsError):
        provider_events(body)


@given(st.lists(JSON))
def test_no_content_of_a_list_breaks_the_reading(content: list[Any]) -> None:
    assert all(isinstance(each, ProviderEvent) for each in provider_events(body_of(content)))
