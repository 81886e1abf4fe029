"""The forms by which a case comes into other hands."""

from __future__ import annotations

from collections.abc import Mapping

from domain.actor import UnitRef
from domain.case import Action, Kind
from domain.command import Body
from web.desk.choice import (
    accused_options,
    can_open_there,
    kind_options,
    office_options,
    parent_of,
    reach_options,
    sub_unit_options,
    target_options,
    unit_ref,
    works_in,
)
from web.desk.classing import CATEGORY
from web.desk.field import NOTE_LENGTH, ActForm, Content, Field, Widget
from web.desk.opened import OpenCase
from web.form import Form
from web.text import gettext, lazy_gettext

_FOR_UNIT = lazy_gettext("Pelapor tidak melihat catatan ini.")
_WHY = Field(
    name="words",
    label=lazy_gettext("Alasan"),
    hint=lazy_gettext("Pelapor tidak melihat alasan ini."),
    missing=lazy_gettext("Tulis alasannya."),
    rows=3,
    longest=NOTE_LENGTH,
)
_NOTE = Field(
    name="note",
    label=lazy_gettext("Catatan untuk unit"),
    hint=_FOR_UNIT,
    optional=True,
    rows=3,
    longest=NOTE_LENGTH,
)
_CHOOSE_UNIT = lazy_gettext("Pilih unit")
_NO_UNIT = lazy_gettext("Pilih unit tujuan dari daftar.")
_NOBODY_THERE = lazy_gettext(
    "Di unit ini belum ada petugas aktif yang dapat membuka laporan rahasia ini. "
    "Laporan belum dikirim. Pilih unit lain, atau minta admin menambah petugas di unit itu."
)


def _dispose(case: OpenCase, form: Form) -> Content:
    accused, assisting = form.text("accused"), _ids(form.text("assisting"))
    known = str(case.state.accused_unit_id or "")
    if form.text("unit") and form.text("unit") in {accused, known}:
        form.errors["unit"] = gettext("Unit terlapor tidak boleh menangani laporan tentang dirinya.")
    if {form.text("unit"), accused, known} & {str(one) for one in assisting}:
        form.errors["assisting"] = gettext("Unit pendukung tidak boleh unit tujuan atau unit terlapor.")
    person = _accused_person(form)
    unit = _holder_to_be(case, form)
    if form.errors:
        return Content()
    category = form.text("category")
    body = Body(
        unit=unit,
        kind=Kind(form.text("kind")),
        category_id=int(category) if category else None,
        accused_unit_id=int(accused) if accused else None,
        accused_person_id=person,
        assisting=assisting,
        publish=form.ticked("publish") and not case.file.secret,
    )
    return Content(body=body, words=form.text("note"))


def _accused_person(form: Form) -> int | None:
    """Somebody who works in the accused unit."""
    person, unit = form.text("accused_person"), form.text("accused")
    if form.errors or not person:
        return None
    if not unit:
        form.errors["accused"] = gettext("Pilih unit tempat orang terlapor bekerja.")
    elif not works_in(int(person), int(unit)):
        form.errors["accused_person"] = gettext("Orang ini tidak bekerja di unit terlapor yang Anda pilih.")
    return int(person)


def _holder_to_be(case: OpenCase, form: Form) -> UnitRef | None:
    """The chosen unit. A secret case is shut to the units above, so somebody must be there to open it."""
    unit = unit_ref(form.text("unit"))
    accused = form.text("accused_person")
    but = int(accused) if accused.isdecimal() and len(accused) < 10 else None
    if unit is not None and case.file.secret and not can_open_there(case, unit, but):
        form.errors.setdefault("unit", str(_NOBODY_THERE))
    return unit


def _not_ours(case: OpenCase, form: Form) -> Content:
    parent = parent_of(case)
    return Content(body=Body(unit=None if parent is None else parent.ref), words=form.text("words"))


def _goes_up(case: OpenCase) -> str:
    parent = parent_of(case)
    if parent is None:
        return ""
    return gettext("Laporan naik ke %(unit)s. Tenggat verifikasi berjalan terus.", unit=parent.name)


def _goes_back(case: OpenCase) -> str:
    facts = case.state.facts
    if facts.bounce_count + 1 >= case.state.policy.bounce_limit:
        return gettext("Laporan ini sudah pernah dilempar balik, jadi penengah yang memutuskan sekarang.")
    return gettext("Laporan kembali ke yang mendisposisikannya. Dihitung sebagai lempar balik.")


def _goes_down(case: OpenCase) -> str:
    return gettext("Tenggat tindak lanjut pertama mulai lagi untuk unit itu; tenggat penyelesaian tetap.")


def _to_unit_with_note(case: OpenCase, form: Form) -> Content:
    return Content(body=Body(unit=_holder_to_be(case, form)), words=form.text("note"))


def _to_unit_with_words(case: OpenCase, form: Form) -> Content:
    return Content(body=Body(unit=_holder_to_be(case, form)), words=form.text("words"))


def _ids(text: str) -> tuple[int, ...]:
    return tuple(int(one) for one in text.split(",") if one.isdecimal() and len(one) < 10)


HANDING: Mapping[Action, ActForm] = {
    Action.DISPOSE: ActForm(
        title=lazy_gettext("Disposisikan"),
        button=lazy_gettext("Kirim ke unit"),
        content=_dispose,
        fields=(
            Field(
                name="unit",
                widget=Widget.SELECT,
                label=lazy_gettext("Kirim ke unit"),
                missing=_NO_UNIT,
                empty=_CHOOSE_UNIT,
                options=target_options,
                is_unit=True,
            ),
            Field(
                name="kind",
                widget=Widget.SELECT,
                label=lazy_gettext("Jenis laporan"),
                missing=lazy_gettext("Pilih jenis laporan dari daftar."),
                options=kind_options,
            ),
            CATEGORY,
            _NOTE,
            Field(
                name="accused",
                widget=Widget.SELECT,
                label=lazy_gettext("Unit terlapor"),
                hint=lazy_gettext("Unit yang diadukan; tidak pernah menjadi pemegang."),
                missing=lazy_gettext("Pilih unit terlapor dari daftar, atau kosongkan."),
                empty=lazy_gettext("Tidak ada"),
                options=office_options,
                optional=True,
                is_unit=True,
                folded=True,
            ),
            Field(
                name="accused_person",
                widget=Widget.GROUPED,
                label=lazy_gettext("Orang terlapor"),
                hint=lazy_gettext(
                    "Orang ini tidak akan melihat laporan ini, dan tidak mendapat kabar tentangnya. "
                    "Pilih dahulu unit terlapornya."
                ),
                missing=lazy_gettext("Pilih orang terlapor dari daftar, atau kosongkan."),
                empty=lazy_gettext("Tidak ada"),
                options=accused_options,
                optional=True,
                folded=True,
            ),
            Field(
                name="assisting",
                widget=Widget.TICKS,
                label=lazy_gettext("Unit pendukung"),
                hint=lazy_gettext("Membaca dan memberi masukan; tanpa tenggat."),
                missing=lazy_gettext("Pilih unit pendukung dari daftar, atau kosongkan."),
                options=office_options,
                optional=True,
                is_unit=True,
                folded=True,
            ),
            Field(
                name="publish",
                widget=Widget.TICK,
                label=lazy_gettext("Boleh dipublikasikan"),
                hint=lazy_gettext("Publik hanya akan melihat versi yang disamarkan petugas."),
                optional=True,
                folded=True,
                shown=lambda case: not case.file.secret,
            ),
        ),
    ),
    Action.NOT_OURS: ActForm(
        title=lazy_gettext("Bukan wewenang kami"),
        button=lazy_gettext("Kirim ke atas"),
        lead=_goes_up,
        fields=(_WHY,),
        content=_not_ours,
    ),
    Action.RETURN_CASE: ActForm(
        title=lazy_gettext("Kembalikan"),
        button=lazy_gettext("Kembalikan laporan"),
        lead=_goes_back,
        fields=(_WHY,),
    ),
    Action.REDISPOSE: ActForm(
        title=lazy_gettext("Disposisikan ke unit di bawah"),
        button=lazy_gettext("Kirim ke unit di bawah"),
        lead=_goes_down,
        content=_to_unit_with_note,
        fields=(
            Field(
                name="unit",
                widget=Widget.SELECT,
                label=lazy_gettext("Unit di bawah"),
                missing=_NO_UNIT,
                empty=_CHOOSE_UNIT,
                options=sub_unit_options,
                is_unit=True,
            ),
            _NOTE,
        ),
    ),
    Action.REASSIGN: ActForm(
        title=lazy_gettext("Alihkan"),
        button=lazy_gettext("Alihkan laporan"),
        content=_to_unit_with_words,
        fields=(
            Field(
                name="unit",
                widget=Widget.SELECT,
                label=lazy_gettext("Alihkan ke unit"),
                missing=_NO_UNIT,
                empty=_CHOOSE_UNIT,
                options=reach_options,
                is_unit=True,
            ),
            _WHY,
        ),
    ),
}
"""Disposed, sent up, sent back, passed down, given away."""
