"""What stages, kinds, acts, people and clocks are called on pages."""

from __future__ import annotations

from collections.abc import Mapping

from domain.actor import Actor
from domain.case import Action, ClockName, EndReason, FollowUp, Kind, Relation, Role, Stage
from web.text import LazyText, gettext, lazy_gettext

STAGES: Mapping[Stage, LazyText] = {
    Stage.VERIFICATION: lazy_gettext("Menunggu verifikasi"),
    Stage.AWAITING_REPORTER: lazy_gettext("Menunggu kelengkapan"),
    Stage.DISPOSED: lazy_gettext("Terdisposisi, belum ditindaklanjuti"),
    Stage.IN_PROGRESS: lazy_gettext("Ditindaklanjuti"),
    Stage.AWAITING_CONFIRMATION: lazy_gettext("Menunggu konfirmasi pelapor"),
    Stage.CLOSED: lazy_gettext("Selesai"),
    Stage.ARCHIVED: lazy_gettext("Diarsipkan"),
}
OWN_STAGES: Mapping[Stage, LazyText] = {
    **STAGES,
    Stage.AWAITING_REPORTER: lazy_gettext("Menunggu kelengkapan dari Anda"),
    Stage.AWAITING_CONFIRMATION: lazy_gettext("Menunggu konfirmasi Anda"),
}
"""The same to the reporter."""
KINDS: Mapping[Kind, LazyText] = {
    Kind.COMPLAINT: lazy_gettext("Pengaduan"),
    Kind.COMPLAINT_OVERSIGHT: lazy_gettext("Pengaduan berkadar pengawasan"),
    Kind.ASPIRATION: lazy_gettext("Aspirasi"),
    Kind.INFORMATION_REQUEST: lazy_gettext("Permintaan informasi"),
}
ACTIONS: Mapping[Action, LazyText] = {
    Action.DISPOSE: lazy_gettext("Disposisi"),
    Action.ASK: lazy_gettext("Permintaan kelengkapan"),
    Action.COMPLETE: lazy_gettext("Kelengkapan"),
    Action.NOT_OURS: lazy_gettext("Bukan wewenang"),
    Action.RETURN_CASE: lazy_gettext("Pengembalian"),
    Action.REDISPOSE: lazy_gettext("Disposisi ke unit di bawah"),
    Action.FOLLOW_UP: lazy_gettext("Tindak lanjut"),
    Action.ANSWER: lazy_gettext("Jawaban"),
    Action.TAKE_BACK: lazy_gettext("Penarikan jawaban"),
    Action.CORRECT_REPLY: lazy_gettext("Ralat"),
    Action.CONFIRM: lazy_gettext("Pernyataan selesai"),
    Action.DISPUTE: lazy_gettext("Pernyataan belum selesai"),
    Action.ARCHIVE: lazy_gettext("Pengarsipan"),
    Action.WITHDRAW: lazy_gettext("Pencabutan"),
    Action.MERGE: lazy_gettext("Penggabungan"),
    Action.UNMERGE: lazy_gettext("Pemisahan"),
    Action.REASSIGN: lazy_gettext("Pengalihan"),
    Action.EXTEND: lazy_gettext("Perpanjangan"),
    Action.RECLASSIFY: lazy_gettext("Perubahan jenis"),
    Action.CLAIM: lazy_gettext("Pengambilan"),
    Action.RELEASE: lazy_gettext("Pelepasan"),
    Action.NUDGE: lazy_gettext("Pengingat"),
    Action.URGE: lazy_gettext("Pengingat dari atasan"),
    Action.RAISE_CASE: lazy_gettext("Kenaikan jenjang"),
    Action.NOTE: lazy_gettext("Catatan internal"),
    Action.CONTRIBUTE: lazy_gettext("Masukan unit pendukung"),
    Action.MESSAGE: lazy_gettext("Pesan"),
    Action.REOPEN: lazy_gettext("Pembukaan kembali"),
    Action.REVIVE: lazy_gettext("Pengaktifan kembali"),
    Action.TRANSFER_TO_OMBUDSMAN: lazy_gettext("Penyerahan ke Ombudsman"),
    Action.CANCEL: lazy_gettext("Pembatalan"),
    Action.ADOPT: lazy_gettext("Penerimaan laporan ganda"),
    Action.DISOWN: lazy_gettext("Pelepasan laporan ganda"),
}
FOLLOW_UPS: Mapping[FollowUp, LazyText] = {
    FollowUp.ACKNOWLEDGEMENT: lazy_gettext("Tanda terima"),
    FollowUp.PLAN: lazy_gettext("Rencana tindak lanjut"),
    FollowUp.ACTION: lazy_gettext("Tindakan"),
}
CLOCKS: Mapping[ClockName, LazyText] = {
    ClockName.VERIFICATION: lazy_gettext("Verifikasi"),
    ClockName.FIRST_FOLLOW_UP: lazy_gettext("Tindak lanjut pertama"),
    ClockName.RESOLUTION: lazy_gettext("Penyelesaian"),
    ClockName.VERIFICATION_LEVEL: lazy_gettext("Jenjang verifikasi"),
    ClockName.FIRST_FOLLOW_UP_LEVEL: lazy_gettext("Jenjang tindak lanjut pertama"),
    ClockName.RESOLUTION_LEVEL: lazy_gettext("Jenjang penyelesaian"),
    ClockName.PROMISE: lazy_gettext("Tanggal rencana"),
    ClockName.COMPLETION: lazy_gettext("Kelengkapan dari pelapor"),
    ClockName.CONFIRMATION: lazy_gettext("Konfirmasi pelapor"),
    ClockName.REOPEN_WINDOW: lazy_gettext("Masa buka kembali"),
    ClockName.REVIVE_WINDOW: lazy_gettext("Masa aktifkan kembali"),
    ClockName.OMBUDSMAN: lazy_gettext("Tawaran Ombudsman"),
}
OWN_CLOCKS: Mapping[ClockName, LazyText] = {
    **CLOCKS,
    ClockName.COMPLETION: lazy_gettext("Kelengkapan dari Anda"),
    ClockName.CONFIRMATION: lazy_gettext("Konfirmasi Anda"),
}
"""The same to the reporter."""
ROLES: Mapping[Role, LazyText] = {
    Role.NATIONAL_ADMIN: lazy_gettext("Admin Nasional"),
    Role.AGENCY_ADMIN: lazy_gettext("Admin Instansi"),
    Role.LIAISON: lazy_gettext("Pejabat Penghubung"),
    Role.OPERATOR: lazy_gettext("Pengelola"),
    Role.SUPERVISOR: lazy_gettext("Atasan"),
    Role.INSPECTORATE: lazy_gettext("Inspektorat"),
    Role.OVERSEER: lazy_gettext("Pengawas"),
}
RUNGS: tuple[LazyText, ...] = (
    lazy_gettext("atasan unit"),
    lazy_gettext("admin instansi"),
    lazy_gettext("inspektorat dan pimpinan instansi"),
    lazy_gettext("admin dan pimpinan nasional"),
    lazy_gettext("tawaran Ombudsman"),
)
"""Who is told on each rung, the first first. Source: DOMAIN, the ladder."""
RELATIONS: Mapping[Relation, LazyText] = {
    Relation.REPORTER: lazy_gettext("Pelapor"),
    Relation.VERIFIER: lazy_gettext("Verifikator"),
    Relation.LIAISON: lazy_gettext("Pejabat Penghubung"),
    Relation.OPERATOR: lazy_gettext("Pengelola"),
    Relation.SUPERVISOR: lazy_gettext("Atasan"),
    Relation.ARBITER: lazy_gettext("Penengah"),
    Relation.ASSISTANT: lazy_gettext("Unit pendukung"),
    Relation.OVERSEER: lazy_gettext("Pengawas"),
    Relation.SYSTEM: lazy_gettext("Sistem"),
}
ENDS: Mapping[EndReason, LazyText] = {
    EndReason.RESOLVED: lazy_gettext("pelapor menyatakan selesai"),
    EndReason.ANSWERED: lazy_gettext("sudah terjawab"),
    EndReason.SILENCE: lazy_gettext("tidak ada kabar dari pelapor"),
    EndReason.WITHDRAWN: lazy_gettext("dicabut oleh pelapor"),
    EndReason.DUPLICATE: lazy_gettext("laporan ganda"),
    EndReason.NOT_COMPETENT: lazy_gettext("bukan kewenangan instansi mana pun di sini"),
    EndReason.INCOMPLETE: lazy_gettext("belum cukup lengkap untuk ditangani"),
    EndReason.SPAM: lazy_gettext("bukan laporan yang sungguh-sungguh"),
    EndReason.TRANSFERRED_TO_OMBUDSMAN: lazy_gettext("diserahkan ke Ombudsman"),
}


def actor_label(actor: Actor, unit_names: Mapping[int, str]) -> str:
    """Who acted: role and unit of staff, `Pelapor`, or `Sistem`. Never the name of a person."""
    if Relation.REPORTER in actor.relations:
        return str(RELATIONS[Relation.REPORTER])
    if actor.role is None:
        return str(RELATIONS[Relation.SYSTEM])
    unit = unit_names.get(actor.unit_id or 0, "")
    return f"{ROLES[actor.role]}, {unit}" if unit else str(ROLES[actor.role])


def reporter_mask(mask: str) -> str:
    """How staff call a reporter."""
    return gettext("Pelapor %(mask)s", mask=mask)
