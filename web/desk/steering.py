"""The forms that class, prolong, end, join or bring back a case."""

from __future__ import annotations

from collections.abc import Mapping

from domain.act.raising import LAST_BY_HAND
from domain.case import OPEN_STAGES, Action, EndReason, Kind
from domain.code import MalformedCodeError, parse_code
from domain.command import Body, OtherCase
from web.desk.choice import archive_options, other_kind_options
from web.desk.classing import CATEGORY
from web.desk.field import CODE_LENGTH, NOTE_LENGTH, ActForm, Content, Field, Widget
from web.desk.opened import OpenCase, desk_query, onlooker, rung_above, speaks_once_taken
from web.form import Form
from web.presenter.duration import duration
from web.presenter.labels import RUNGS
from web.services import services
from web.text import gettext, lazy_gettext

_REPORTER_READS = lazy_gettext("Pelapor membaca penjelasan ini.")
_NOTE = Field(
    name="note",
    label=lazy_gettext("Catatan untuk petugas lain"),
    hint=lazy_gettext("Pelapor tidak melihat catatan ini."),
    optional=True,
    rows=2,
    longest=NOTE_LENGTH,
)


def _archive(case: OpenCase, form: Form) -> Content:
    reason = next((one for one in EndReason if one.value == form.text("end_reason")), None)
    return Content(body=Body(end_reason=reason), words=form.text("words"))


def _reclassify(case: OpenCase, form: Form) -> Content:
    """Another kind, another category, or both."""
    kind = next((one for one in Kind if one.value == form.text("kind")), None)
    category = form.text("category")
    chosen = int(category) if category.isdecimal() and len(category) < 10 else None
    if kind is None and chosen in {None, case.state.facts.category_id}:
        form.errors.setdefault("kind", gettext("Pilih jenis atau kategori yang berbeda dari yang sekarang."))
    return Content(body=Body(kind=kind, category_id=chosen), words=form.text("words"))


def _granted(case: OpenCase) -> str:
    extension = case.state.policy.extension
    return gettext(
        "Tenggat penyelesaian ditambah %(amount)s, satu kali saja. "
        "Keterlambatan yang sudah tercatat tetap tercatat.",
        amount=duration(extension.value, extension.unit),
    )


def _merge(case: OpenCase, form: Form) -> Content:
    """Joins an open elder case of the same secrecy that this person may see; any other is as unknown."""
    other, problem = _elder(case, form.text("code"))
    if form.text("code") and problem:
        form.errors["code"] = problem
    return Content(body=Body(other=other), words=form.text("note"))


def _elder(case: OpenCase, typed: str) -> tuple[OtherCase | None, str]:
    unknown = gettext("Kode ini tidak kami kenal, atau bukan laporan yang dapat Anda lihat. Periksa lagi.")
    try:
        code = parse_code(typed)
    except MalformedCodeError:
        return None, unknown
    found = desk_query().visible_case(onlooker(case.person), code)
    elder = None if found is None else services().reader.by_id(found)
    if elder is None:
        return None, unknown
    if elder.case_id == case.file.case_id:
        return None, gettext("Ini kode laporan ini sendiri. Tulis kode laporan yang lebih dahulu.")
    if elder.case_id > case.file.case_id:
        return None, gettext("Laporan itu diterima sesudah yang ini. Gabungkan dari sana ke sini.")
    if elder.secret is not case.file.secret:
        return None, gettext("Laporan rahasia dan laporan biasa tidak dapat digabungkan.")
    if elder.state.stage not in OPEN_STAGES:
        return None, gettext("Laporan itu sudah berakhir; pilih yang masih terbuka.")
    return OtherCase(id=elder.case_id, code=elder.code, secret=elder.secret), ""


def _joining(case: OpenCase) -> str:
    return gettext(
        "Laporan ini diarsipkan sebagai laporan ganda; pelapornya mengikuti tahap dan tanggapan laporan itu."
    )


def _parting(case: OpenCase) -> str:
    return gettext("Laporan ini kembali ke tahap sebelum digabungkan; waktu di antaranya tidak dihitung.")


def _reviving(case: OpenCase) -> str:
    return gettext("Laporan kembali ke tahap sebelum diarsipkan; waktu di arsip tidak dihitung.")


def _reopening(case: OpenCase) -> str:
    return gettext("Laporan kembali ke unit pemegang, satu jenjang lebih tinggi.")


def _reminding(case: OpenCase) -> str:
    return gettext(
        "Petugas unit pemegang mendapat surel, sekali dalam %(hours)d jam. Tidak ada tenggat yang berubah.",
        hours=case.state.policy.nudge_every_hours,
    )


def _raising(case: OpenCase) -> str:
    rung = rung_above(case) or LAST_BY_HAND
    told = gettext(
        "Naik ke jenjang %(level)d (%(who)s), yang diberi tahu. Tidak ada tenggat yang berubah.",
        level=rung,
        who=str(RUNGS[rung - 1]),
    )
    opened = gettext("Laporan ini rahasia; yang berdiri di jenjang itu lalu dapat membacanya.")
    return f"{told} {opened}" if case.file.secret else told


def _claiming(case: OpenCase) -> str:
    """What follows from a claim, for those for whom more does than that others see it."""
    lines = []
    if case.taken_by_other is not None:
        lines.append(gettext("Petugas itu diberi tahu, dan tetap dapat bertindak."))
    if speaks_once_taken(case):
        lines.append(gettext("Setelah itu Anda dapat menindaklanjuti dan menjawab atas nama unit."))
    return " ".join(lines)


def _note_as_words(case: OpenCase, form: Form) -> Content:
    return Content(words=form.text("note"))


STEERING: Mapping[Action, ActForm] = {
    Action.RECLASSIFY: ActForm(
        title=lazy_gettext("Ubah jenis atau kategori"),
        button=lazy_gettext("Ubah"),
        content=_reclassify,
        fields=(
            Field(
                name="kind",
                widget=Widget.SELECT,
                label=lazy_gettext("Jenis yang benar"),
                missing=lazy_gettext("Pilih jenis yang berbeda dari yang sekarang."),
                empty=lazy_gettext("Jenis tetap"),
                options=other_kind_options,
                optional=True,
            ),
            CATEGORY,
            Field(
                name="words",
                label=lazy_gettext("Penjelasan untuk pelapor"),
                optional=True,
                rows=3,
                longest=NOTE_LENGTH,
            ),
        ),
    ),
    Action.EXTEND: ActForm(
        title=lazy_gettext("Perpanjang tenggat"),
        button=lazy_gettext("Perpanjang"),
        lead=_granted,
        fields=(
            Field(
                name="words",
                label=lazy_gettext("Alasan perpanjangan"),
                hint=_REPORTER_READS,
                missing=lazy_gettext("Tulis mengapa perlu waktu lebih lama."),
                rows=3,
            ),
        ),
    ),
    Action.ARCHIVE: ActForm(
        title=lazy_gettext("Arsipkan"),
        button=lazy_gettext("Arsipkan laporan"),
        content=_archive,
        fields=(
            Field(
                name="end_reason",
                widget=Widget.RADIOS,
                label=lazy_gettext("Alasan"),
                missing=lazy_gettext("Pilih alasan pengarsipan."),
                options=archive_options,
            ),
            Field(
                name="words",
                label=lazy_gettext("Penjelasan untuk pelapor"),
                hint=lazy_gettext("Katakan mengapa, dan apa yang masih dapat dilakukan pelapor."),
                missing=lazy_gettext("Tulis penjelasan untuk pelapor."),
            ),
        ),
    ),
    Action.MERGE: ActForm(
        title=lazy_gettext("Gabungkan ke laporan lain"),
        button=lazy_gettext("Gabungkan"),
        lead=_joining,
        content=_merge,
        fields=(
            Field(
                name="code",
                widget=Widget.TEXT,
                label=lazy_gettext("Kode laporan yang lebih dahulu"),
                missing=lazy_gettext("Tulis kode laporan yang lebih dahulu."),
                longest=CODE_LENGTH,
                attrs=lambda case: {"autocomplete": "off", "spellcheck": "false"},
            ),
            _NOTE,
        ),
    ),
    Action.UNMERGE: ActForm(
        title=lazy_gettext("Pisahkan lagi"),
        button=lazy_gettext("Pisahkan laporan"),
        lead=_parting,
        fields=(_NOTE,),
        content=_note_as_words,
    ),
    Action.REOPEN: ActForm(
        title=lazy_gettext("Buka kembali"),
        button=lazy_gettext("Buka kembali laporan"),
        lead=_reopening,
        fields=(
            Field(
                name="words",
                label=lazy_gettext("Alasan"),
                hint=_REPORTER_READS,
                missing=lazy_gettext("Tulis alasannya."),
                rows=3,
            ),
        ),
    ),
    Action.REVIVE: ActForm(
        title=lazy_gettext("Aktifkan kembali"),
        button=lazy_gettext("Aktifkan kembali laporan"),
        lead=_reviving,
        fields=(
            Field(
                name="words",
                label=lazy_gettext("Penjelasan untuk pelapor"),
                optional=True,
                rows=3,
                longest=NOTE_LENGTH,
            ),
        ),
    ),
    Action.URGE: ActForm(
        title=lazy_gettext("Ingatkan unit pemegang"),
        button=lazy_gettext("Ingatkan"),
        lead=_reminding,
    ),
    Action.RAISE_CASE: ActForm(
        title=lazy_gettext("Naikkan jenjang"),
        button=lazy_gettext("Naikkan"),
        lead=_raising,
        fields=(
            Field(
                name="words",
                label=lazy_gettext("Alasan menaikkan"),
                hint=lazy_gettext("Dibaca petugas, juga di jenjang itu; pelapor tidak."),
                missing=lazy_gettext("Tulis mengapa laporan ini dinaikkan."),
                rows=3,
                longest=NOTE_LENGTH,
            ),
        ),
    ),
    Action.CLAIM: ActForm(title=lazy_gettext("Ambil"), button=lazy_gettext("Ambil"), lead=_claiming),
    Action.RELEASE: ActForm(title=lazy_gettext("Lepaskan"), button=lazy_gettext("Lepaskan")),
}
"""Kind, time, ends and joins; and who is on it."""

TAKE_OVER = ActForm(title=lazy_gettext("Ambil alih"), button=lazy_gettext("Ambil alih"), lead=_claiming)
"""What a claim is while somebody else is on it."""
