"""Why an act changed nothing, in sentences that say what happened and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from domain.command import Refusal, RefusalReason
from web.language import moment
from web.presenter.happening import EVENTS
from web.presenter.labels import actor_label
from web.text import LazyText, gettext, lazy_gettext

REFUSALS: Mapping[RefusalReason, LazyText] = {
    RefusalReason.ENDED: lazy_gettext("Laporan ini sudah berakhir dan tidak dapat diubah lagi."),
    RefusalReason.WRONG_STAGE: lazy_gettext("Tindakan ini tidak berlaku pada tahap laporan sekarang."),
    RefusalReason.CHANGED: lazy_gettext("Laporan sudah berubah sejak halaman Anda dibuka."),
    RefusalReason.HOLDER_MOVED: lazy_gettext("Laporan sudah berpindah ke unit lain."),
    RefusalReason.NOT_YOURS: lazy_gettext("Peran Anda pada laporan ini tidak mencakup tindakan itu."),
    RefusalReason.CLAIM_FIRST: lazy_gettext(
        "Atasan menindaklanjuti dan menjawab atas nama unit hanya selama laporan ini ia ambil, "
        "dan sekarang bukan Anda yang mengambilnya. Ambil dulu laporannya."
    ),
    RefusalReason.ACCUSED_UNIT: lazy_gettext("Unit yang diadukan tidak boleh menangani laporan ini."),
    RefusalReason.INCOMPLETE: lazy_gettext("Isiannya belum lengkap."),
    RefusalReason.SETTLED: lazy_gettext(
        "Penengah sudah menetapkan siapa yang menangani laporan ini, jadi tidak dapat dikembalikan."
    ),
    RefusalReason.NOWHERE_UP: lazy_gettext(
        "Tidak ada tingkat di atas unit ini; disposisikan ke instansi yang berwenang atau arsipkan."
    ),
    RefusalReason.TOP_RUNG: lazy_gettext(
        "Laporan sudah di jenjang tertinggi yang dapat dicapai dengan menaikkannya."
    ),
    RefusalReason.NEEDS_SUPERVISOR: lazy_gettext(
        "Pelapor sudah diminta melengkapi sebanyak yang boleh; permintaan berikutnya lewat atasan."
    ),
    RefusalReason.ALREADY_DONE: lazy_gettext("Ini hanya dapat dilakukan satu kali, dan sudah dilakukan."),
    RefusalReason.NOT_RUNNING: lazy_gettext(
        "Tenggat penyelesaian laporan ini sedang tidak berjalan, jadi tidak ada yang diperpanjang."
    ),
    RefusalReason.NO_REPLY: lazy_gettext("Belum ada tanggapan yang dapat diralat atau ditarik."),
    RefusalReason.TOO_LATE: lazy_gettext(
        "Waktunya sudah lewat. Jawaban yang keliru masih dapat diralat di sampingnya."
    ),
    RefusalReason.TOO_SOON: lazy_gettext(
        "Hal yang sama baru saja dilakukan. Unit sudah diberi tahu; ulangi besok bila masih perlu."
    ),
    RefusalReason.NOT_OFFERED: lazy_gettext(
        "Penyerahan ke Ombudsman belum ditawarkan untuk laporan ini; "
        "tawaran datang bila penyelesaian terlambat."
    ),
    RefusalReason.NOT_CLAIMED: lazy_gettext("Tidak ada yang sedang mengambil laporan ini."),
    RefusalReason.OTHERS_CLAIM: lazy_gettext(
        "Laporan ini sedang diambil petugas lain; hanya ia yang melepaskannya."
    ),
    RefusalReason.NOT_ELDER: lazy_gettext(
        "Laporan hanya dapat digabungkan ke laporan yang diterima lebih dahulu."
    ),
    RefusalReason.OTHER_SECRECY: lazy_gettext(
        "Laporan rahasia dan laporan biasa tidak dapat digabungkan; tangani masing-masing."
    ),
    RefusalReason.ELDER_ENDED: lazy_gettext(
        "Laporan tujuan sudah berakhir. Pilih laporan yang masih terbuka, atau tangani laporan ini sendiri."
    ),
    RefusalReason.MERGED: lazy_gettext(
        "Laporan ini mengikuti laporan lain; atasan dapat memisahkannya lagi."
    ),
    RefusalReason.CANCELLED: lazy_gettext("Tindakan ini dibatalkan oleh pengirimnya dan tidak dijalankan."),
    RefusalReason.APPLIED: lazy_gettext(
        "Tindakan itu sudah terlanjur dijalankan, jadi tidak dapat dibatalkan lagi."
    ),
    RefusalReason.GIVEN_UP: lazy_gettext(
        "Tindakan ini tidak dapat disampaikan dalam 72 jam dan tidak dijalankan; ulangi bila masih perlu."
    ),
}


def refusal_sentence(refusal: Refusal, unit_names: Mapping[int, str]) -> str:
    """Why an act was refused, and what somebody did meanwhile: who, what, when."""
    reason = str(REFUSALS[refusal.reason])
    if refusal.by is None or refusal.did is None or refusal.at is None or not was_preceded(refusal):
        return reason
    did = gettext(
        "Yang terakhir terjadi: %(what)s (%(who)s; %(when)s).",
        what=str(EVENTS[refusal.did]),
        who=actor_label(refusal.by, unit_names),
        when=moment(refusal.at),
    )
    return f"{reason} {did}"


def was_preceded(refusal: Refusal) -> bool:
    """Whether what somebody else did before explains it."""
    return refusal.by is not None and refusal.reason not in _SAYS_ALL


_SAYS_ALL = frozenset(
    {
        RefusalReason.CLAIM_FIRST,
        RefusalReason.OTHERS_CLAIM,
        RefusalReason.NEEDS_SUPERVISOR,
        RefusalReason.TOP_RUNG,
        RefusalReason.NOT_OFFERED,
        RefusalReason.NOT_ELDER,
        RefusalReason.OTHER_SECRECY,
        RefusalReason.TOO_SOON,
        RefusalReason.CANCELLED,
        RefusalReason.GIVEN_UP,
    }
)
"""Reasons that nobody else's act explains."""


def units_of_refusal(refusal: Refusal) -> set[int]:
    """The ids of the units whose names `refusal_sentence` needs."""
    return set() if refusal.by is None or refusal.by.unit_id is None else {refusal.by.unit_id}
