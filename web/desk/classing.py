"""The field that says what a report is about; those who verify and those who reclassify share it."""

from __future__ import annotations

from web.desk.choice import category_options
from web.desk.field import Field, Widget
from web.desk.opened import OpenCase
from web.text import lazy_gettext


def _has_categories(case: OpenCase) -> bool:
    return bool(category_options(case))


CATEGORY = Field(
    name="category",
    widget=Widget.GROUPED,
    label=lazy_gettext("Kategori"),
    missing=lazy_gettext("Pilih kategori dari daftar, atau kosongkan."),
    empty=lazy_gettext("Belum ditentukan"),
    options=category_options,
    optional=True,
    shown=_has_categories,
)
