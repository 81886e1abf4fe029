"""Who may ask for what: every route of the application, by its endpoint. One that is not here is a mistake.

`public` pages guard single cases themselves (code, key, mail token); `staff` routes are guarded as a whole by
their blueprints; `machine` routes check the signature of each call; `demo` routes do not exist outside demo
mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Who(StrEnum):
    """The people (or machines) that a route is for."""

    PUBLIC = "public"
    STAFF = "staff"
    MACHINE = "machine"
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
    "public.complete": Who.PUBLIC,
    "public.withdraw_page": Who.PUBLIC,
    "public.withdraw": Who.PUBLIC,
    "public.nudge": Who.PUBLIC,
    "public.reopen": Who.PUBLIC,
    "public.revive": Who.PUBLIC,
    "public.transfer_to_ombudsman": Who.PUBLIC,
    "public.cancel": Who.PUBLIC,
    "public.forget_here": Who.PUBLIC,
    "public.attachment": Who.PUBLIC,
    "auth.login": Who.PUBLIC,
    "auth.logout": Who.STAFF,
    "desk.cases": Who.STAFF,
    "desk.case": Who.STAFF,
    "desk.case_again": Who.STAFF,
    "desk.follow_up": Who.STAFF,
    "desk.answer": Who.STAFF,
    "desk.ask": Who.STAFF,
    "desk.take_back": Who.STAFF,
    "desk.correct_reply": Who.STAFF,
    "desk.contribute": Who.STAFF,
    "desk.note": Who.STAFF,
    "desk.dispose": Who.STAFF,
    "desk.not_ours": Who.STAFF,
    "desk.return_case": Who.STAFF,
    "desk.redispose": Who.STAFF,
    "desk.reassign": Who.STAFF,
    "desk.reclassify": Who.STAFF,
    "desk.extend": Who.STAFF,
    "desk.archive": Who.STAFF,
    "desk.merge": Who.STAFF,
    "desk.unmerge": Who.STAFF,
    "desk.reopen": Who.STAFF,
    "desk.revive": Who.STAFF,
    "desk.claim": Who.STAFF,
    "desk.release": Who.STAFF,
    "desk.cancel": Who.STAFF,
    "desk.attachment": Who.STAFF,
    "hooks.sendgrid": Who.MACHINE,
    "dev.sendgrid": Who.DEMO,
    "dev.outbox": Who.DEMO,
    "dev.outbox_json": Who.DEMO,
}
