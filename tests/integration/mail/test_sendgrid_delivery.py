"""Each way in which a provider behaves gives its one outcome, over a real line."""

from __future__ import annotations

import logging
import socket
from datetime import timedelta

import pytest

from mail.render import RenderedMail
from mail.sendgrid_client import SendGridMailer
from schemas.mail import Deferred, Delivered, Delivery, Undeliverable, UnknownOutcome
from tests.eventually import eventually_here
from tests.fakes.memory_outbox import NOON, outgoing_mail
from tests.fakes.sendgrid_server import (
    ACCEPT_THEN_DROP,
    RESET_BEFORE_BODY,
    SEND_PATH,
    SERVER_ERROR,
    SLOW,
    TOO_LARGE,
    UNAUTHORIZED,
    Behaviour,
    FakeSendGrid,
    rate_limited,
)

KEY = "SG.canary-key"
LETTER = RenderedMail("7F3K-9QW2-TX: canary subject", "canary text", "<p>canary text</p>")


def deliver(url: str, timeout_seconds: float = 30, **changes: object) -> Delivery:
    mailer = SendGridMailer(KEY, url, "tuntas@example.org", timeout_seconds)
    return mailer.deliver(outgoing_mail(**changes), LETTER, NOON)


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_an_accepted_mail_is_delivered_with_the_providers_id(provider: FakeSendGrid) -> None:
    delivery = deliver(provider.url)
    (entry,) = provider.accepted()
    assert delivery == Delivered(provider_id=entry.message_id)
    assert (entry.path, entry.authorization) == (SEND_PATH, f"Bearer {KEY}")
    assert entry.recipients == [{"email": "warga@example.org"}]


def test_a_rate_limit_defers_until_its_reset(provider: FakeSendGrid) -> None:
    reset_at = NOON + timedelta(seconds=75)
    provider.script(rate_limited(reset_at.timestamp()))
    assert deliver(provider.url) == Deferred(problem="rate_limited", not_before=reset_at)


def test_an_error_of_the_provider_defers_by_the_tries_so_far(provider: FakeSendGrid) -> None:
    provider.script(SERVER_ERROR)
    expected = Deferred(problem="provider_error", not_before=NOON + timedelta(seconds=40))
    assert deliver(provider.url, attempts=2) == expected


def test_a_revoked_key_defers_a_quarter_of_an_hour(provider: FakeSendGrid) -> None:
    provider.script(UNAUTHORIZED)
    expected = Deferred(problem="unauthorized", not_before=NOON + timedelta(minutes=15))
    assert deliver(provider.url) == expected


def test_a_mail_that_is_too_large_is_given_up(provider: FakeSendGrid) -> None:
    provider.script(TOO_LARGE)
    assert deliver(provider.url) == Undeliverable(problem="refused")


def test_a_provider_that_takes_the_mail_and_stays_silent_leaves_an_unknown_outcome(
    provider: FakeSendGrid,
) -> None:
    provider.script(SLOW)
    assert deliver(provider.url, timeout_seconds=1) == UnknownOutcome(problem="timed_out")
    assert len(eventually_here(provider.accepted, "the mail in the provider's ledger")) == 1


def test_a_line_reset_before_the_body_was_read_leaves_an_unknown_outcome(provider: FakeSendGrid) -> None:
    provider.script(RESET_BEFORE_BODY)
    assert deliver(provider.url) == UnknownOutcome(problem="connection_lost")
    assert provider.accepted() == []


def test_a_line_dropped_after_acceptance_leaves_an_unknown_outcome(provider: FakeSendGrid) -> None:
    provider.script(ACCEPT_THEN_DROP)
    assert deliver(provider.url) == UnknownOutcome(problem="connection_lost")
    assert len(provider.accepted()) == 1


@pytest.mark.parametrize(
    "url",
    [f"http://127.0.0.1:{closed_port()}", "http://provider.invalid"],
    ids=["closed port", "no such host"],
)
def test_a_provider_that_cannot_be_reached_has_certainly_nothing(url: str) -> None:
    expected = Deferred(problem="unreachable", not_before=NOON + timedelta(seconds=10))
    assert deliver(url) == expected


def test_a_line_that_is_not_safe_carries_nothing(provider: FakeSendGrid) -> None:
    delivery = deliver(provider.url.replace("http:", "https:"))
    assert isinstance(delivery, Deferred)
    assert delivery.problem == "unreachable"
    assert provider.entries() == []


def test_a_redirect_is_not_followed_with_our_key(provider: FakeSendGrid) -> None:
    provider.script(Behaviour(302, {"Location": f"{provider.url}/elsewhere"}))
    delivery = deliver(provider.url)
    assert isinstance(delivery, Deferred)
    assert delivery.problem == "redirected"
    assert [entry.path for entry in provider.entries()] == [SEND_PATH]


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    provider: FakeSendGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert isinstance(deliver(provider.url), Delivered)


@pytest.mark.parametrize("behaviour", [Behaviour(), SERVER_ERROR, UNAUTHORIZED, TOO_LARGE])
def test_no_log_level_brings_key_address_or_text_into_the_log(
    provider: FakeSendGrid, behaviour: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.script(behaviour)
    delivery = deliver(provider.url)
    for secret in (KEY, "warga@example.org", "canary"):
        assert secret not in caplog.text + str(delivery)


def test_a_malformed_address_never_leaves(provider: FakeSendGrid) -> None:
    assert deliver(provider.url, to_address="warga@example.org, lain@example.net") == Undeliverable(
        problem="address"
    )
    assert provider.entries() == []
