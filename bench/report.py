"""What was measured: kept beside the databases, and written as the table of the document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench.visit import Measured

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- measured -->", "<!-- end -->"
KEPT = "measured.json"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One database of one size. `first_page` is how many bytes the first visit of the front page brings."""

    pages: Mapping[str, Measured]
    bytes_per_case: int
    first_page: int


Columns = dict[str, Column]
"""By database and size."""


def read(folder: Path) -> Columns:
    """What earlier runs measured of the databases in a folder."""
    path = folder / KEPT
    if not path.exists():
        return {}
    content = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: Column(
            **{**column, "pages": {page: Measured(**times) for page, times in column["pages"].items()}}
        )
        for name, column in content.items()
    }


def keep(folder: Path, columns: Columns) -> None:
    """For runs that measure some pages again."""
    content = {name: asdict(column) for name, column in columns.items()}
    (folder / KEPT).write_text(json.dumps(content, indent=1), encoding="utf-8")


def merged(known: Columns, name: str, column: Column) -> Columns:
    """What is known, with a column measured anew; pages that were not visited keep their times."""
    before = known[name].pages if name in known else {}
    return known | {name: replace(column, pages={**before, **column.pages})}


def table(columns: Columns) -> str:
    """A row a page, a column a database and size; p50 / p95 in milliseconds, and two rows of bytes."""
    names = list(columns)
    pages = columns[names[0]].pages
    rows = {page: [_times(columns[name].pages.get(page)) for name in names] for page in pages}
    rows["Bytes of the database a case"] = [f"{columns[name].bytes_per_case:,}" for name in names]
    rows["Bytes of a first visit to the front page"] = [f"{columns[name].first_page:,}" for name in names]
    head = ["| Page | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    return "\n".join([*head, *(f"| {page} | " + " | ".join(cells) + " |" for page, cells in rows.items())])


def write(columns: Columns) -> None:
    """Puts the table between its marks."""
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table(columns)}\n{END}{after}", encoding="utf-8")


def _times(measured: Measured | None) -> str:
    return "–" if measured is None else f"{measured.p50:.0f} / {measured.p95:.0f}"
