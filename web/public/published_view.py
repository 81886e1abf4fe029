"""Published reports as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import url_for

from db.publication_query import PublicationQuery, PublishedReport
from domain.case import Stage
from web.language import language, today
from web.limit import allowance
from web.presenter.labels import ENDS, KINDS, STAGES
from web.services import services
from web.text import LazyText, gettext, ngettext


@dataclass(frozen=True, kw_only=True)
class PublishedCard:
    """A report in a list; `facts` are what is known of it in a few words."""

    url: str
    title: str
    excerpt: str
    stage: str
    is_done: bool
    facts: list[str]
    published_on: date
    supports_text: str


def reading_limit() -> str:
    """For reading what is public: many may share one address, and only machines read faster."""
    return allowance(3_000, 120)


def publications() -> PublicationQuery:
    """What is public in the running application."""
    return PublicationQuery(services().database)


def card(report: PublishedReport) -> PublishedCard:
    """A report for a list."""
    return PublishedCard(
        url=url_for("public.published_report", slug=report.slug),
        title=report.title,
        excerpt=report.text,
        stage=stage_label(report),
        is_done=report.stage is Stage.CLOSED,
        facts=[
            words for words in (category_of(report), report.region or report.place, report.agency) if words
        ],
        published_on=today(report.published_at),
        supports_text=supports_text(report.supports),
    )


def category_of(report: PublishedReport) -> str:
    """Its subject in the reader's language; "" without one."""
    return "" if report.category is None else report.category[language() == "en"]


def stage_label(report: PublishedReport) -> str:
    """Where its handling stands, with the reason of an end."""
    label: LazyText = STAGES[report.stage]
    if report.stage is Stage.ARCHIVED and report.end_reason is not None:
        return f"{label}: {ENDS[report.end_reason]}"
    return str(label)


def kind_label(report: PublishedReport) -> str:
    """What kind of report it is."""
    return str(KINDS[report.kind])


def supports_text(count: int) -> str:
    """How many said that they met the same; "" for nobody."""
    if count == 0:
        return ""
    plain = f"{count:,}".replace(",", gettext("."))
    return ngettext(
        "%(count)s pengunjung juga mengalami", "%(count)s pengunjung juga mengalami", count, count=plain
    )
