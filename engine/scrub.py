"""A history as JSON for people: without the texts of failures, and without what its reader may not see."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from typing import Any

TEXTS = frozenset({"message", "stackTrace", "encodedAttributes", "details", "reason"})
"""What failures and ends say in sentences and values of their own; they may repeat what somebody wrote."""
PLAIN = base64.b64encode(b"json/plain").decode()


def scrubbed(given: Any, hidden: Collection[str] = ()) -> Any:
    """A copy. A run stays one that the engine's own tools can read; hidden fields are null in it."""
    if isinstance(given, list):
        return [scrubbed(one, hidden) for one in given]
    if not isinstance(given, dict):
        return given
    if isinstance(given.get("data"), str) and isinstance(given.get("metadata"), dict):
        return _payload(given, hidden)
    return {name: scrubbed(value, hidden) for name, value in given.items() if name not in TEXTS}


def _payload(given: dict[str, Any], hidden: Collection[str]) -> dict[str, Any]:
    if not hidden or given["metadata"].get("encoding") != PLAIN:
        return given
    content = without(json.loads(base64.b64decode(given["data"])), hidden)
    data = json.dumps(content, separators=(",", ":")).encode()
    return {**given, "data": base64.b64encode(data).decode()}


def without(given: Any, hidden: Collection[str]) -> Any:
    """A copy of plain values in which those fields are null."""
    if isinstance(given, list):
        return [without(one, hidden) for one in given]
    if not isinstance(given, dict):
        return given
    return {name: None if name in hidden else without(value, hidden) for name, value in given.items()}
