"""Regions: what the picker suggests, and which one is meant by what was typed into a form."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from db import region_store
from db.region_store import Region
from web.form import Form, clean
from web.limit import limiter, suggest_limit
from web.public.blueprint import bp
from web.services import services

SHORTEST = 2


@bp.get("/wilayah")
@limiter.limit(suggest_limit)
def regions() -> ResponseReturnValue:
    """The best matches for `?q=` as JSON: a list of `code` and `name`, empty for less than two letters."""
    found = matches(clean(request.args.get("q", "")))
    return [{"code": region.code, "name": region.path} for region in found]


def matches(query: str) -> list[Region]:
    """At most ten regions, the best first."""
    if len(query) < SHORTEST:
        return []
    with services().database.read() as session:
        return region_store.find_regions(session, query)


def settle_region(form: Form) -> list[Region]:
    """Fills in the region that a form means; else what it may mean.

    A chosen code counts only beside the words that it was chosen for: who types other words means another
    region. Without one the words count if they are the whole name of a region, or fit but one.
    """
    typed, code = form.text("region"), form.text("region_code")
    with services().database.read() as session:
        chosen = region_store.region(session, code) if typed == form.text("region_asked") else None
    if chosen is not None:
        _fill(form, chosen)
        return []
    found = matches(typed)
    exact = [region for region in found if region.path.casefold() == typed.casefold()]
    if exact or len(found) == 1:
        _fill(form, (exact or found)[0])
        return []
    form.data |= {"region_asked": typed, "region_code": ""}
    return found


def _fill(form: Form, region: Region) -> None:
    form.data |= {"region": region.path, "region_asked": region.path, "region_code": region.code}
