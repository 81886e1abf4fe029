"""Which mails of a case its reporter has chosen, in words."""

from __future__ import annotations

from db.mail_preference_store import MailPreferenceStore
from schemas.mail import Wanted
from web.services import services
from web.text import LazyText, lazy_gettext

WANTED: dict[Wanted, LazyText] = {
    Wanted.ALL: lazy_gettext("Semua kabar"),
    Wanted.NEEDED: lazy_gettext("Hanya yang menunggu Anda"),
    Wanted.NONE: lazy_gettext("Tidak ada surel"),
}


def preferences() -> MailPreferenceStore:
    """Where the choices are kept."""
    return MailPreferenceStore(services().database)


def wanted_label(case_id: int) -> LazyText | None:
    """The choice for the mails of a case; None if there is no address to write to."""
    chosen = preferences().of(case_id)
    return WANTED[chosen.wanted] if chosen.has_address else None
