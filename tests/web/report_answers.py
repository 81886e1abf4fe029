"""A correctly filled report form, and files to attach."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from werkzeug.test import TestResponse

from tests.web.browser import Browser


def answers(**changes: Any) -> dict[str, Any]:
    """The fields of a form that nothing is wrong with, some changed."""
    usual = {
        "kind": "complaint",
        "title": "Lampu jalan padam",
        "text": "Lampu di depan pasar padam sejak Senin.",
        "place": "Jalan Melati 3",
        "event_on": "2026-01-05",
        "name": "Sari Uji",
        "email": "sari@contoh.example",
        "phone": "0812 3456 7890",
    }
    return usual | changes


def file_report(browser: Browser, **changes: Any) -> TestResponse:
    """The answer to a filed form."""
    return browser.send_form(
        "/lapor/semua", "/reports", answers(**changes), content_type="multipart/form-data", buffered=True
    )


def attachment(name: str, content: bytes) -> tuple[io.BytesIO, str]:
    """A file as a test client posts it."""
    return io.BytesIO(content), name


def png() -> bytes:
    """A picture of one white pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\x00\xff\xff\xff")), (b"IEND", b""))
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
