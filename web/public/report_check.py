"""The last step: all answers to be read once more, reports that say the same, and the button that sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import current_app, render_template
from markupsafe import Markup

from web.form import Form
from web.language import day
from web.public.report_choices import choices
from web.public.report_form import FIELDS, FILES, TICKS
from web.public.similar import Similar, similar_reports
from web.text import LazyText, gettext, lazy_gettext

PUBLISHED = "public.published_report"
ROWS: tuple[tuple[int, str, LazyText], ...] = (
    (1, "kind", lazy_gettext("Jenis laporan")),
    (1, "title", lazy_gettext("Judul")),
    (1, "text", lazy_gettext("Isi laporan")),
    (1, "category", lazy_gettext("Kategori")),
    (1, FILES, lazy_gettext("Lampiran")),
    (2, "region", lazy_gettext("Wilayah")),
    (2, "place", lazy_gettext("Patokan")),
    (2, "event_on", lazy_gettext("Tanggal kejadian")),
    (2, "agency", lazy_gettext("Instansi yang dituju")),
    (3, "name", lazy_gettext("Nama")),
    (3, "email", lazy_gettext("Surel")),
    (3, "phone", lazy_gettext("Nomor telepon")),
    (3, "anonymous", lazy_gettext("Anonim")),
    (3, "secret", lazy_gettext("Rahasia")),
)
EMPTY: Mapping[str, LazyText] = {
    "agency": lazy_gettext("Kami yang mencarikan"),
    "category": lazy_gettext("Saya tidak tahu"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """An answer as it is read again, with the step that changes it; `given` is false for an empty one."""

    step: int
    field: str
    label: LazyText
    words: str | Markup
    given: bool


def check_page(form: Form, intake_id: str) -> str:
    """The page; what it sends is all that it shows, so it can be sent again whatever became of the draft."""
    names = choices().names
    return render_template(
        "public/report_check.html",
        form=form,
        intake_id=intake_id,
        rows=[_row(form, names, *row) for row in ROWS],
        hidden=[(name, form.text(name)) for name in FIELDS]
        + [(name, "1") for name in TICKS if form.ticked(name)],
        similar=_similar(form),
    )


def _row(form: Form, names: Mapping[str, str], step: int, field: str, label: LazyText) -> Row:
    words = _words(form, names, field)
    shown = words or str(EMPTY.get(field) or gettext("Tidak diisi"))
    return Row(step=step, field=field, label=label, words=shown, given=bool(words))


def _words(form: Form, names: Mapping[str, str], field: str) -> str:
    if field in TICKS:
        return gettext("Ya") if form.ticked(field) else gettext("Tidak")
    if field == FILES:
        return ", ".join(file.name for file in form.uploads.kept) if form.uploads else ""
    value = form.text(field)
    if field == "event_on":
        return day(date.fromisoformat(value)) if value else ""
    return names.get(f"{field}:{value}", value)


def _similar(form: Form) -> list[Similar]:
    """Published reports that say the same; none for a secret one, whose words are compared with nothing."""
    if form.ticked("secret") or PUBLISHED not in current_app.view_functions:
        return []
    return similar_reports(form.text("title"), form.text("text"), form.text("region_code") or None)
