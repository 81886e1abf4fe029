"""The report form: its fields, its limits, and what is wrong with what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from email_validator import EmailNotValidError, validate_email

from domain.case import Kind
from schemas.report import Identity, NewReport, ReportWords
from web.form import Form
from web.public.upload import Uploads
from web.text import LazyText, gettext, lazy_gettext

WHAT = ("kind", "title", "text", "category")
WHERE = ("region", "region_asked", "region_code", "place", "event_on", "agency")
WHO = ("name", "email", "phone")
FIELDS = (*WHAT, *WHERE, *WHO)
TICKS = ("anonymous", "secret")
FILES = "attachments"
REGION_MAX = 250
TITLE_MAX, TEXT_MAX, PLACE_MAX, NAME_MAX, EMAIL_MAX = 150, 8000, 200, 120, 254
EARLIEST = date(1945, 8, 17)
PHONE_MAX = 24
PHONE_DIGITS = 6
_PHONE = re.compile(r"\+?[0-9 ().-]+")

KINDS: tuple[tuple[Kind, LazyText, LazyText], ...] = (
    (
        Kind.COMPLAINT,
        lazy_gettext("Pengaduan"),
        lazy_gettext("Ada yang rusak, salah, atau tidak dilayani semestinya."),
    ),
    (Kind.ASPIRATION, lazy_gettext("Aspirasi"), lazy_gettext("Usul agar layanan menjadi lebih baik.")),
    (
        Kind.INFORMATION_REQUEST,
        lazy_gettext("Permintaan informasi"),
        lazy_gettext("Anda ingin tahu sesuatu tentang layanan."),
    ),
)
"""What the public may choose; oversight is a verifier's classification."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the template tells people and browsers beforehand."""

    today: str
    title: int = TITLE_MAX
    text: int = TEXT_MAX
    place: int = PLACE_MAX


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the answers are checked against: ids as text, and the civil day of now."""

    agency_ids: frozenset[str]
    today: date
    category_ids: frozenset[str] = frozenset()


def find_errors(form: Form, uploads: Uploads, setting: Setting) -> dict[str, str]:
    """One sentence for each wrong field, in the order of the form."""
    return {name: error for name, error in _checks(form, uploads, setting) if error}


def file_errors(uploads: Uploads | None) -> dict[str, str]:
    """What is wrong with the files alone, for a page on which nothing is sent yet: a refused file is gone."""
    return {FILES: uploads.error} if uploads is not None and uploads.error else {}


def to_report(form: Form, uploads: Uploads, intake_id: str, locale: str, policy_name: str) -> NewReport:
    """The report of a form without errors."""
    event_on, agency, category = form.text("event_on"), form.text("agency"), form.text("category")
    return NewReport(
        intake_id=intake_id,
        kind=Kind(form.text("kind")),
        words=ReportWords(
            title=_one_line(form.text("title")), text=form.text("text"), place=_one_line(form.text("place"))
        ),
        identity=Identity(
            name=_one_line(form.text("name")), email=_email(form.text("email")), phone=form.text("phone")
        ),
        files=uploads.files,
        agency_id=int(agency) if agency else None,
        happened_on=date.fromisoformat(event_on) if event_on else None,
        region_code=form.text("region_code") or None,
        category_id=int(category) if category else None,
        anonymous=form.ticked("anonymous"),
        secret=form.ticked("secret"),
        locale=locale,
        policy_name=policy_name,
    )


def _checks(form: Form, uploads: Uploads, setting: Setting) -> Iterator[tuple[str, str | None]]:
    yield "kind", _kind_error(form.text("kind"))
    yield "title", _words_error(form.text("title"), TITLE_MAX, gettext("Tulis judul laporan."))
    yield "text", _words_error(form.text("text"), TEXT_MAX, gettext("Tulis isi laporan."))
    yield "category", _category_error(form.text("category"), setting)
    yield FILES, uploads.error
    yield "region", _region_error(form)
    yield "place", _length_error(form.text("place"), PLACE_MAX)
    yield "event_on", _date_error(form.text("event_on"), setting.today)
    yield "agency", _agency_error(form.text("agency"), setting)
    yield "name", _length_error(form.text("name"), NAME_MAX)
    yield "email", _email_error(form.text("email"))
    yield "phone", _phone_error(form.text("phone"))


def _kind_error(value: str) -> str | None:
    known = {kind.value for kind, _, _ in KINDS}
    return None if value in known else gettext("Pilih jenis laporan.")


def _words_error(value: str, longest: int, missing: str) -> str | None:
    return missing if not value else _length_error(value, longest)


def _length_error(value: str, longest: int) -> str | None:
    if len(value) <= longest:
        return None
    return gettext(
        "Terlalu panjang: paling banyak %(max)d huruf, sekarang %(now)d.", max=longest, now=len(value)
    )


def _agency_error(value: str, setting: Setting) -> str | None:
    if not value or value in setting.agency_ids:
        return None
    return gettext("Pilih instansi dari daftar, atau biarkan kosong.")


def _category_error(value: str, setting: Setting) -> str | None:
    if not value or value in setting.category_ids:
        return None
    return gettext("Pilih kategori dari daftar, atau biarkan kosong.")


def _region_error(form: Form) -> str | None:
    """Words for which `settle_region` has found no region, or more than one."""
    typed = form.text("region")
    if form.text("region_code") or not typed:
        return None
    return _length_error(typed, REGION_MAX) or gettext(
        "Wilayah belum dipilih. Pilih satu dari daftar, ketik nama yang lebih lengkap, atau kosongkan."
    )


def _date_error(value: str, today: date) -> str | None:
    if not value:
        return None
    try:
        on = date.fromisoformat(value)
    except ValueError:
        return gettext("Tulis tanggal seperti 2026-11-24.")
    if on > today:
        return gettext("Tanggal kejadian belum tiba. Pilih hari ini atau sebelumnya.")
    return None if on >= EARLIEST else gettext("Tanggal kejadian terlalu lama. Periksa tahunnya.")


def _email_error(value: str) -> str | None:
    if not value:
        return None
    try:
        _email(value)
    except EmailNotValidError:
        return gettext("Alamat surel tidak lengkap atau salah. Contoh: nama@contoh.id.")
    return _length_error(value, EMAIL_MAX)


def _email(value: str) -> str:
    """The address in its usual spelling. Raises: EmailNotValidError."""
    if not value:
        return ""
    return validate_email(value, check_deliverability=False, allow_smtputf8=False).normalized


def _phone_error(value: str) -> str | None:
    if not value:
        return None
    if not _PHONE.fullmatch(value):
        return gettext(
            "Nomor telepon hanya berisi angka, boleh diawali tanda tambah. Contoh: 0812 3456 7890."
        )
    if sum(sign.isdigit() for sign in value) < PHONE_DIGITS:
        return gettext("Nomor telepon ini terlalu pendek. Tulis lengkap, misalnya 0812 3456 7890.")
    return _length_error(value, PHONE_MAX)


def _one_line(text: str) -> str:
    return " ".join(text.split())
