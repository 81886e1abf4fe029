"""The list of what was published, and the page of one report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from db import category_store, directory_store
from db.comment_store import CommentStore
from db.publication_query import PublishedPage, PublishedReport
from domain.case import Kind, Stage
from web.form import Form
from web.language import today
from web.limit import limiter
from web.presenter.category import category_name, group_name
from web.presenter.labels import KINDS, STAGES
from web.presenter.published import ORDERS
from web.public.blueprint import bp
from web.public.published_asked import Asked, asked_of, feed_url, list_url, place_url
from web.public.published_letter import public_replies, public_steps
from web.public.published_view import (
    card,
    category_of,
    kind_label,
    publications,
    reading_limit,
    stage_label,
    supports_text,
)
from web.public.supporter import has_supported
from web.services import services
from web.text import gettext

SLUG_LENGTH = 12


@dataclass(frozen=True, kw_only=True)
class Pager:
    """`macros/pager.html`."""

    text: str
    prev_url: str | None
    next_url: str | None


@dataclass(frozen=True, kw_only=True)
class CommentView:
    """A comment that a person has approved; `name` is "" for none."""

    name: str
    text: str
    on: date


@bp.get("/laporan")
@limiter.limit(reading_limit)
def published() -> ResponseReturnValue:
    """The published reports, newest or most met first; a search that found nothing proposes another."""
    asked = asked_of(request.args)
    page = publications().page(asked.wanted, asked.place)
    found_nothing = not page.rows and asked.place is None
    better = publications().spelled_right(asked.wanted.words) if found_nothing else ""
    return render_template(
        "public/published_list.html",
        cards=[card(row) for row in page.rows],
        filters=_filters(asked),
        better=better,
        better_url=list_url(asked, q=better) if better else "",
        pager=_pager(asked, page),
        feed_url=feed_url(asked),
        is_start=not asked.wanted.narrowed and asked.place is None and not asked.data["sort"],
        canonical=_absolute(url_for("public.published")),
    )


@bp.get("/laporan/<slug>")
@limiter.limit(reading_limit)
def published_report(slug: str) -> ResponseReturnValue:
    """One report: its redacted words, where it stands, and what others say."""
    return render_published(shown_report(slug), Form())


@bp.get("/laporan/<slug>/<any(dukung,'batal-dukung',komentar,ikuti):_act>")
def published_again(slug: str, _act: str) -> ResponseReturnValue:
    """For those who reload the address of an act, or switch its language."""
    return redirect(url_for("public.published_report", slug=slug), 303)


def shown_report(slug: str) -> PublishedReport:
    """The report of an address; a 404 for one that is unknown or not shown any more."""
    report = publications().report(slug) if len(slug) == SLUG_LENGTH else None
    if report is None:
        abort(404)
    return report


def render_published(report: PublishedReport, comment: Form, follow: Form | None = None) -> str:
    """The page, with its forms as they were filled in."""
    url = url_for("public.published_report", slug=report.slug)
    return render_template(
        "public/published.html",
        report=report,
        received_on=today(report.received_at),
        published_on=today(report.published_at),
        stage=stage_label(report),
        facts=_facts(report),
        steps=public_steps(report),
        replies=public_replies(report, publications().replies(report.id)),
        supports_text=supports_text(report.supports),
        supported=has_supported(report.id),
        comments=_comments(report),
        form=comment,
        follow=follow or Form(),
        canonical=_absolute(url),
    )


def _comments(report: PublishedReport) -> list[CommentView]:
    found = CommentStore(services().database, services().keyring).approved(report.id)
    return [CommentView(name=one.name, text=one.text, on=today(one.created_at)) for one in found]


def _facts(report: PublishedReport) -> list[tuple[str, str]]:
    return [
        (gettext("Jenis"), kind_label(report)),
        (gettext("Kategori"), category_of(report)),
        (gettext("Tempat"), report.place),
        (gettext("Wilayah"), report.region),
        (gettext("Ditangani oleh"), report.unit),
        (gettext("Instansi"), report.agency if report.agency != report.unit else ""),
    ]


def _filters(asked: Asked) -> dict[str, Any]:
    """`filters` in `public/published_list.html`."""
    with services().database.read() as session:
        agencies = [(str(unit.id), unit.name) for unit in directory_store.agencies(session)]
        subjects = category_store.categories(session)
    return {
        "data": asked.data,
        "kinds": [(kind.value, KINDS[kind]) for kind in Kind],
        "stages": [(stage.value, STAGES[stage]) for stage in Stage],
        "agencies": agencies,
        "categories": [(str(each.id), category_name(each), group_name(each)) for each in subjects],
        "regions": publications().regions(),
        "orders": [(order.value, label) for order, label in ORDERS.items()],
        "active": asked.wanted.narrowed,
        "folded": not any(asked.data[name] for name in ("kind", "stage", "agency", "category", "region")),
    }


def _pager(asked: Asked, page: PublishedPage) -> Pager | None:
    if not page.rows or not (page.more_before or page.more_after):
        return None
    return Pager(
        text=gettext("%(num)d laporan di halaman ini", num=len(page.rows)),
        prev_url=place_url(asked, page.rows[0], "before") if page.more_before else None,
        next_url=place_url(asked, page.rows[-1], "after") if page.more_after else None,
    )


def _absolute(path: str) -> str:
    return f"{services().settings.public_url.rstrip('/')}{path}"
