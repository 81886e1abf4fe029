"""Who may ask for what: every route of the application, by its endpoint. One that is not here is a mistake.

`public` pages guard single cases themselves (code, key, mail token); `staff` routes are guarded as a whole by
their blueprints; `demo` routes do not exist outside demo mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Who(StrEnum):
    """The people (or machines) that a route is for."""

    PUBLIC = "public"
    STAFF = "staff"
    DEMO = "demo"


ROUTES: Mapping[str, Who] = {
    "static": Who.PUBLIC,
    "health.healthz": Who.PUBLIC,
    "health.readyz": Who.PUBLIC,
    "public.home": Who.PUBLIC,
    "public.report_form": Who.PUBLIC,
    "public.report_form_again": Who.PUBLIC,
    "public.submit_report": Who.PUBLIC,
    "public.receipt": Who.PUBLIC,
    "public.track": Who.PUBLIC,
    "public.track_with_key": Who.PUBLIC,
    "public.open_with_key": Who.PUBLIC,
    "public.open_from_mail": Who.PUBLIC,
    "public.prove_from_mail": Who.PUBLIC,
    "public.case": Who.PUBLIC,
    "public.case_again": Who.PUBLIC,
    "public.confirm": Who.PUBLIC,
    "public.dispute": Who.PUBLIC,
    "public.message": Who.PUBLIC,
    "public.forget_here": Who.PUBLIC,
    "public.attachment": Who.PUBLIC,
    "auth.login": Who.PUBLIC,
    "auth.logout": Who.STAFF,
    "desk.cases": Who.STAFF,
    "desk.case": Who.STAFF,
    "desk.case_again": Who.STAFF,
    "desk.dispose": Who.STAFF,
    "desk.follow_up": Who.STAFF,
    "desk.answer": Who.STAFF,
    "desk.attachment": Who.STAFF,
    "dev.sendgrid": Who.DEMO,
    "dev.outbox": Who.DEMO,
    "dev.outbox_json": Who.DEMO,
}
