"""What a reporter does on the page of their case: one table, one way to check, send and answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from db.command_store import TooManyMessagesError
from db.standing_store import StandingStore
from db.vault_store import Gate
from domain.actor import reporter_actor
from domain.case import Action, Channel
from domain.code import show_code
from domain.command import NO_BODY, Body
from domain.table import RULES
from schemas.command import NewCommand
from schemas.report import NewFile
from web.act import submit
from web.answer_page import ActPage, respond
from web.form import Form, checked_id, posted_form, posted_version
from web.language import moment
from web.limit import act_limit, limiter
from web.presenter.labels import ACTIONS
from web.public.blueprint import bp
from web.public.case import held_gate, withdrawal
from web.public.case_page import case_page
from web.public.offer import nudge_again_at, offers, own_commands
from web.public.standing import holder_name
from web.public.upload import read_uploads
from web.services import services
from web.text import LazyText, gettext, lazy_gettext

WORDS_MAX, NOTE_MAX = 4000, 2000
FILES = "files"
RATINGS = frozenset({"", "1", "2", "3", "4", "5"})


@dataclass(frozen=True, kw_only=True)
class ReporterForm:
    """The form of one act of a reporter.

    Attributes:
        path: the last part of its address.
        field: the field with the words; "" if it has none.
        missing: what is said when there are none; None where they may be left out.
        files: whether attachments may go with it.
        body: makes the rest of the content, and adds errors of its own.
        done: what was done and what follows, asked once it is done.
    """

    path: str
    done: Callable[[Gate], str]
    field: str = ""
    missing: LazyText | None = None
    longest: int = WORDS_MAX
    others: tuple[str, ...] = ()
    files: bool = False
    body: Callable[[Form], Body] = lambda form: NO_BODY


def _rating(form: Form) -> Body:
    if form.text("rating") not in RATINGS:
        form.errors["rating"] = gettext("Pilih nilai dari 1 sampai 5, atau tidak menilai.")
        return NO_BODY
    return Body(rating=int(form.text("rating")) if form.text("rating") else None)


def _consent(form: Form) -> Body:
    if not form.ticked("consents"):
        form.errors["consents"] = gettext(
            "Centang bila Anda setuju; tanpa persetujuan tidak ada yang diserahkan."
        )
    return Body(consents=form.ticked("consents"))


def _withdrawn(gate: Gate) -> str:
    if StandingStore(services().database).of(gate.case_id).state.facts.withdrawal_noted:
        return gettext("Pencabutan Anda dicatat; pengaduan berkadar pengawasan tetap diperiksa.")
    return gettext("Laporan Anda dicabut. Bila berubah pikiran, Anda masih dapat membukanya kembali.")


ACTS: Mapping[Action, ReporterForm] = {
    Action.CONFIRM: ReporterForm(
        path="konfirmasi",
        field="words",
        longest=NOTE_MAX,
        others=("rating",),
        body=_rating,
        done=lambda gate: gettext("Terima kasih. Laporan ini selesai atas pernyataan Anda."),
    ),
    Action.DISPUTE: ReporterForm(
        path="sanggahan",
        field="reason",
        missing=lazy_gettext("Tulis apa yang belum selesai."),
        files=True,
        done=lambda gate: gettext(
            "Laporan kembali ke %(unit)s, dan atasannya ikut mengawasi.", unit=holder_name(gate)
        ),
    ),
    Action.MESSAGE: ReporterForm(
        path="pesan",
        field="text",
        missing=lazy_gettext("Tulis pesan Anda."),
        files=True,
        done=lambda gate: gettext("Pesan Anda sudah sampai ke %(unit)s.", unit=holder_name(gate)),
    ),
    Action.COMPLETE: ReporterForm(
        path="jawaban",
        field="text",
        missing=lazy_gettext("Tulis jawaban Anda."),
        files=True,
        done=lambda gate: gettext(
            "Jawaban Anda sudah sampai ke %(unit)s, dan waktunya berjalan lagi.", unit=holder_name(gate)
        ),
    ),
    Action.WITHDRAW: ReporterForm(path="pencabutan", field="words", longest=NOTE_MAX, done=_withdrawn),
    Action.NUDGE: ReporterForm(
        path="ingatkan",
        done=lambda gate: gettext("%(unit)s sudah kami ingatkan.", unit=holder_name(gate)),
    ),
    Action.REOPEN: ReporterForm(
        path="buka-kembali",
        field="words",
        missing=lazy_gettext("Tulis mengapa laporan perlu dibuka kembali."),
        done=lambda gate: gettext(
            "Laporan dibuka kembali di %(unit)s, satu jenjang lebih tinggi.", unit=holder_name(gate)
        ),
    ),
    Action.REVIVE: ReporterForm(
        path="aktifkan-kembali",
        field="words",
        missing=lazy_gettext("Tulis apa yang tadinya kurang."),
        done=lambda gate: gettext("Laporan aktif kembali di %(unit)s.", unit=holder_name(gate)),
    ),
    Action.TRANSFER_TO_OMBUDSMAN: ReporterForm(
        path="ombudsman",
        others=("consents",),
        body=_consent,
        done=lambda gate: gettext("Laporan Anda diserahkan ke Ombudsman dengan persetujuan Anda."),
    ),
}


def act(code: str, action: Action) -> ResponseReturnValue:
    """Takes the form of one row of the table. Words that are missing or too long: 422; too many: 429."""
    gate, act_form = held_gate(code), ACTS[action]
    form = posted_form([name for name in (*act_form.others, act_form.field) if name])
    body = act_form.body(form)
    _check_words(act_form, form)
    files = _files(act_form, form)
    if action is Action.NUDGE and (refused := _too_soon(gate)):
        return refused
    if form.errors:
        return _page(gate, action, form), 422
    version = posted_version() if RULES[action].versioned else None
    words = form.text(act_form.field)
    new = _command(gate, form, action, words=words, body=body, version=version, files=files)
    try:
        return _send(gate, form, new, act_form.done)
    except TooManyMessagesError:
        form.errors["text"] = gettext(
            "Belum terkirim: laporan ini menerima paling banyak 5 pesan per jam dan 20 pesan seluruhnya. "
            "Kata-kata Anda masih ada; salin, lalu kirim lagi nanti."
        )
        return _page(gate, action, form), 429


@bp.post("/lacak/<code>/batalkan")
@limiter.limit(act_limit)
def cancel(code: str) -> ResponseReturnValue:
    """Calls back an own act that still waits. What came to an end meanwhile is told as it is."""
    gate, form, cancels = held_gate(code), posted_form(()), checked_id(request.form.get("cancels", ""))
    pending = [*own_commands(gate, "waiting"), *own_commands(gate, "cancelling")]
    if cancels not in {entry.command.id for entry in pending}:
        flash(gettext("Kiriman itu sudah tidak menunggu lagi; lihat keadaannya di bawah."), "info")
        return redirect(url_for("public.case", code=show_code(gate.code)), 303)
    new = _command(gate, form, Action.CANCEL, body=Body(cancels=cancels))
    return _send(gate, form, new, lambda _: gettext("Kiriman Anda dibatalkan dan tidak akan dijalankan."))


def _register() -> None:
    """One address for each row of the table."""
    for action, act_form in ACTS.items():
        rule, endpoint = f"/lacak/<code>/{act_form.path}", action.value
        bp.add_url_rule(rule, endpoint, _view(action), methods=["POST"])


def _view(action: Action) -> Callable[[str], ResponseReturnValue]:
    def view(code: str) -> ResponseReturnValue:
        return act(code, action)

    view.__name__ = action.value
    limited: Callable[[str], ResponseReturnValue] = limiter.limit(act_limit)(view)
    return limited


_register()


def _page(gate: Gate, action: Action, form: Form) -> str:
    """The page that has the form: the withdrawal has one of its own."""
    return withdrawal(gate, form) if action is Action.WITHDRAW else case_page(gate, {action: form})


def _too_soon(gate: Gate) -> ResponseReturnValue | None:
    """Once a day is heard; more would only be noise, and is told when again."""
    state = StandingStore(services().database).of(gate.case_id).state
    again_at = nudge_again_at(state, services().now())
    if again_at is None:
        return None
    flash(
        gettext("Petugas sudah Anda ingatkan. Anda dapat mengingatkan lagi %(when)s.", when=moment(again_at)),
        "info",
    )
    return redirect(url_for("public.case", code=show_code(gate.code)), 303)


def _command(gate: Gate, form: Form, action: Action, **content: object) -> NewCommand:
    actor = reporter_actor(Channel.WEB)
    return NewCommand.model_validate(
        {"id": form.command_id, "case_id": gate.case_id, "action": action, "actor": actor, **content}
    )


def _send(gate: Gate, form: Form, new: NewCommand, done: Callable[[Gate], str]) -> ResponseReturnValue:
    def form_again(objection: str) -> str | None:
        if not offers(gate, new.action):
            return None
        flash(objection, "warning")
        return _page(gate, new.action, form.renewed())

    code, answer = show_code(gate.code), submit(new)
    page = ActPage(
        label=ACTIONS[new.action],
        code=code,
        back_url=url_for("public.case", code=code),
        done=done(gate) if answer.succeeded else "",
        form_again=form_again,
    )
    return respond(answer, page)


def _files(act_form: ReporterForm, form: Form) -> tuple[NewFile, ...]:
    """What goes with the words; nothing while something is wrong with the form."""
    if not act_form.files:
        return ()
    form.uploads = read_uploads(FILES)
    if form.uploads.error:
        form.errors[FILES] = form.uploads.error
    return () if form.errors else form.uploads.files


def _check_words(act_form: ReporterForm, form: Form) -> None:
    name = act_form.field
    if name and act_form.missing is not None and not form.text(name):
        form.errors[name] = str(act_form.missing)
    if len(form.text(name)) > act_form.longest:
        form.errors[name] = gettext("Terlalu panjang: paling banyak %(max)d huruf.", max=act_form.longest)
