"""The forms by which staff speak: to the reporter, and among themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from domain.case import Action, FollowUp
from domain.command import Body
from web.desk.choice import reply_options
from web.desk.field import FILES, WORDS_LENGTH, ActForm, Content, Field, Option, Widget
from web.desk.opened import OpenCase
from web.form import Form
from web.language import today
from web.services import services
from web.text import gettext, lazy_gettext


def may_plan(case: OpenCase) -> bool:
    """Plans bind the unit, so its liaison officer publishes them, unless the policy lets operators."""
    return case.publishes or case.state.policy.operators_publish


def plan_until(day: date) -> date:
    """The last day of a plan that is published on a day: a year later. Beyond lie typing errors."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day + timedelta(days=365)


def _follow_up_options(case: OpenCase) -> list[Option]:
    plan = (FollowUp.PLAN.value, gettext("Rencana"), gettext("Apa yang akan dilakukan, dan kapan selesai."))
    others: list[Option] = [
        (FollowUp.ACTION.value, gettext("Tindakan"), gettext("Apa yang sudah dilakukan.")),
        (
            FollowUp.ACKNOWLEDGEMENT.value,
            gettext("Tanda terima"),
            gettext("Laporan sudah dibaca. Ini tidak menghentikan waktu."),
        ),
    ]
    return [plan, *others] if may_plan(case) else others


def _plan_range(case: OpenCase) -> dict[str, str]:
    day = today(services().now())
    return {"min": day.isoformat(), "max": plan_until(day).isoformat()}


def _follow_up(case: OpenCase, form: Form) -> Content:
    if form.text("type") == FollowUp.PLAN.value and not may_plan(case):
        form.errors["type"] = gettext("Rencana diterbitkan oleh pejabat penghubung unit Anda.")
    chosen = next((one for one in FollowUp if one.value == form.text("type")), None)
    plan_on = _plan_day(form) if chosen is FollowUp.PLAN and may_plan(case) else None
    return Content(body=Body(follow_up=chosen, promised_on=plan_on), words=form.text("words"))


def _plan_day(form: Form) -> date | None:
    try:
        day = date.fromisoformat(form.text("plan_on"))
    except ValueError:
        form.errors["plan_on"] = gettext("Tulis tanggal rencana selesai.")
        return None
    if day < today(services().now()):
        form.errors["plan_on"] = gettext("Tanggal rencana sudah lewat; pilih hari ini atau sesudahnya.")
    elif day > plan_until(today(services().now())):
        form.errors["plan_on"] = gettext(
            "Tanggal rencana terlalu jauh: paling lama satu tahun dari hari ini. Periksa tahunnya."
        )
    return day


def _asking(case: OpenCase) -> str:
    count, most = case.state.facts.ask_count, case.state.policy.max_asks
    stands_still = gettext("Tenggat unit berhenti sampai pelapor menjawab.")
    if count < most:
        asked = gettext("Sudah diminta %(count)d dari %(most)d kali.", count=count, most=most)
    else:
        asked = gettext("Sudah diminta %(count)d kali; yang ini hanya lewat atasan.", count=count)
    return f"{stands_still} {asked}"


def _taking_back(case: OpenCase) -> str:
    return gettext(
        "Bisa dalam %(seconds)d detik sejak terkirim, sebelum surelnya berangkat. "
        "Laporan kembali seperti semula.",
        seconds=case.state.policy.take_back_seconds,
    )


def _correction(case: OpenCase, form: Form) -> Content:
    text = form.text("corrects")
    return Content(body=Body(corrects=int(text) if text.isdecimal() else None), words=form.text("words"))


REPLYING: Mapping[Action, ActForm] = {
    Action.FOLLOW_UP: ActForm(
        title=lazy_gettext("Tindak lanjuti"),
        button=lazy_gettext("Kirim tindak lanjut"),
        content=_follow_up,
        fields=(
            Field(
                name="type",
                widget=Widget.RADIOS,
                label=lazy_gettext("Jenis tindak lanjut"),
                missing=lazy_gettext("Pilih jenis tindak lanjut."),
                options=_follow_up_options,
            ),
            Field(
                name="plan_on",
                widget=Widget.DAY,
                label=lazy_gettext("Tanggal rencana selesai"),
                hint=lazy_gettext("Isi jika Anda memilih Rencana."),
                optional=True,
                only_for="only-for-plan",
                attrs=_plan_range,
                shown=may_plan,
            ),
            Field(
                name="words",
                label=lazy_gettext("Kata-kata untuk pelapor"),
                missing=lazy_gettext("Tulis kata-kata untuk pelapor."),
                rows=5,
            ),
            FILES,
        ),
    ),
    Action.ANSWER: ActForm(
        title=lazy_gettext("Jawab"),
        button=lazy_gettext("Kirim jawaban"),
        fields=(
            Field(name="last_message_id", widget=Widget.HIDDEN, optional=True, longest=WORDS_LENGTH),
            Field(
                name="words",
                label=lazy_gettext("Jawaban untuk pelapor"),
                hint=lazy_gettext(
                    "Sebutkan apa yang sudah dikerjakan dan hasilnya. "
                    "Pelapor lalu menyatakan selesai atau belum."
                ),
                missing=lazy_gettext("Tulis kata-kata untuk pelapor."),
                rows=7,
            ),
            FILES,
        ),
    ),
    Action.ASK: ActForm(
        title=lazy_gettext("Minta kelengkapan"),
        button=lazy_gettext("Kirim pertanyaan"),
        lead=_asking,
        fields=(
            Field(
                name="words",
                label=lazy_gettext("Pertanyaan untuk pelapor"),
                hint=lazy_gettext("Tanyakan semua yang kurang sekaligus, dengan kata-kata sederhana."),
                missing=lazy_gettext("Tulis apa yang perlu dilengkapi pelapor."),
            ),
            FILES,
        ),
    ),
    Action.TAKE_BACK: ActForm(
        title=lazy_gettext("Tarik kembali jawaban"),
        button=lazy_gettext("Tarik kembali"),
        lead=_taking_back,
    ),
    Action.CORRECT_REPLY: ActForm(
        title=lazy_gettext("Ralat tanggapan"),
        button=lazy_gettext("Kirim ralat"),
        content=_correction,
        fields=(
            Field(
                name="corrects",
                widget=Widget.SELECT,
                label=lazy_gettext("Tanggapan yang diralat"),
                missing=lazy_gettext("Pilih tanggapan dari daftar."),
                options=reply_options,
            ),
            Field(
                name="words",
                label=lazy_gettext("Yang benar"),
                hint=lazy_gettext("Tampil di samping tanggapan itu; yang lama tetap terbaca."),
                missing=lazy_gettext("Tulis apa yang benar."),
            ),
        ),
    ),
    Action.CONTRIBUTE: ActForm(
        title=lazy_gettext("Beri masukan"),
        button=lazy_gettext("Kirim masukan"),
        fields=(
            Field(
                name="words",
                label=lazy_gettext("Masukan untuk unit pemegang"),
                hint=lazy_gettext("Pelapor tidak melihat masukan ini; unit pemegang yang menjawab."),
                missing=lazy_gettext("Tulis masukan Anda."),
            ),
            FILES,
        ),
    ),
    Action.NOTE: ActForm(
        title=lazy_gettext("Tulis catatan internal"),
        button=lazy_gettext("Simpan catatan"),
        fields=(
            Field(
                name="words",
                label=lazy_gettext("Catatan internal"),
                hint=lazy_gettext("Pelapor tidak melihat catatan ini."),
                missing=lazy_gettext("Tulis catatan Anda."),
                rows=3,
            ),
            FILES,
        ),
    ),
}
"""Follow-ups, answers, questions, corrections, notes."""
