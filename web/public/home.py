"""The front door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from web.form import Form
from web.public.blueprint import bp
from web.services import services
from web.text import gettext


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A figure with its name."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures of the front door and their instant."""

    as_of: datetime
    facts: list[Fact]


@bp.get("/")
def home() -> ResponseReturnValue:
    """The first question of a report, the look-up box and three figures."""
    return render_template("public/home.html", form=Form(), track=Form(), figures=_figures())


def _figures() -> Figures | None:
    """None while the database is away: the front door stays open."""
    try:
        found = services().figures.public()
    except OperationalError:
        return None
    facts = [
        Fact(label=gettext("laporan diterima"), value=_number(found.received)),
        Fact(label=gettext("selesai"), value=_number(found.closed)),
        Fact(label=gettext("dinyatakan selesai oleh pelapor"), value=_number(found.resolved)),
    ]
    return Figures(as_of=found.as_of, facts=facts)


def _number(count: int) -> str:
    """`12.345`; the separator is a translation too."""
    return f"{count:,}".replace(",", gettext("."))
