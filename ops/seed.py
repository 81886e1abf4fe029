"""The demo: Kota Contoh with its offices, accounts named by role, and cases in every stage."""

from __future__ import annotations

from argon2 import PasswordHasher
from sqlalchemy import select

from db import installation
from db.account_store import AccountStore
from db.database import Database
from db.directory_table import PersonRow, UnitRow
from domain.access import Membership
from domain.case import Role, UnitLevel
from ops.seed_case import seed_cases
from ops.standard import add_unit, seed_standard
from settings import DEMO_PASSWORD, Settings

AGENCIES = {
    "Pemerintah Kota Contoh": (
        "Dinas Pekerjaan Umum",
        "Dinas Perhubungan",
        "Dinas Kesehatan",
        "Dinas Kependudukan dan Pencatatan Sipil",
        "Kecamatan Contoh Barat",
    ),
    "Pemerintah Kabupaten Contoh Hulu": ("Dinas Pendidikan", "Dinas Lingkungan Hidup"),
}

ACCOUNTS = (
    ("nasional", "Admin Nasional", "Pusat Pengaduan Nasional", Role.NATIONAL_ADMIN),
    ("nasional.pimpinan", "Pimpinan Pusat Pengaduan Nasional", "Pusat Pengaduan Nasional", Role.SUPERVISOR),
    ("kota", "Admin Pemerintah Kota Contoh", "Pemerintah Kota Contoh", Role.AGENCY_ADMIN),
    ("kota.pimpinan", "Pimpinan Pemerintah Kota Contoh", "Pemerintah Kota Contoh", Role.SUPERVISOR),
    ("pu", "Pejabat Penghubung Dinas Pekerjaan Umum", "Dinas Pekerjaan Umum", Role.LIAISON),
    ("pu.operator", "Operator Dinas Pekerjaan Umum", "Dinas Pekerjaan Umum", Role.OPERATOR),
    ("pu.atasan", "Atasan Dinas Pekerjaan Umum", "Dinas Pekerjaan Umum", Role.SUPERVISOR),
    ("hub", "Pejabat Penghubung Dinas Perhubungan", "Dinas Perhubungan", Role.LIAISON),
    ("kes", "Pejabat Penghubung Dinas Kesehatan", "Dinas Kesehatan", Role.LIAISON),
    ("hulu", "Admin Pemerintah Kabupaten Contoh Hulu", "Pemerintah Kabupaten Contoh Hulu", Role.AGENCY_ADMIN),
    ("hulu.didik", "Pejabat Penghubung Dinas Pendidikan", "Dinas Pendidikan", Role.LIAISON),
)

DEMO_LOGIN_HELP = (
    "log in at /masuk: kota (verifies), pu (follows up and answers), "
    f"pu.atasan and kota.pimpinan (supervise); password of all demo accounts: {DEMO_PASSWORD}"
)

CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
"""The demo's password is public; hashing it slowly would only slow the first start."""


def seed_demo(settings: Settings) -> None:
    """Fills an empty database with the demo. Safe to repeat; what is there stays."""
    database = Database(settings.database_url)
    try:
        seed_standard(database)
        if not installation.is_demo_seeded(database):
            installation.claim_demo(database)
            _add_units(database)
            _add_accounts(database)
            seed_cases(database, settings)
            installation.finish_demo(database)
    finally:
        database.dispose()


def _add_units(database: Database) -> None:
    with database.write() as session:
        if session.scalars(select(UnitRow.id).where(UnitRow.level == UnitLevel.AGENCY.value)).first():
            return
        national = session.scalars(select(UnitRow).where(UnitRow.level == UnitLevel.NATIONAL.value)).one()
        for agency_name, department_names in AGENCIES.items():
            agency = add_unit(session, UnitLevel.AGENCY, agency_name, national)
            for name in department_names:
                add_unit(session, UnitLevel.DEPARTMENT, name, agency)


def _add_accounts(database: Database) -> None:
    accounts = AccountStore(database, CHEAP_HASHER)
    with database.read() as session:
        units = {name: id_ for id_, name in session.execute(select(UnitRow.id, UnitRow.name)).tuples()}
        known = set(session.scalars(select(PersonRow.login)))
    for login, name, unit_name, role in ACCOUNTS:
        if login not in known:
            accounts.add(
                login=login,
                name=name,
                email=f"{login}@contoh.example",
                password=DEMO_PASSWORD,
                roles=[Membership(unit_id=units[unit_name], role=role)],
            )
