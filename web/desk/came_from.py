"""The list from which somebody came to a case: its address goes along, and nothing else does."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from domain.code import show_code
from web.desk.blueprint import bp

ASKED = (
    *(
        "view",
        "q",
        "kind",
        "stage",
        "unit",
        "category",
        "region",
        "from",
        "until",
        "level",
        "claimed",
        "mark",
    ),
    *("figure", "sort", "after", "before", "n"),
)
"""What the address of a list may hold; the list itself leaves out what makes no sense."""
LONGEST = 120


def came_from() -> dict[str, Any]:
    """The list that the address of this page names, as arguments for `url_for`."""
    given = ((name, request.args.get(name, "")[:LONGEST]) for name in ASKED)
    return {name: text for name, text in given if text and text.isprintable()}


def list_again(**values: Any) -> str:
    """The address of that list: always one of ours, whatever was in the address of the page."""
    return url_for("desk.cases", **came_from(), **values)


def case_url(code: str, **values: Any) -> str:
    """The address of a case, from which one finds back to that list."""
    return url_for("desk.case", code=show_code(code), **came_from(), **values)


bp.context_processor(lambda: {"came_from": came_from})
