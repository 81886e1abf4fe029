"""What stages, kinds, acts, people and refusals are called on pages."""

from __future__ import annotations

from collections.abc import Mapping

from domain.actor import Actor
from domain.case import Action, ClockName, EndReason, FollowUp, Kind, Relation, Role, Stage
from domain.command import Refusal, RefusalReason
from domain.event import Event, EventKind
from web.language import moment
from web.text import LazyText, gettext, lazy_gettext

STAGES: Mapping[Stage, LazyText] = {
    Stage.VERIFICATION: lazy_gettext("Menunggu verifikasi"),
    Stage.DISPOSED: lazy_gettext("Terdisposisi, belum ditindaklanjuti"),
    Stage.IN_PROGRESS: lazy_gettext("Ditindaklanjuti"),
    Stage.AWAITING_CONFIRMATION: lazy_gettext("Menunggu konfirmasi pelapor"),
    Stage.CLOSED: lazy_gettext("Selesai"),
}
KINDS: Mapping[Kind, LazyText] = {
    Kind.COMPLAINT: lazy_gettext("Pengaduan"),
    Kind.COMPLAINT_OVERSIGHT: lazy_gettext("Pengaduan berkadar pengawasan"),
    Kind.ASPIRATION: lazy_gettext("Aspirasi"),
    Kind.INFORMATION_REQUEST: lazy_gettext("Permintaan informasi"),
}
ACTIONS: Mapping[Action, LazyText] = {
    Action.DISPOSE: lazy_gettext("Disposisi"),
    Action.FOLLOW_UP: lazy_gettext("Tindak lanjut"),
    Action.ANSWER: lazy_gettext("Jawaban"),
    Action.CONFIRM: lazy_gettext("Pernyataan selesai"),
    Action.DISPUTE: lazy_gettext("Pernyataan belum selesai"),
    Action.MESSAGE: lazy_gettext("Pesan"),
}
FOLLOW_UPS: Mapping[FollowUp, LazyText] = {
    FollowUp.ACKNOWLEDGEMENT: lazy_gettext("Ucapan terima"),
    FollowUp.PLAN: lazy_gettext("Rencana tindak lanjut"),
    FollowUp.ACTION: lazy_gettext("Tindakan"),
}
CLOCKS: Mapping[ClockName, LazyText] = {
    ClockName.VERIFICATION: lazy_gettext("Verifikasi"),
    ClockName.FIRST_FOLLOW_UP: lazy_gettext("Tindak lanjut pertama"),
    ClockName.RESOLUTION: lazy_gettext("Penyelesaian"),
    ClockName.CONFIRMATION: lazy_gettext("Konfirmasi pelapor"),
    ClockName.REOPEN_WINDOW: lazy_gettext("Masa buka kembali"),
}
ROLES: Mapping[Role, LazyText] = {
    Role.NATIONAL_ADMIN: lazy_gettext("Admin Nasional"),
    Role.AGENCY_ADMIN: lazy_gettext("Admin Instansi"),
    Role.LIAISON: lazy_gettext("Pejabat Penghubung"),
    Role.OPERATOR: lazy_gettext("Operator"),
    Role.SUPERVISOR: lazy_gettext("Atasan"),
    Role.OVERSEER: lazy_gettext("Pengawas"),
}
ENDS: Mapping[EndReason, LazyText] = {
    EndReason.RESOLVED: lazy_gettext("pelapor menyatakan selesai"),
    EndReason.SILENCE: lazy_gettext("tidak ada kabar dari pelapor"),
}
EVENTS: Mapping[EventKind, LazyText] = {
    EventKind.RECEIVED: lazy_gettext("Laporan diterima"),
    EventKind.DISPOSED: lazy_gettext("Laporan didisposisikan"),
    EventKind.FOLLOWED_UP: lazy_gettext("Laporan ditindaklanjuti"),
    EventKind.ANSWERED: lazy_gettext("Laporan dijawab"),
    EventKind.CONFIRMED: lazy_gettext("Pelapor menyatakan selesai"),
    EventKind.DISPUTED: lazy_gettext("Pelapor menyatakan belum selesai"),
    EventKind.MESSAGE_RECEIVED: lazy_gettext("Pelapor mengirim pesan"),
    EventKind.CLOCK_EXPIRED: lazy_gettext("Batas waktu terlewati; atasan diberi tahu"),
    EventKind.CLOSED_BY_SILENCE: lazy_gettext("Laporan ditutup karena tidak ada kabar dari pelapor"),
    EventKind.OUTAGE_SHIFTED: lazy_gettext("Waktu digeser karena sistem sempat berhenti"),
    EventKind.LIFE_ENDED: lazy_gettext("Masa buka kembali berakhir"),
}
REFUSALS: Mapping[RefusalReason, LazyText] = {
    RefusalReason.ENDED: lazy_gettext("Laporan ini sudah berakhir dan tidak dapat diubah lagi."),
    RefusalReason.WRONG_STAGE: lazy_gettext("Tindakan ini tidak berlaku pada tahap laporan sekarang."),
    RefusalReason.CHANGED: lazy_gettext("Laporan sudah berubah sejak halaman Anda dibuka."),
    RefusalReason.HOLDER_MOVED: lazy_gettext("Laporan sudah berpindah ke unit lain."),
    RefusalReason.NOT_YOURS: lazy_gettext("Peran Anda pada laporan ini tidak mencakup tindakan itu."),
    RefusalReason.ACCUSED_UNIT: lazy_gettext("Unit yang diadukan tidak boleh menangani laporan ini."),
    RefusalReason.INCOMPLETE: lazy_gettext("Isiannya belum lengkap."),
    RefusalReason.GIVEN_UP: lazy_gettext(
        "Tindakan ini tidak dapat disampaikan dalam 72 jam dan tidak dijalankan; ulangi bila masih perlu."
    ),
}


def event_label(event: Event, unit_names: Mapping[int, str]) -> str:
    """What happened, in one sentence without its end mark; a disposal names its target."""
    if event.kind is EventKind.DISPOSED and event.holder.id in unit_names:
        return gettext("Laporan didisposisikan ke %(unit)s", unit=unit_names[event.holder.id])
    if event.kind is EventKind.FOLLOWED_UP and event.follow_up is not None:
        return str(FOLLOW_UPS[event.follow_up])
    if event.kind is EventKind.CLOCK_EXPIRED and event.clock is not None:
        return gettext("Batas waktu %(clock)s terlewati; atasan diberi tahu", clock=str(CLOCKS[event.clock]))
    return str(EVENTS[event.kind])


def actor_label(actor: Actor, unit_names: Mapping[int, str]) -> str:
    """Who acted: role and unit of staff, `Pelapor`, or `Sistem`. Never the name of a person."""
    if Relation.REPORTER in actor.relations:
        return gettext("Pelapor")
    if actor.role is None:
        return gettext("Sistem")
    unit = unit_names.get(actor.unit_id or 0, "")
    return f"{ROLES[actor.role]}, {unit}" if unit else str(ROLES[actor.role])


def refusal_sentence(refusal: Refusal, unit_names: Mapping[int, str]) -> str:
    """Why an act was refused, and what somebody did meanwhile: who, what, when."""
    reason = str(REFUSALS[refusal.reason])
    if refusal.by is None or refusal.did is None or refusal.at is None:
        return reason
    did = gettext(
        "Yang terakhir terjadi: %(what)s (%(who)s; %(when)s).",
        what=str(EVENTS[refusal.did]),
        who=actor_label(refusal.by, unit_names),
        when=moment(refusal.at),
    )
    return f"{reason} {did}"


def units_of_refusal(refusal: Refusal) -> set[int]:
    """The ids of the units whose names `refusal_sentence` needs."""
    return set() if refusal.by is None or refusal.by.unit_id is None else {refusal.by.unit_id}


def units_of_log(events: list[Event]) -> set[int]:
    """The ids of all units that a log speaks of."""
    actors = {event.actor.unit_id for event in events if event.actor.unit_id is not None}
    return actors | {event.holder.id for event in events}


def reporter_mask(mask: str) -> str:
    """How staff call a reporter."""
    return gettext("Pelapor %(mask)s", mask=mask)
