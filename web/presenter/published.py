"""What is said of publications: what was hidden, what was done, and why."""

from __future__ import annotations

from collections.abc import Mapping

from db.publication_query import PublishedOrder
from domain.publication import PublicationAct, RejectionReason, WithdrawalReason
from domain.redaction import Personal
from web.text import LazyText, lazy_gettext

PERSONAL: Mapping[Personal, LazyText] = {
    Personal.EMAIL: lazy_gettext("alamat surel"),
    Personal.LINK: lazy_gettext("tautan"),
    Personal.HANDLE: lazy_gettext("akun media sosial"),
    Personal.POSITION: lazy_gettext("titik koordinat"),
    Personal.ID_NUMBER: lazy_gettext("nomor 16 angka, mungkin NIK"),
    Personal.PHONE: lazy_gettext("nomor telepon"),
    Personal.PLATE: lazy_gettext("pelat nomor kendaraan"),
    Personal.NUMBER: lazy_gettext("nomor panjang, mungkin rekening"),
}
ACTS: Mapping[PublicationAct, LazyText] = {
    PublicationAct.PUBLISHED: lazy_gettext("Dipublikasikan"),
    PublicationAct.CHANGED: lazy_gettext("Diubah"),
    PublicationAct.UNPUBLISHED: lazy_gettext("Ditarik dari publik"),
    PublicationAct.COMMENT_APPROVED: lazy_gettext("Komentar ditampilkan"),
    PublicationAct.COMMENT_REJECTED: lazy_gettext("Komentar ditolak"),
}
WITHDRAWALS: Mapping[WithdrawalReason, LazyText] = {
    WithdrawalReason.PERSONAL_DATA: lazy_gettext("masih memuat data pribadi"),
    WithdrawalReason.REPORTER_ASKED: lazy_gettext("diminta oleh pelapor"),
    WithdrawalReason.WRONG_CONTENT: lazy_gettext("isinya keliru"),
    WithdrawalReason.NOT_FOR_PUBLIC: lazy_gettext("bukan untuk umum"),
}
REJECTIONS: Mapping[RejectionReason, LazyText] = {
    RejectionReason.PERSONAL_DATA: lazy_gettext("memuat nama atau data pribadi"),
    RejectionReason.INSULT: lazy_gettext("menghina atau mengancam"),
    RejectionReason.ADVERTISEMENT: lazy_gettext("iklan atau tautan promosi"),
    RejectionReason.OFF_TOPIC: lazy_gettext("tidak tentang laporan ini"),
}
ORDERS: Mapping[PublishedOrder, LazyText] = {
    PublishedOrder.NEWEST: lazy_gettext("Terbaru"),
    PublishedOrder.SUPPORTED: lazy_gettext("Paling banyak dialami"),
}


def reason_label(act: PublicationAct, reason: str | None) -> str:
    """Why something was taken back or rejected, in words; "" without a reason."""
    if reason is None:
        return ""
    if act is PublicationAct.COMMENT_REJECTED:
        return str(REJECTIONS[RejectionReason(reason)])
    return str(WITHDRAWALS[WithdrawalReason(reason)])
