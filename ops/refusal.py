"""The one way in which a command says that it will not start."""

from __future__ import annotations


class Refusal(Exception):
    """Something a person must put right first; shown without a trace, exit code 2.

    Attributes:
        lines: one sentence for each thing to put right, each saying what to do.
    """

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
