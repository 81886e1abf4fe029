"""The accounts that a demo offers on its log-in page; outside of a demo there are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from db import directory_store
from db.account_store import Person
from domain.case import Role
from web.presenter.labels import ROLES
from web.services import services
from web.text import LazyText, lazy_gettext

DOES: Mapping[Role, LazyText] = {
    Role.NATIONAL_ADMIN: lazy_gettext("memverifikasi laporan yang tidak memilih instansi"),
    Role.AGENCY_ADMIN: lazy_gettext("memverifikasi dan mengirim laporan ke unit"),
    Role.LIAISON: lazy_gettext("menindaklanjuti dan menjawab"),
    Role.OPERATOR: lazy_gettext("mencatat tindak lanjut"),
    Role.SUPERVISOR: lazy_gettext("melihat apa yang terlambat, dan sejak kapan"),
    Role.INSPECTORATE: lazy_gettext("memeriksa pengaduan berkadar pengawasan"),
    Role.OVERSEER: lazy_gettext("membaca"),
}


@dataclass(frozen=True, kw_only=True)
class DemoAccount:
    """A button of `auth/login.html`."""

    login: str
    role_label: LazyText
    unit_label: str
    does: LazyText


def demo_accounts() -> list[DemoAccount]:
    """All open accounts with a role, in the order in which they were made."""
    if not services().settings.demo:
        return []
    people = [person for person, active in services().accounts.people() if active and person.memberships]
    units = {person.memberships[0].unit_id for person in people}
    with services().database.read() as session:
        names = directory_store.unit_names(session, units)
    return [_account(person, names) for person in sorted(people, key=lambda person: person.id)]


def _account(person: Person, names: Mapping[int, str]) -> DemoAccount:
    first = person.memberships[0]
    return DemoAccount(
        login=person.login,
        role_label=ROLES[first.role],
        unit_label=names[first.unit_id],
        does=DOES[first.role],
    )
