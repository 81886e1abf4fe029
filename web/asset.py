"""Static files: addresses that change with their content, so that browsers may keep them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, request
from whitenoise import WhiteNoise

from web.security import static_headers

VERSIONED = frozenset({".css", ".js", ".svg"})
"""Fonts are named by the style sheet too, without a version, and must not be fetched twice."""
KEEP_SECONDS = 24 * 3600


def serve_static(app: Flask) -> None:
    """Lets whitenoise answer for static files, compressed where a twin lies beside them."""
    folder = Path(app.static_folder or "")
    app.url_defaults(lambda endpoint, values: _add_version(folder, endpoint, values))
    app.jinja_env.globals["url_for"] = _remembering(app)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(folder),
        prefix="static/",
        max_age=KEEP_SECONDS,
        add_headers_function=static_headers,
    )


def _remembering(app: Flask) -> Callable[..., str]:
    """`url_for` of templates: a page names the same few files again and again, an icon at each turn."""
    known: dict[tuple[str, str], str] = {}

    def url_for(endpoint: str, **values: Any) -> str:
        if endpoint != "static" or values.keys() != {"filename"}:
            return app.url_for(endpoint, **values)
        key = (request.script_root, values["filename"])
        if key not in known:
            known[key] = app.url_for(endpoint, **values)
        return known[key]

    return url_for


def _add_version(folder: Path, endpoint: str, values: dict[str, Any]) -> None:
    path = folder / str(values.get("filename", ""))
    if endpoint == "static" and path.suffix in VERSIONED:
        version = _digest(path)
        if version:
            values["v"] = version


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else ""
