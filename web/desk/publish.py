"""Making a report public: the redacted version beside the original, changed, published and taken back."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from db.command_store import OtherBodySentError
from db.publication_store import NotPublishableError, OtherEditionError, Sheet
from domain.code import show_code
from domain.publication import PublicationAct, WithdrawalReason, may_publish
from web.answer_page import already_sent
from web.desk.blueprint import bp
from web.desk.opened import OpenCase, open_case
from web.desk.publish_form import edited_form, edition_of, fresh_form, original_of, posted_edition
from web.desk.publish_page import publication_card, publication_of, publication_store, render_editor
from web.form import Form, posted_form
from web.text import gettext

bp.context_processor(lambda: {"publication_card": publication_card})


@bp.get("/desk/<code>/publikasi")
def publication(code: str) -> ResponseReturnValue:
    """The editor of the public version, or why there is none."""
    case = _for_publisher(code)
    original = original_of(case)
    return render_editor(case, original, fresh_form(original, publication_of(case)), Form())


@bp.post("/desk/<code>/publikasi")
def publish(code: str) -> ResponseReturnValue:
    """Shows the edited version to everybody from now on; the same form does so once."""
    case = _for_publisher(code)
    original = original_of(case)
    form = edited_form(original)
    if form.errors:
        return render_editor(case, original, form, Form(), edition=posted_edition()), 400
    try:
        act = publication_store().publish(_sheet(case, form), edition_of(form, original))
    except OtherBodySentError:
        flash(already_sent(), "warning")
        return render_editor(case, original, form.renewed(), Form()), 409
    except OtherEditionError:
        return _overtaken(case, form)
    except NotPublishableError:
        flash(gettext("Laporan ini tidak boleh dipublikasikan. Tidak ada yang ditampilkan."), "warning")
        return render_editor(case, original, form.renewed(), Form()), 409
    if not _is_shown(case):
        flash(gettext("Yang Anda kirim sudah diterapkan. Tidak ada yang terkirim dua kali."), "info")
        return _to_editor(case)
    new = act is PublicationAct.PUBLISHED
    flash(
        gettext("Laporan ini sekarang dapat dibaca umum.") if new else gettext("Versi publik sudah diubah."),
        "success",
    )
    return _to_editor(case)


@bp.post("/desk/<code>/publikasi/tarik")
def unpublish(code: str) -> ResponseReturnValue:
    """Takes the public version back at once, with a reason."""
    case = _for_publisher(code)
    form = posted_form(("reason",))
    reason = next((one for one in WithdrawalReason if one.value == form.text("reason")), None)
    if reason is None:
        form.errors["reason"] = gettext("Pilih alasannya.")
        original = original_of(case)
        return render_editor(case, original, fresh_form(original, publication_of(case)), form), 400
    try:
        publication_store().unpublish(_sheet(case, form), reason)
    except OtherBodySentError:
        flash(already_sent(), "warning")
        original = original_of(case)
        kept = fresh_form(original, publication_of(case))
        return render_editor(case, original, kept, form.renewed()), 409
    except OtherEditionError:
        flash(
            gettext("Versi publik sudah berubah sejak halaman ini dibuka. Periksa lagi di bawah."), "warning"
        )
        return _to_editor(case)
    flash(gettext("Laporan ini tidak lagi dapat dibaca umum."), "success")
    return _to_editor(case)


@bp.get("/desk/<code>/publikasi/tarik")
def publication_again(code: str) -> ResponseReturnValue:
    """For those who reload the address of an act, or switch its language."""
    return redirect(url_for("desk.publication", code=code), 303)


def _is_shown(case: OpenCase) -> bool:
    """Whether what a form has published is still there; a form sent once more may come after its end."""
    publication = publication_of(case)
    return publication is not None and publication.live


def _for_publisher(code: str) -> OpenCase:
    """The case, for those who decide what of it is public."""
    case = open_case(code)
    if not may_publish(case.actor):
        abort(403)
    return case


def _sheet(case: OpenCase, form: Form) -> Sheet:
    return Sheet(
        form_id=form.command_id, case_id=case.file.case_id, version=posted_edition(), actor=case.actor
    )


def _overtaken(case: OpenCase, form: Form) -> ResponseReturnValue:
    """Another person was quicker: their version stands, and this one's words are kept to be compared."""
    flash(
        gettext(
            "Versi publik diubah orang lain sejak Anda membukanya. Kata-kata Anda masih ada di bawah dan "
            "belum ditampilkan; bandingkan dengan versi yang tampil, lalu kirim lagi."
        ),
        "warning",
    )
    return render_editor(case, original_of(case), form.renewed(), Form()), 409


def _to_editor(case: OpenCase) -> ResponseReturnValue:
    return redirect(url_for("desk.publication", code=show_code(case.file.code)), 303)
