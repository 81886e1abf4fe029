"""The desk of operators, liaison officers, verifiers and their supervisors."""

from __future__ import annotations

from web.desk import (
    acting,
    bulk,
    duplicate,
    entry,
    entry_receipt,
    identity,
    moderation,
    publish,
    reading,
    saved_reply,
    view_page,
)
from web.desk.blueprint import bp

__all__ = [
    "acting",
    "bp",
    "bulk",
    "duplicate",
    "entry",
    "entry_receipt",
    "identity",
    "moderation",
    "publish",
    "reading",
    "saved_reply",
    "view_page",
]
