"""Parts that a machine may lack: their tests are skipped loudly here, and must run where all is required."""

from __future__ import annotations

import os

import pytest


def require(found: bool, what: str) -> None:
    """Skips the test without the part; fails where TUNTAS_REQUIRE_ALL=1 demands it."""
    if found:
        return
    if os.environ.get("TUNTAS_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is required here and missing")
    pytest.skip(f"NOT TESTED: {what} is missing")
