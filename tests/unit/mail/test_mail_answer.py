"""What each answer of the provider means."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.answer import accepted, refused
from schemas.mail import Deferred, Delivered, Undeliverable
from tests.fakes.memory_outbox import NOON


def deferred_for(status: int, headers: dict[str, str] | None = None, attempts: int = 0) -> timedelta:
    delivery = refused(status, headers or {}, attempts, NOON)
    assert isinstance(delivery, Deferred)
    return delivery.not_before - NOON


def test_an_accepted_mail_is_known_by_the_providers_id() -> None:
    assert accepted({"X-Message-Id": "abc"}) == Delivered(provider_id="abc")


def test_an_accepted_mail_without_an_id_is_still_accepted() -> None:
    assert accepted({}) == Delivered(provider_id="none")


def test_a_rate_limit_is_waited_out_until_the_second_it_names() -> None:
    reset_at = int((NOON + timedelta(seconds=90)).timestamp())
    assert deferred_for(429, {"X-RateLimit-Reset": str(reset_at)}) == timedelta(seconds=90)


def test_a_rate_limit_may_also_name_seconds_to_wait() -> None:
    assert deferred_for(429, {"Retry-After": "30"}) == timedelta(seconds=30)


@given(st.text() | st.integers(-(10**20), 10**20).map(str))
def test_no_rate_limit_header_makes_us_hurry_or_wait_for_ever(value: str) -> None:
    for name in ("X-RateLimit-Reset", "Retry-After"):
        assert timedelta(seconds=1) <= deferred_for(429, {name: value}) <= timedelta(hours=1)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_trouble_of_the_provider_is_waited_out_longer_each_time(status: int) -> None:
    waits = [deferred_for(status, attempts=tries).total_seconds() for tries in (0, 1, 2, 7, 8, 1000)]
    assert waits == [10, 20, 40, 1280, 1800, 1800]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_an_alarm_and_not_an_endless_retry(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    assert deferred_for(status) == timedelta(minutes=15)
    assert [record.levelno for record in caplog.records] == [logging.CRITICAL]


@pytest.mark.parametrize("status", [400, 404, 405, 413, 415, 422])
def test_a_mail_that_the_provider_refuses_is_not_tried_again(status: int) -> None:
    assert refused(status, {}, 0, NOON) == Undeliverable(problem="refused")
