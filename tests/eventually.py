"""The one way in which tests wait: they look again and again, and say what they waited for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
LIMIT_SECONDS = 90.0
PAUSE_SECONDS = 0.02


async def eventually(
    true: Callable[[], T | None], what: str, limit: float = LIMIT_SECONDS, pause: float = PAUSE_SECONDS
) -> T:
    """What `true()` returns as soon as it holds; fails with `what` after `limit` seconds."""
    end = time.monotonic() + limit
    while not (found := true()):
        assert time.monotonic() < end, f"not within {limit:g} s: {what}"
        await asyncio.sleep(pause)
    return found


def eventually_here(
    true: Callable[[], T | None], what: str, limit: float = LIMIT_SECONDS, pause: float = PAUSE_SECONDS
) -> T:
    """The same for tests without a loop."""
    end = time.monotonic() + limit
    while not (found := true()):
        assert time.monotonic() < end, f"not within {limit:g} s: {what}"
        time.sleep(pause)
    return found
