"""Published reports that say what a new one says, so that its writer may support one instead."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from web.public.published_view import publications, stage_label, supports_text

MOST = 3


@dataclass(frozen=True, kw_only=True)
class Similar:
    """A published report whose case is still open."""

    title: str
    url: str
    place: str
    agency: str
    stage: str
    supports_text: str


def similar_reports(title: str, text: str, region_code: str | None) -> list[Similar]:
    """At most three, the likest first; those of the same region count double. Stores nothing."""
    found = publications().alike(f"{title}\n{text}", region_code, MOST)
    return [
        Similar(
            title=report.title,
            url=url_for("public.published_report", slug=report.slug),
            place=report.region or report.place,
            agency=report.agency,
            stage=stage_label(report),
            supports_text=supports_text(report.supports),
        )
        for report in found
    ]
