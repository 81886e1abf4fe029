"""Why a mail did not leave, in words short enough for a column, a metric and a log line."""

from __future__ import annotations

from enum import StrEnum


class Problem(StrEnum):
    """Kinds of trouble; never the provider's own words, which may repeat an address."""

    ADDRESS = "address"
    TEMPLATE = "template"
    REFUSED = "refused"
    UNAUTHORIZED = "unauthorized"
    RATE_LIMITED = "rate_limited"
    PROVIDER_ERROR = "provider_error"
    REDIRECTED = "redirected"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    CONNECTION_LOST = "connection_lost"


ACCOUNT_WIDE = frozenset({Problem.UNAUTHORIZED, Problem.RATE_LIMITED})
"""No mail of this account would fare better before the time that the answer named."""
