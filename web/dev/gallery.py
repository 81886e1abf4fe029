"""Every mail that Tuntas writes, in both languages, with invented contents: to be looked at side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from mail.render import LANGUAGES, RenderedMail, render
from schemas.mail import NEEDS_REPORTER, Digest, DigestLine, MailTemplate, OutgoingMail
from web.dev.blueprint import bp
from web.dev.frame import framed
from web.presenter.delivery import TEMPLATES
from web.services import services
from web.text import LazyText, lazy_gettext

CODE, OTHER_CODE = "7F3K9QW2TX", "0123456789"
DUE_AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
UNIT = "Dinas Pekerjaan Umum Kota Contoh"
FOLLOWED = (MailTemplate.FOLLOW_CONFIRM, MailTemplate.FOLLOW_NEWS)
DIGEST = Digest(
    lines=(
        DigestLine(code=CODE, template=MailTemplate.STAFF_LATE, due_at=DUE_AT),
        DigestLine(code=OTHER_CODE, template=MailTemplate.STAFF_MESSAGE, due_at=None),
        DigestLine(code=CODE, template=MailTemplate.STAFF_NUDGED, due_at=DUE_AT + timedelta(days=3)),
    ),
    unlisted=12,
    reports=9,
)


@dataclass(frozen=True, kw_only=True)
class SampleView:
    """One mail in each language, and whether it waits for its reporter."""

    name: str
    title: LazyText
    needed: bool
    written: dict[str, RenderedMail]


@dataclass(frozen=True, kw_only=True)
class GroupView:
    """The mails to one kind of readers."""

    name: str
    title: LazyText
    samples: list[SampleView]


@bp.get("/mails")
def mails() -> ResponseReturnValue:
    """The gallery."""
    to_staff = [one for one in MailTemplate if one.startswith("staff_")]
    to_reporters = [one for one in MailTemplate if one not in to_staff and one not in FOLLOWED]
    groups = [
        _group("pelapor", lazy_gettext("Kepada pelapor"), to_reporters),
        _group("petugas", lazy_gettext("Kepada petugas"), to_staff),
        _group("pengikut", lazy_gettext("Kepada pengikut laporan publik"), list(FOLLOWED)),
    ]
    return render_template("dev/mails.html", groups=groups, languages=LANGUAGES)


@bp.get("/mails/<language>/<name>.html")
def sample(language: str, name: str) -> ResponseReturnValue:
    """The HTML of one mail, for the gallery's frames."""
    if language not in LANGUAGES or name not in set(MailTemplate):
        abort(404)
    return framed(written(MailTemplate(name), language).html)


def written(template: MailTemplate, language: str) -> RenderedMail:
    """A mail with invented contents; its links open nothing."""
    mail, links = _mail(template, language), services().links
    return render(mail, links.link(mail), links.preference_link(mail), links.stop_link(mail))


def _group(name: str, title: LazyText, templates: list[MailTemplate]) -> GroupView:
    return GroupView(name=name, title=title, samples=[_sample(template) for template in templates])


def _sample(template: MailTemplate) -> SampleView:
    return SampleView(
        name=template.value,
        title=TEMPLATES[template],
        needed=template in NEEDS_REPORTER,
        written={language: written(template, language) for language in LANGUAGES},
    )


def _mail(template: MailTemplate, language: str) -> OutgoingMail:
    return OutgoingMail(
        outbox_id=0,
        case_id=0,
        code="" if template in FOLLOWED else CODE,
        template=template,
        locale=language,
        to_address="",
        to_reporter=not template.startswith("staff_") and template not in FOLLOWED,
        unit_name=UNIT,
        due_at=DUE_AT,
        zone="Asia/Jakarta",
        attempts=0,
        digest=DIGEST if template is MailTemplate.STAFF_DIGEST else None,
        subscription_id=0 if template in FOLLOWED else None,
        title="Lampu jalan padam di depan sekolah" if template in FOLLOWED else "",
        stage="in_progress" if template in FOLLOWED else "",
    )
