"""Rules' dataclasses to and from the JSON that tables hold."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from domain.clock import Due
from domain.command import Command, Refusal
from domain.event import Event
from domain.policy import Policy
from domain.state import CaseState
from schemas.case import CaseInput

COMMAND = TypeAdapter(Command)
DUE = TypeAdapter(Due)
EVENT = TypeAdapter(Event)
POLICY = TypeAdapter(Policy)
REFUSAL = TypeAdapter(Refusal)
STATE = TypeAdapter(CaseState)
CASE_INPUT = TypeAdapter(CaseInput)


def canonical(content: dict[str, Any]) -> str:
    """One spelling of a JSON object, for hashing and comparing."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
