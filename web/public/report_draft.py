"""The report that this browser has begun: its answers so far, kept on the server for a day."""

from __future__ import annotations

import logging

from sqlalchemy.exc import OperationalError

from db.draft_store import ReportDraft
from web.form import Form
from web.public.grant import begun_forms, form_id
from web.public.upload import Uploads, kept_uploads, owner_of
from web.services import services

log = logging.getLogger(__name__)
REACHED = "reached"
"""The step that comes next, among the answers of a draft."""


def own_draft() -> ReportDraft | None:
    """The draft that this browser changed last; none that has become a report."""
    given, begun = services(), begun_forms()
    draft = given.report_drafts.newest(begun, given.now()) if begun else None
    if draft is not None and given.intakes.find(draft.intake_id) is not None:
        given.report_drafts.discard(draft.intake_id)
        return None
    return draft


def own_id(posted: str) -> str:
    """The posted id if this browser was given it and it has made no report; else that of its next report."""
    if posted in begun_forms() and services().intakes.find(posted) is None:
        return posted
    return form_id()


def sent_ahead(intake_id: str) -> Uploads:
    """The files that already wait for a form of which nothing else is kept, so that none goes unseen.

    While the database is away only new forms are given out, and for those nothing waits.
    """
    try:
        return kept_uploads(intake_id)
    except OperationalError:
        return Uploads(form_id=intake_id)


def keep_answers(intake_id: str, form: Form, reached: int) -> None:
    """Adds the answers of a page to the draft. Raises: OperationalError."""
    given = services()
    given.report_drafts.keep(intake_id, {**form.data, REACHED: str(reached)}, given.now())


def forget_draft(intake_id: str) -> None:
    """The report is there, so its draft goes; what is left after a failure goes within a day."""
    try:
        services().report_drafts.discard(intake_id)
    except OperationalError:
        log.warning("the draft of a report stays until it is swept")


def throw_away(intake_id: str) -> None:
    """Nothing that this browser has begun under that id is left, nor its files. Raises: OperationalError."""
    if intake_id not in begun_forms():
        return
    owner = owner_of(intake_id)
    services().uploads.drop(owner, [file.id for file in services().uploads.of_form(owner)])
    services().report_drafts.discard(intake_id)


def next_step(draft: ReportDraft) -> int:
    """Where its reporter goes on."""
    reached = draft.answers.get(REACHED, "1")
    return int(reached) if isinstance(reached, str) and reached in {"1", "2", "3", "4"} else 1
