"""Lets tests name the fields of a command and of its body side by side."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from domain.command import Body

BODY_FIELDS = frozenset(field.name for field in fields(Body))


def nested(flat: dict[str, Any]) -> dict[str, Any]:
    """The fields of a command, with those of its body where they belong."""
    body = {name: value for name, value in flat.items() if name in BODY_FIELDS}
    rest = {name: value for name, value in flat.items() if name not in BODY_FIELDS}
    return rest | {"body": Body(**body)}
