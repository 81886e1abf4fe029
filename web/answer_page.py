"""How a page speaks of an act that it has submitted: done, refused, waiting, or already sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from db import directory_store
from domain.command import Refusal
from web.act import Answer, AnswerKind
from web.language import moment
from web.presenter.labels import actor_label
from web.presenter.refusal import refusal_sentence, units_of_refusal, was_preceded
from web.services import services
from web.text import LazyText, gettext


@dataclass(frozen=True, kw_only=True)
class ActPage:
    """What a page knows of its act.

    Attributes:
        label: the act as a noun, such as `labels.ACTIONS[Action.ANSWER]`.
        code: the case.
        back_url: the page of the case, where a success leads.
        done: what was done and what follows, in one or two sentences.
        form_again: gets the objection in words; gives the page with it (flashed as "warning" just before
            it is rendered) and with the form, the words kept, under a new id (`Form.renewed`); None if the
            case no longer offers that form. Called only for a refusal or an id that was used before.
    """

    label: LazyText
    code: str
    back_url: str
    done: str
    form_again: Callable[[str], str | None]


def respond(answer: Answer, page: ActPage) -> ResponseReturnValue:
    """303 with what was done, 202 while it waits, 409 with the reason and the words.

    A form whose act was called back is told so, and comes again under a new id.
    """
    if answer.succeeded:
        flash(_success(answer, page), "info" if answer.kind is AnswerKind.SENT_BEFORE else "success")
        return redirect(page.back_url, 303)
    if answer.kind is AnswerKind.WAITING:
        return _message("waiting", answer, page), 202
    again = page.form_again(_objection(answer))
    if again is not None:
        return again, 409
    return _message(_OUTCOMES[answer.kind], answer, page), 409


_OUTCOMES = {
    AnswerKind.REFUSED: "refused",
    AnswerKind.CANCELLED: "cancelled",
    AnswerKind.CANCELLING: "cancelling",
    AnswerKind.OTHER_BODY: "already_sent",
}


def _success(answer: Answer, page: ActPage) -> str:
    if answer.kind is AnswerKind.SENT_BEFORE:
        assert answer.at is not None  # noqa: S101  there is an instant for all but `OTHER_BODY`
        return gettext(
            "Kata-kata yang sama sudah terkirim (%(when)s), jadi tidak kami kirim dua kali. "
            "Jika memang perlu dikirim lagi, ubah sedikit kata-katanya.",
            when=moment(answer.at),
        )
    if answer.again:
        return gettext("Yang Anda kirim sudah diterapkan. Tidak ada yang terkirim dua kali.")
    if answer.kind is AnswerKind.FOLLOWS:
        return gettext("%(done)s Halaman ini menyusul sebentar lagi.", done=page.done)
    return page.done


def already_sent() -> str:
    """What is said of a form whose id has carried other words; it comes again under a new id."""
    return f"{_other_body()} {_kept()}"


def _other_body() -> str:
    return gettext("Formulir ini sudah pernah terkirim dengan isi lain; yang baru ini belum terkirim.")


def _kept() -> str:
    return gettext("Kata-kata Anda masih ada di bawah.")


def _objection(answer: Answer) -> str:
    kept = _kept() if answer.words else ""
    if answer.kind is AnswerKind.CANCELLED:
        first = gettext("Anda sudah membatalkan kiriman ini, jadi tidak dijalankan.")
    elif answer.kind is AnswerKind.CANCELLING:
        first = gettext("Anda sudah meminta kiriman ini dibatalkan; sementara itu tidak dijalankan.")
    elif answer.kind is AnswerKind.OTHER_BODY:
        first = _other_body()
    else:
        first = gettext("Belum dapat dilakukan. %(reason)s", reason=_reason(answer.refusal))
    return f"{first} {kept}".strip()


def _reason(refusal: Refusal | None) -> str:
    if refusal is None:
        return gettext("Tindakan ini tidak dapat diterapkan pada waktunya.")
    return refusal_sentence(refusal, _unit_names(refusal))


def _unit_names(refusal: Refusal) -> dict[int, str]:
    with services().database.read() as session:
        return directory_store.unit_names(session, units_of_refusal(refusal))


def _message(outcome: str, answer: Answer, page: ActPage) -> str:
    refusal = answer.refusal if answer.refusal is not None and was_preceded(answer.refusal) else None
    by = "" if refusal is None or refusal.by is None else actor_label(refusal.by, _unit_names(refusal))
    return render_template(
        "public/message.html",
        outcome=outcome,
        label=page.label,
        code=page.code,
        at=(refusal.at if refusal else None) or answer.at or services().now(),
        by=by,
        reason=_reason(answer.refusal),
        draft=answer.words,
        back_url=page.back_url,
    )
