"""The one document of the engine's own pages, and what a browser may run in it."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from settings import ENGINE_UI_PATH
from web.engine_ui.line import EngineUiError

SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
BASE = f'base: "{ENGINE_UI_PATH}"'.encode()
"""How the document names the path under which it believes itself to be."""


@dataclass(frozen=True, kw_only=True)
class Shell:
    """The document; whatever is shown, its script asks for it afterwards."""

    body: bytes

    @property
    def policy(self) -> str:
        """Runs the script that stands in the document, by its hash, and its files; asks nobody else.

        Styles are made by the script all over; they draw, but run nothing and fetch nothing from elsewhere.
        """
        digests = (hashlib.sha256(script).digest() for script in SCRIPT.findall(self.body))
        scripts = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
        return (
            f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )


def shell(body: bytes) -> Shell:
    """The document as it was asked for. Raises: EngineUiError if it is none, or believes itself elsewhere."""
    if BASE not in body or not SCRIPT.search(body):
        raise EngineUiError(f"not a document under {ENGINE_UI_PATH}")
    return Shell(body=body)
