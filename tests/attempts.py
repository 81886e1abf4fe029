"""Counts what is asked of an engine: a bound in seconds would depend on the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.bridge import Bridge


def counted_attempts(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A list that grows with each call to an engine from now on; how long each may last."""
    made: list[float] = []
    call = Bridge.call

    def counting(self: Bridge, ask: Callable[..., Any], seconds: float) -> object:
        made.append(seconds)
        return call(self, ask, seconds)

    monkeypatch.setattr(Bridge, "call", counting)
    return made
