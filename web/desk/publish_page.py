"""The editor of a public version as its page shows it, and its card beside the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, url_for

from db import directory_store
from db.publication_store import Publication, PublicationEntry, PublicationStore
from domain.code import show_code
from domain.publication import is_publishable, may_publish
from web.desk.opened import OpenCase, open_case
from web.desk.publish_form import Original, left_in, reply_field, show_field
from web.form import Form
from web.language import day, language
from web.presenter.conversation import KINDS
from web.presenter.labels import KINDS as REPORT_KINDS
from web.presenter.labels import ROLES, STAGES
from web.presenter.published import ACTS, PERSONAL, WITHDRAWALS, reason_label
from web.public.published_view import publications
from web.services import services
from web.text import LazyText, gettext


@dataclass(frozen=True, kw_only=True)
class CardView:
    """`desk/publication_card.html`: one sentence, and where to act."""

    text: str
    editor_url: str
    public_url: str


@dataclass(frozen=True, kw_only=True)
class ReplyView:
    """A reply in the editor."""

    id: int
    label: str
    at: datetime
    original: str
    text_field: str
    show_field: str


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One change in the log."""

    text: LazyText
    at: datetime
    by: str
    reason: str


def publication_store() -> PublicationStore:
    """The publications of the running application."""
    return PublicationStore(services().database, services().keyring)


def publication_of(case: OpenCase) -> Publication | None:
    """What was made public of the case, if anything ever was."""
    return publication_store().of_case(case.file.case_id)


def publication_card(code: str) -> CardView | None:
    """The card beside a case; None where there is nothing to say or the person decides nothing of it."""
    case = open_case(code)
    if not may_publish(case.actor):
        return None
    live = _live(publication_of(case))
    if live is None and blocked_by(case):
        return None
    text = (
        gettext("Versi yang disamarkan sedang tampil.")
        if live
        else gettext("Boleh dipublikasikan; belum tampil.")
    )
    return CardView(
        text=blocked_by(case) or text,
        editor_url=url_for("desk.publication", code=show_code(case.file.code)),
        public_url="" if live is None or blocked_by(case) else _public_url(live),
    )


def blocked_by(case: OpenCase) -> str:
    """Why nothing of the case may be shown now; "" if something may."""
    if case.file.secret:
        return gettext("Laporan ini rahasia; laporan rahasia tidak pernah dipublikasikan.")
    if is_publishable(case.state, secret=case.file.secret):
        return ""
    if not case.state.facts.publish:
        return gettext("Publikasi belum diizinkan. Izinnya diberikan pada disposisi.")
    return gettext("Laporan ini digabungkan, dicabut, atau bukan laporan yang sungguh-sungguh.")


def render_editor(
    case: OpenCase, original: Original, form: Form, withdrawal: Form, edition: int | None = None
) -> str:
    """The page; `edition` is the version that a form with errors was made from."""
    publication = publication_of(case)
    live = _live(publication)
    return render_template(
        "desk/publish.html",
        code=show_code(case.file.code),
        original=original,
        form=form,
        withdrawal=withdrawal,
        edition=edition if edition is not None else 0 if publication is None else publication.version,
        live=live,
        public_url="" if live is None or blocked_by(case) else _public_url(live),
        blocked=blocked_by(case),
        facts=_facts(case),
        replaced=_replaced(original),
        names=list(dict.fromkeys(name for found in original.found.values() for name in found.names)),
        left=left_in(form, original),
        replies=_replies(original),
        reasons=[(reason.value, label) for reason, label in WITHDRAWALS.items()],
        log=_log(publication),
    )


def _live(publication: Publication | None) -> Publication | None:
    return publication if publication is not None and publication.live else None


def _public_url(publication: Publication) -> str:
    return url_for("public.published_report", slug=publication.slug)


def _facts(case: OpenCase) -> list[tuple[str, str]]:
    """What the public page says besides the words, by itself."""
    state = case.state
    category, region = publications().subject_and_region(case.file.case_id)
    with services().database.read() as session:
        ids = {state.holder.id, state.holder.agency_id}
        names = directory_store.unit_names(session, ids)
    return [
        (gettext("Jenis"), str(REPORT_KINDS[state.kind])),
        (gettext("Kategori"), "" if category is None else category[language() == "en"]),
        (gettext("Wilayah"), region),
        (gettext("Ditangani oleh"), names.get(state.holder.id, "")),
        (gettext("Instansi"), names.get(state.holder.agency_id, "")),
        (gettext("Tahap"), str(STAGES[state.stage])),
        (gettext("Diterima"), day(case.file.received_at)),
    ]


def _replaced(original: Original) -> list[tuple[str, LazyText]]:
    """What was hidden by itself, each once, with what it looked like."""
    found = {words: PERSONAL[kind] for each in original.found.values() for kind, words in each.replaced}
    return list(found.items())


def _replies(original: Original) -> list[ReplyView]:
    return [
        ReplyView(
            id=reply.id,
            label=str(KINDS[reply.kind]),
            at=reply.created_at,
            original=reply.text,
            text_field=reply_field(reply.id),
            show_field=show_field(reply.id),
        )
        for reply in original.replies
    ]


def _log(publication: Publication | None) -> list[LogLine]:
    if publication is None:
        return []
    entries = publication_store().log(publication.id)
    with services().database.read() as session:
        units = {entry.unit_id for entry in entries if entry.unit_id is not None}
        names = directory_store.unit_names(session, units)
    return [_line(entry, names) for entry in entries]


def _line(entry: PublicationEntry, names: dict[int, str]) -> LogLine:
    role = "" if entry.role is None else str(ROLES[entry.role])
    by = ", ".join(part for part in (role, names.get(entry.unit_id or 0, "")) if part)
    return LogLine(text=ACTS[entry.act], at=entry.at, by=by, reason=reason_label(entry.act, entry.reason))
