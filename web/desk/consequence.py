"""What follows from each act, said beside its button before anybody presses it."""

from __future__ import annotations

from collections.abc import Mapping

from domain.case import Action
from web.text import LazyText, lazy_gettext

CONSEQUENCES: Mapping[Action, tuple[LazyText, ...]] = {
    Action.FOLLOW_UP: (
        lazy_gettext("Rencana atau tindakan menghentikan tenggat tindak lanjut pertama; tanda terima tidak."),
        lazy_gettext("Pelapor diberi tahu dan membaca kata-kata Anda."),
    ),
    Action.ANSWER: (
        lazy_gettext("Tenggat penyelesaian berhenti; pelapor diminta menyatakan selesai atau belum."),
        lazy_gettext("Surelnya berangkat sesaat kemudian; sampai saat itu jawaban dapat ditarik kembali."),
    ),
    Action.ASK: (lazy_gettext("Pelapor diberi tahu dan membaca pertanyaan Anda."),),
    Action.CORRECT_REPLY: (lazy_gettext("Pelapor diberi tahu; tidak ada tenggat yang berubah."),),
    Action.DISPOSE: (
        lazy_gettext("Tenggat verifikasi berhenti, dan tenggat tindak lanjut pertama mulai untuk unit itu."),
        lazy_gettext("Pelapor dan petugas unit itu diberi tahu."),
    ),
    Action.REASSIGN: (
        lazy_gettext("Tenggat penyelesaian berjalan terus; tindak lanjut pertama mulai lagi."),
        lazy_gettext("Pelapor dan petugas unit baru diberi tahu."),
    ),
    Action.ARCHIVE: (
        lazy_gettext("Semua tenggat berhenti. Pelapor diberi tahu dan dapat mengaktifkan laporan kembali."),
    ),
    Action.MERGE: (lazy_gettext("Tenggat laporan ini berhenti; laporan yang lebih dahulu berjalan terus."),),
    Action.RECLASSIFY: (
        lazy_gettext("Jika jenisnya berubah, tenggat penyelesaian dihitung ulang. Pelapor diberi tahu."),
    ),
    Action.NOTE: (lazy_gettext("Tidak ada tenggat yang berubah, dan pelapor tidak diberi tahu."),),
    Action.CONTRIBUTE: (lazy_gettext("Tidak ada tenggat yang berubah, dan pelapor tidak diberi tahu."),),
}
"""Sentences for those acts whose lead does not say it already."""


def consequences_of(action: Action) -> tuple[LazyText, ...]:
    """What follows from an act, in sentences."""
    return CONSEQUENCES.get(action, ())
