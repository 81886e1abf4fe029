"""Deadlines that all passed while nothing ran: how soon each has fired once, of cases and of bare timers."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bench import bare
from bench.bare import BareWorker
from bench.filing import Filing
from db import directory_store
from db.directory_table import PolicyRow
from db.wire import POLICY
from domain.duration import Amount, Unit
from domain.event import EventKind
from domain.policy import OutagePolicy
from engine.bridge import Bridge
from tests.stack import Stack

STANDARD = "standard"
A_CASE, A_TIMER = timedelta(milliseconds=75), timedelta(milliseconds=30)
"""More than beginning one takes: when the last begins, no deadline has passed yet."""
LEAST = timedelta(minutes=1)


def seconds_after_outage(stack: Stack, count: int, at_once: int) -> float:
    """From the moment at which the copy is ready again until all deadlines have expired in the tables.

    The copy's policy is changed: a report is to be looked at within minutes, and an outage forgives nothing.
    """
    filing = Filing(stack.settings)
    minutes = -(-(count * A_CASE + LEAST) // timedelta(minutes=1))
    _hasten(filing, minutes)
    numbers = filing.file(count, at_once)
    stack.stop()
    _sleep_until(datetime.now(UTC) + timedelta(minutes=minutes))
    stack.start()
    begun = time.perf_counter()
    Filing(stack.settings).happened(numbers, count, EventKind.CLOCK_EXPIRED)
    return time.perf_counter() - begun


def bare_seconds_after_outage(stack: Stack, count: int) -> float:
    """The same for workflows that wait for an instant and call one empty activity then."""
    due_at = datetime.now(UTC) + count * A_TIMER + LEAST
    with BareWorker(stack.settings.temporal_address):
        _bridge(stack).call(lambda client: bare.wait_until(client, count, due_at), 600)
    stack.stop()
    _sleep_until(due_at)
    stack.start()
    begun = time.perf_counter()
    with BareWorker(stack.settings.temporal_address):
        _bridge(stack).call(lambda client: bare.all_fired(client, count), 3600)
    return time.perf_counter() - begun


def _hasten(filing: Filing, minutes: int) -> None:
    with filing.database.write() as session:
        known = directory_store.policy(session, STANDARD)
        fast = replace(
            known,
            version=known.version + 1,
            verification=Amount(minutes, Unit.MINUTES),
            outage=OutagePolicy.FIRE,
            warn_days_before={},
        )
        newest = session.scalars(
            select(PolicyRow).where(PolicyRow.name == STANDARD).order_by(PolicyRow.version.desc()).limit(1)
        ).one()
        session.add(
            PolicyRow(
                name=STANDARD,
                version=fast.version,
                content=POLICY.dump_python(fast, mode="json"),
                source=newest.source,
                valid_from=newest.valid_from,
            )
        )


def _sleep_until(at: datetime) -> None:
    time.sleep(max((at - datetime.now(UTC)).total_seconds(), 0))


def _bridge(stack: Stack) -> Bridge:
    given = stack.settings
    return Bridge(given.temporal_address, given.temporal_namespace, given.temporal_access)
