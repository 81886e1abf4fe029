"""What a client was told, written down before and after each call, so that no crash can blur it."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path


class Journal:
    """An append-only file of JSON lines; each is on the disk when `note` returns."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self._path = file

    def note(self, what: str, **facts: object) -> None:
        """Writes one line."""
        with self._lock:
            self._file.write(json.dumps({"what": what, **facts}) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def entries(self, what: str) -> list[dict[str, str]]:
        """All lines about one kind of thing."""
        with self._path.open(encoding="utf-8") as lines:
            found = [json.loads(line) for line in lines]
        return [entry for entry in found if entry["what"] == what]
