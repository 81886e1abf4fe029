"""The HTML of a mail inside a page of ours: kept in a box that runs nothing and fetches nothing."""

from __future__ import annotations

from flask import Response

CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
"""A mail's looks stand in the mail itself; no other answer of ours allows that."""
MAY_OPEN = "allow-popups allow-popups-to-escape-sandbox"
"""What the box of a real mail allows beside: its links."""


def framed(html: str, allowed: str = "") -> Response:
    """A mail as an answer that only a page of ours may frame."""
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = f"{CSP} {allowed}".strip()
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
