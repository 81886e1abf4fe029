"""Static files: addresses that change with their content, so that browsers may keep them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise

from web.security import static_headers

VERSIONED = frozenset({".css", ".js", ".svg"})
"""Fonts are named by the style sheet too, without a version, and must not be fetched twice."""
KEEP_SECONDS = 24 * 3600


def serve_static(app: Flask) -> None:
    """Lets whitenoise answer for static files, compressed where a twin lies beside them."""
    folder = Path(app.static_folder or "")
    app.url_defaults(lambda endpoint, values: _add_version(folder, endpoint, values))
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(folder),
        prefix="static/",
        max_age=KEEP_SECONDS,
        add_headers_function=static_headers,
    )


def _add_version(folder: Path, endpoint: str, values: dict[str, Any]) -> None:
    path = folder / str(values.get("filename", ""))
    if endpoint == "static" and path.suffix in VERSIONED:
        version = _digest(path)
        if version:
            values["v"] = version


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""
