"""A small world for tests: two agencies with offices, their accounts, and reports made the real way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from argon2 import PasswordHasher

from db import directory_store
from db.account_store import AccountStore
from db.command_store import CommandStore
from db.database import Database
from db.directory_table import UnitRow
from db.file_place import FilePlace, FolderPlace
from db.intake_store import Intake, IntakeStore
from db.keyring import Keyring
from domain.access import Membership, staff_actor
from domain.actor import Actor, UnitRef, reporter_actor
from domain.case import Action, Channel, Kind, Role, UnitLevel
from domain.command import Command
from ops.standard import add_unit, seed_standard
from schemas.command import NewCommand
from schemas.report import Identity, NewReport, ReportWords
from tests.bodies import nested
from tests.databases import migrated, sqlite_url

PASSWORD = "sandi-uji-coba-1"
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True)
class Offices:
    """Unit ids and person ids by short names."""

    database: Database
    keyring: Keyring
    units: dict[str, int]
    people: dict[str, int]
    files: Path
    bucket: FilePlace | None = None
    """Where files lie instead, if it is given."""

    @property
    def place(self) -> FilePlace:
        return self.bucket or FolderPlace(self.files)

    @property
    def intakes(self) -> IntakeStore:
        return IntakeStore(self.database, self.keyring, self.place)

    @property
    def commands(self) -> CommandStore:
        return CommandStore(self.database, self.keyring, self.place)

    def unit(self, name: str) -> UnitRef:
        """What the rules need of a unit."""
        with self.database.read() as session:
            found = directory_store.unit(session, self.units[name])
            assert found is not None
            return found.ref

    def actor(self, person: str, holder: str) -> Actor:
        """A person as they stand to a case that `holder` holds."""
        with self.database.read() as session:
            holding = directory_store.holding(session, self.units[holder], secret=False, level=0)
            roles = directory_store.memberships(session, self.people[person])
            return staff_actor(self.people[person], roles, holding)

    def report(self, *, at: datetime | None = None, **changes: object) -> Intake:
        """A committed report to the city."""
        fields: dict[str, object] = {
            "intake_id": str(uuid4()),
            "kind": Kind.COMPLAINT,
            "words": ReportWords(
                title="Lampu padam", text="Lampu jalan padam seminggu.", place="Jalan Melati"
            ),
            "identity": Identity(name="Canary Nama", email="pelapor@contoh.example"),
            "agency_id": self.units["kota"],
        }
        return self.intakes.receive(NewReport.model_validate(fields | changes), received_at=at)

    def command(
        self, intake: Intake, action: Action, actor: Actor, *, at: datetime | None = None, **body: object
    ) -> Command:
        """A recorded command, as the web makes it."""
        new = NewCommand.model_validate(
            {
                "id": str(uuid4()),
                "case_id": intake.case_id,
                "action": action,
                "actor": actor,
                "words": "Kata-kata.",
            }
            | nested(body)
        )
        return self.commands.record(new, recorded_at=at).command

    def dispose(
        self, intake: Intake, *, to: str = "pu", version: int = 1, at: datetime | None = None
    ) -> Command:
        """The city's admin sends the case to an office."""
        actor = self.actor("kota.admin", "kota")
        return self.command(intake, Action.DISPOSE, actor, version=version, unit=self.unit(to), at=at)

    def reporter(self) -> Actor:
        """The holder of the case key."""
        return reporter_actor(Channel.WEB)


ROLES = {
    "nasional.admin": ("nasional", Role.NATIONAL_ADMIN),
    "kota.admin": ("kota", Role.AGENCY_ADMIN),
    "kota.atasan": ("kota", Role.SUPERVISOR),
    "pu.penghubung": ("pu", Role.LIAISON),
    "pu.operator": ("pu", Role.OPERATOR),
    "pu.atasan": ("pu", Role.SUPERVISOR),
    "hub.penghubung": ("hub", Role.LIAISON),
    "hulu.admin": ("hulu", Role.AGENCY_ADMIN),
    "didik.penghubung": ("didik", Role.LIAISON),
}


def open_offices(database: Database, folder: Path) -> Offices:
    """Fills a migrated database."""
    seed_standard(database)
    with database.write() as session:
        national = session.get_one(UnitRow, directory_store.national_unit(session).id)
        units = {"nasional": national.id}
        for agency, offices in {"kota": ("pu", "hub"), "hulu": ("didik",)}.items():
            row = add_unit(session, UnitLevel.AGENCY, f"Instansi {agency}", national)
            units[agency] = row.id
            for office in offices:
                units[office] = add_unit(session, UnitLevel.DEPARTMENT, f"Dinas {office}", row).id
    accounts = AccountStore(database, QUICK_HASHER)
    people = {}
    for login, (unit, role) in ROLES.items():
        people[login] = accounts.add(
            login=login,
            name=f"Akun {login}",
            email=f"{login}@contoh.example",
            password=PASSWORD,
            roles=[Membership(unit_id=units[unit], role=role)],
        )
    return Offices(database, Keyring(bytes(range(32))), units, people, folder / "files")


def seed(folder: Path) -> tuple[Path, Offices]:
    """A migrated SQLite file with these offices in a folder, to be copied."""
    database = migrated(sqlite_url(folder))
    offices = open_offices(database, folder)
    database.dispose()
    return folder / "tuntas.db", offices
