"""What was sent about a case, to whom as a role, and what became of it, in words."""

from __future__ import annotations

from collections.abc import Mapping

from domain.access import Membership
from domain.event import EventKind
from schemas.mail import MailTemplate
from web.presenter.happening import EVENTS
from web.presenter.labels import ROLES
from web.text import LazyText, gettext, lazy_gettext

TEMPLATES: Mapping[MailTemplate, LazyText] = {
    MailTemplate.RECEIVED: EVENTS[EventKind.RECEIVED],
    MailTemplate.DISPOSED: EVENTS[EventKind.DISPOSED],
    MailTemplate.FOLLOWED_UP: EVENTS[EventKind.FOLLOWED_UP],
    MailTemplate.ANSWERED: EVENTS[EventKind.ANSWERED],
    MailTemplate.CLOSED: lazy_gettext("Laporan selesai"),
    MailTemplate.CLOSED_BY_SILENCE: EVENTS[EventKind.CLOSED_BY_SILENCE],
    MailTemplate.QUESTION: EVENTS[EventKind.ASKED],
    MailTemplate.QUESTION_REMINDER: lazy_gettext("Pengingat untuk melengkapi"),
    MailTemplate.CONFIRMATION_REMINDER: lazy_gettext("Pengingat untuk menyatakan selesai"),
    MailTemplate.ARCHIVED: EVENTS[EventKind.ARCHIVED],
    MailTemplate.REVIVED: EVENTS[EventKind.REVIVED],
    MailTemplate.MERGED: EVENTS[EventKind.MERGED],
    MailTemplate.ELDER_NEWS: lazy_gettext("Kabar dari laporan yang diikuti"),
    MailTemplate.UNMERGED: EVENTS[EventKind.UNMERGED],
    MailTemplate.REOPENED: EVENTS[EventKind.REOPENED],
    MailTemplate.WITHDRAWN: EVENTS[EventKind.WITHDRAWN],
    MailTemplate.EXTENDED: EVENTS[EventKind.EXTENDED],
    MailTemplate.RECLASSIFIED: EVENTS[EventKind.RECLASSIFIED],
    MailTemplate.CORRECTED: EVENTS[EventKind.REPLY_CORRECTED],
    MailTemplate.ANSWER_TAKEN_BACK: EVENTS[EventKind.ANSWER_TAKEN_BACK],
    MailTemplate.REASSIGNED: EVENTS[EventKind.REASSIGNED],
    MailTemplate.RETURNED: EVENTS[EventKind.RETURNED],
    MailTemplate.OMBUDSMAN_OFFER: EVENTS[EventKind.OMBUDSMAN_OFFERED],
    MailTemplate.OMBUDSMAN_TRANSFERRED: EVENTS[EventKind.TRANSFERRED_TO_OMBUDSMAN],
    MailTemplate.STAFF_TO_VERIFY: lazy_gettext("Laporan untuk diverifikasi"),
    MailTemplate.STAFF_ASSIGNED: lazy_gettext("Laporan untuk ditangani"),
    MailTemplate.STAFF_ASSISTING: lazy_gettext("Diminta mendukung unit lain"),
    MailTemplate.STAFF_COMPLETED: EVENTS[EventKind.COMPLETED],
    MailTemplate.STAFF_RETURNED: EVENTS[EventKind.RETURNED],
    MailTemplate.STAFF_ARBITRATION: lazy_gettext("Laporan untuk diputus penengah"),
    MailTemplate.STAFF_DISPUTED: EVENTS[EventKind.DISPUTED],
    MailTemplate.STAFF_REOPENED: EVENTS[EventKind.REOPENED],
    MailTemplate.STAFF_MESSAGE: EVENTS[EventKind.MESSAGE_RECEIVED],
    MailTemplate.STAFF_NUDGED: EVENTS[EventKind.NUDGED],
    MailTemplate.STAFF_URGED: EVENTS[EventKind.URGED],
    MailTemplate.STAFF_RAISED: EVENTS[EventKind.RAISED],
    MailTemplate.STAFF_TAKEN_OVER: EVENTS[EventKind.TAKEN_OVER],
    MailTemplate.STAFF_WITHDRAWAL_NOTED: EVENTS[EventKind.WITHDRAWAL_NOTED],
    MailTemplate.STAFF_MAIL_FAILED: EVENTS[EventKind.MAIL_FAILED],
    MailTemplate.STAFF_LAST_DAY: EVENTS[EventKind.CLOCK_WARNED],
    MailTemplate.STAFF_LATE: lazy_gettext("Laporan terlambat"),
    MailTemplate.STAFF_VOIDED: lazy_gettext("Kabar keterlambatan ditarik kembali"),
    MailTemplate.STAFF_NOT_LATE: lazy_gettext("Laporan tidak terlambat lagi"),
    MailTemplate.STAFF_PROMISE_PASSED: lazy_gettext("Tanggal rencana terlewati"),
    MailTemplate.STAFF_DIGEST: lazy_gettext("Rangkuman"),
    MailTemplate.FOLLOW_CONFIRM: lazy_gettext("Permintaan konfirmasi mengikuti laporan"),
    MailTemplate.FOLLOW_NEWS: lazy_gettext("Kabar laporan publik"),
}
STATES: Mapping[str, LazyText] = {
    "pending": lazy_gettext("menunggu waktu kirim"),
    "sending": lazy_gettext("sedang dikirim"),
    "sent": lazy_gettext("terkirim"),
    "failed": lazy_gettext("gagal"),
    "unknown": lazy_gettext("tidak diketahui sampai atau tidak"),
    "skipped": lazy_gettext("tidak dikirim"),
    "withdrawn": lazy_gettext("ditarik sebelum dikirim"),
}
PROBLEMS: Mapping[str, LazyText] = {
    "unreadable": lazy_gettext("barisnya tidak terbaca"),
    "template": lazy_gettext("jenis surelnya tidak dikenal"),
    "gave_up": lazy_gettext("tiga hari tidak dapat dikirim"),
    "sender_lost": lazy_gettext("pengirim terputus di tengah jalan"),
    "stale": lazy_gettext("isinya sudah lewat waktu"),
    "unwanted": lazy_gettext("penerima tidak menghendakinya"),
    "bounced": lazy_gettext("alamat menolak"),
    "dropped": lazy_gettext("penyedia surel tidak meneruskan"),
    "address": lazy_gettext("alamat tidak dapat dipakai"),
    "refused": lazy_gettext("penyedia surel menolak"),
    "unauthorized": lazy_gettext("kunci penyedia surel ditolak"),
    "rate_limited": lazy_gettext("penyedia surel membatasi jumlah"),
    "provider_error": lazy_gettext("penyedia surel sedang terganggu"),
    "redirected": lazy_gettext("penyedia surel mengalihkan"),
    "unreachable": lazy_gettext("penyedia surel tidak terjangkau"),
    "timed_out": lazy_gettext("penyedia surel tidak menjawab"),
    "connection_lost": lazy_gettext("sambungan terputus"),
}
"""The kinds of trouble that an outbox row may name; one that is not here is shown by its name."""


def template_label(template: str) -> str:
    """What a mail is about; its name if we do not write it any more."""
    known = {one.value: label for one, label in TEMPLATES.items()}
    return str(known[template]) if template in known else template


def recipient_label(
    recipient: str, roles: Mapping[int, list[Membership]], unit_names: Mapping[int, str]
) -> str:
    """To whom, as a role: never a name, never an address."""
    if recipient == "reporter":
        return str(RELATIONS_TO["reporter"])
    sort, _, number = recipient.partition(":")
    if sort != "person":
        return str(RELATIONS_TO.get(sort, RELATIONS_TO["reporter"]))
    held = roles.get(int(number), []) if number.isdecimal() else []
    labels = [_role(member, unit_names) for member in held[:2]]
    return " · ".join(labels) or gettext("Petugas tanpa peran lagi")


RELATIONS_TO: Mapping[str, LazyText] = {
    "reporter": lazy_gettext("Pelapor"),
    "follower": lazy_gettext("Pelapor laporan ganda"),
    "subscriber": lazy_gettext("Pengikut laporan publik"),
}


def _role(member: Membership, unit_names: Mapping[int, str]) -> str:
    unit = unit_names.get(member.unit_id, "")
    return f"{ROLES[member.role]}, {unit}" if unit else str(ROLES[member.role])
