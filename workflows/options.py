"""Retry profiles: every activity call names one, so that no number stands in workflow code."""

from __future__ import annotations

from datetime import timedelta

from temporalio.common import RetryPolicy

RECORD_TIMEOUT = timedelta(seconds=20)
"""One attempt at writing events; a lost worker is noticed after it."""

RECORD_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=30),
)
"""Without an end: what was decided must be written, however long the database is away."""

CONTINUE_AFTER_EVENTS = 1_000
"""A longer history makes a cold start slow: about 0.9 ms an event."""

LATE_AFTER = timedelta(seconds=30)
"""A timer that is acted upon later than this has slept through an outage."""

GRACE = timedelta(seconds=45)
"""After an outage: the time in which waiting commands and the outage itself are told before clocks expire.

It and the one above decide which timers a history holds: a change needs `workflow.patched`.
"""
