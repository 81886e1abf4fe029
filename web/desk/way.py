"""How a report came in, and how its reporter is reached where no mail goes out to them."""

from __future__ import annotations

from collections.abc import Mapping

from db import entry_store
from db.entry_store import Entry
from db.mail_preference_store import MailPreferenceStore
from domain.case import Channel
from schemas.mail import Wanted
from web.desk.entry_form import CHANNELS
from web.desk.opened import OpenCase
from web.services import services
from web.text import LazyText, gettext, lazy_gettext

ANSWER_BESIDE: Mapping[Channel, LazyText] = {
    Channel.TELEPHONE: lazy_gettext("Pelapor menelepon dan tidak memberi surel: kabari juga lewat telepon."),
    Channel.LETTER: lazy_gettext("Pelapor menulis surat dan tidak memberi surel: balas juga dengan surat."),
    Channel.WALK_IN: lazy_gettext(
        "Pelapor datang langsung dan tidak memberi surel: sampaikan juga lewat telepon atau surat."
    ),
}
NO_ADDRESS = lazy_gettext(
    "Pelapor tidak memberi surel dan tidak dikabari: ia membaca jawaban bila membuka halaman lacak."
)
NOT_WANTED: Mapping[Wanted, LazyText] = {
    Wanted.NONE: lazy_gettext(
        "Pelapor mematikan surel laporan ini dan tidak dikabari: ia membaca jawaban bila membuka halaman "
        "lacak."
    ),
    Wanted.NEEDED: lazy_gettext(
        "Pelapor hanya mau surel yang menunggu tindakannya: pertanyaan dan jawaban sampai, kabar lain ia "
        "baca di halaman lacak."
    ),
}


def way_of(case: OpenCase) -> Entry:
    """How the report came in."""
    with services().database.read() as session:
        return entry_store.entry_of_case(session, case.file.case_id)


def came_by(entry: Entry) -> str:
    """The way in words; "" for what the reporter sent over the web."""
    label = CHANNELS.get(entry.channel)
    return "" if label is None else gettext("%(channel)s, dicatat oleh petugas", channel=str(label))


def answer_beside(entry: Entry) -> str:
    """What an answer on these pages does not do by itself; "" where mails reach the reporter."""
    if not entry.has_email:
        return str(ANSWER_BESIDE.get(entry.channel, NO_ADDRESS))
    wanted = MailPreferenceStore(services().database).of(entry.case_id).wanted
    return str(NOT_WANTED.get(wanted, ""))
