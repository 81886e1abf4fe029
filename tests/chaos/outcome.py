"""The outcomes of the long runs, kept line by line and written as the table of docs/reliability.md."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- outcomes -->", "<!-- end of outcomes -->"
HEAD = (
    "| Killed | Kills | Minutes | Reports acknowledged | Acts acknowledged | Events | Mails accepted "
    "| Mails of unknown outcome | Stories given up by impatient clients | Lost, doubled or contradictory |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def write_outcome(part: str, kills: int, seconds: float, counts: dict[str, int]) -> None:
    """Adds a run to the file that TUNTAS_OUTCOMES names; without it nothing is kept."""
    name = os.environ.get("TUNTAS_OUTCOMES")
    if name:
        row = {"part": part, "kills": kills, "seconds": seconds, **counts}
        with Path(name).open("a") as file:
            file.write(json.dumps(row) + "\n")


def table(rows: list[dict[str, float]]) -> str:
    """The rows as Markdown."""
    lines = [
        f"| {row['part']} | {row['kills']} | {row['seconds'] / 60:.0f} | {row['reports']} | {row['acts']} "
        f"| {row['events']} | {row['mails']} | {row['unknown']} | {row['impatient']} | {row['faults']} |"
        for row in rows
    ]
    return "\n".join([HEAD, *lines])


def main(outcomes: Path) -> None:
    """Puts the table into the document, between its marks."""
    rows = [json.loads(line) for line in outcomes.read_text().splitlines()]
    text = DOCUMENT.read_text()
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table(rows)}\n{END}{after}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
