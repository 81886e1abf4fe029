"""The words of a form that was not taken, shown again so that nobody has to write them twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from web.form import clean
from web.text import LazyText, lazy_gettext

LABELS: Mapping[str, LazyText] = {
    "title": lazy_gettext("Judul"),
    "text": lazy_gettext("Isi"),
    "place": lazy_gettext("Tempat kejadian"),
    "note": lazy_gettext("Catatan untuk unit"),
    "words": lazy_gettext("Kata-kata"),
    "reason": lazy_gettext("Apa yang belum selesai?"),
}
"""The only fields that are ever shown so: no password, token, key, address or hidden field is among them."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What was typed into one field."""

    label: LazyText
    text: str


def drafts() -> list[Draft]:
    """The words of the posted form that is being refused."""
    typed = ((label, clean(request.form.get(name, ""))) for name, label in LABELS.items())
    return [Draft(label=label, text=text) for label, text in typed if text]
