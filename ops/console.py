"""What the supervisor and its children print: one stream, each line named."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TextIO

COLOURS = {"engine": "35", "worker": "36", "web": "32", "tuntas": "33"}
NAME_WIDTH = 6


class Console:
    """Writes whole lines. A reader that has gone away costs the lines, never the processes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._coloured = stream.isatty() and not os.environ.get("NO_COLOR")

    def log(self, name: str, text: str) -> None:
        """Prints a line of the process with this name."""
        self._write(f"{self._prefix(name)} {text}")

    def say(self, text: str) -> None:
        """Prints a line of the supervisor itself."""
        self.log("tuntas", text)

    def announce(self, text: str) -> None:
        """Prints a line without a name, for people and scripts that wait for it."""
        self._write(text)

    def _prefix(self, name: str) -> str:
        label = f"{name:<{NAME_WIDTH}} |"
        return f"\033[{COLOURS.get(name, '37')}m{label}\033[0m" if self._coloured else label

    def _write(self, line: str) -> None:
        with suppress(OSError):
            self._stream.write(f"{line}\n")
            self._stream.flush()
