"""A hidden field that people leave empty; a machine fills it, or a browser that fills in too much."""

from __future__ import annotations

from flask import flash, request

from web.text import gettext

FIELD = "isian_kosong"
"""As in `trap()` of `macros/form.html`; a name by which no browser knows what to fill in."""


def trapped() -> bool:
    """Whether the form must not be taken in. If so its next page says that, and has to hold its words."""
    if not request.form.get(FIELD):
        return False
    flash(
        gettext(
            "Belum terkirim: kolom tersembunyi ikut terisi, mungkin oleh isian otomatis peramban Anda. "
            "Isian Anda masih ada di bawah. Kirim sekali lagi; jika terulang, matikan isian otomatis itu."
        ),
        "warning",
    )
    return True
