"""Published reports as an Atom feed, and what search engines may read.

Source: RFC 4287 (Atom), RFC 4151 (tag addresses), RFC 9309 (robots.txt).
"""

from __future__ import annotations

import xml.etree.ElementTree as Tree
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from db.publication_query import PublishedFilter, PublishedReport
from web.limit import limiter
from web.public.blueprint import bp
from web.public.published_asked import asked_of, feed_url
from web.public.published_view import publications, reading_limit
from web.services import services

ATOM = "http://www.w3.org/2005/Atom"
FEED_SIZE = 30
NEVER_YET = datetime(2025, 1, 1, tzinfo=UTC)
"""When a feed without reports was last changed."""
NOT_FOR_MACHINES = (
    "/desk",
    "/dev",
    "/hooks",
    "/ikuti/",
    "/l/",
    "/lacak",
    "/lapor/",
    "/m/",
    "/masuk",
    "/reports",
    "/surel/",
)


@bp.get("/laporan/umpan.atom")
@limiter.limit(reading_limit)
def feed() -> ResponseReturnValue:
    """The newest reports, of all or of one agency, subject or region."""
    asked = asked_of(request.args)
    asked_for = asked.wanted
    wanted = PublishedFilter(
        agency_id=asked_for.agency_id,
        category_id=asked_for.category_id,
        region_code=asked_for.region_code,
    )
    rows = publications().page(wanted, size=FEED_SIZE).rows
    response = Response(_feed(rows, feed_url(asked)), mimetype="application/atom+xml")
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """Pages about single people's reports are nobody's to find by a search."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_MACHINES), ""]
    return Response("\n".join(lines), mimetype="text/plain")


def _feed(rows: tuple[PublishedReport, ...], path: str) -> bytes:
    root = Tree.Element("feed", {"xmlns": ATOM, "xml:lang": "id"})
    _add(root, "id", _tag(path))
    _add(root, "title", "Tuntas: laporan publik")
    _add(root, "updated", max((row.changed_at for row in rows), default=NEVER_YET).isoformat())
    Tree.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": _absolute(path)})
    page = _absolute(url_for("public.published"))
    Tree.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": page})
    _add(Tree.SubElement(root, "author"), "name", "Tuntas")
    for row in rows:
        _entry(root, row)
    content: bytes = Tree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _entry(root: Tree.Element, row: PublishedReport) -> None:
    path = url_for("public.published_report", slug=row.slug)
    entry = Tree.SubElement(root, "entry")
    _add(entry, "id", _tag(path))
    _add(entry, "title", row.title)
    _add(entry, "published", row.published_at.isoformat())
    _add(entry, "updated", row.changed_at.isoformat())
    Tree.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": _absolute(path)})
    if row.category is not None:
        Tree.SubElement(entry, "category", {"term": row.category[0]})
    _add(entry, "summary", row.text)


def _add(parent: Tree.Element, name: str, text: str) -> None:
    Tree.SubElement(parent, name).text = text


def _absolute(path: str) -> str:
    return f"{services().settings.public_url.rstrip('/')}{path}"


def _tag(path: str) -> str:
    """An id that stays when the address of the installation's web moves to another scheme or port."""
    host = urlsplit(services().settings.public_url).hostname or "tuntas.invalid"
    return f"tag:{host},2025:{path}"
