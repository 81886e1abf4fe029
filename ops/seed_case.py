"""Cases of the demo, made the way every case is made: an intake, and commands that wait to be delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import directory_store
from db.category_table import CategoryRow
from db.command_store import CommandStore
from db.database import Database, now
from db.directory_table import MembershipRow, UnitRow
from db.file_place import FolderPlace
from db.intake_store import Intake, IntakeStore
from db.keyring import Keyring
from domain.access import staff_actor
from domain.actor import Actor, reporter_actor
from domain.case import Action, Channel, FollowUp, Kind
from domain.command import Body
from ops.seed_hour import APART, awake, by_day, in_office, placed
from schemas.command import NewCommand
from schemas.report import Identity, NewReport, ReportWords
from settings import Settings

CITY = "Pemerintah Kota Contoh"
POLICY = "demo_days"
LONGEST_AGO = timedelta(hours=71)
"""An act that has waited for 72 hours is not applied any more."""
OF_REPORTER = frozenset({Action.CONFIRM, Action.DISPUTE, Action.MESSAGE})


@dataclass(frozen=True, kw_only=True)
class Step:
    """An act, about so many hours ago."""

    action: Action
    hours_ago: float
    words: str
    follow_up: FollowUp | None = None
    rating: int | None = None


@dataclass(frozen=True, kw_only=True)
class Story:
    """A report and what was done about it."""

    title: str
    text: str
    place: str
    hours_ago: float
    kind: Kind = Kind.COMPLAINT
    agency: str | None = CITY
    unit: str = "Dinas Pekerjaan Umum"
    steps: tuple[Step, ...] = ()
    secret: bool = False
    anonymous: bool = False
    category: str = ""
    """Its code in `ops.categories`; "" for a reporter who did not know."""


def _disposed(hours_ago: float) -> Step:
    return Step(action=Action.DISPOSE, hours_ago=hours_ago, words="Mohon ditindaklanjuti sesuai kewenangan.")


def _acted(hours_ago: float, words: str) -> Step:
    return Step(action=Action.FOLLOW_UP, hours_ago=hours_ago, words=words, follow_up=FollowUp.ACTION)


def _answered(hours_ago: float, words: str) -> Step:
    return Step(action=Action.ANSWER, hours_ago=hours_ago, words=words)


STORIES = (
    Story(
        title="Lampu jalan padam di depan pasar",
        category="jalan.lampu",
        text="Tiga lampu jalan di depan pasar sudah padam sejak seminggu lalu. Malam hari gelap dan rawan.",
        place="Jalan Melati, depan Pasar Contoh",
        hours_ago=3,
    ),
    Story(
        title="Jalan berlubang dekat sekolah dasar",
        category="jalan.rusak",
        text="Lubang besar di tengah jalan, dalamnya kira-kira 20 cm. Sudah dua kali ada motor jatuh.",
        place="Jalan Kenanga, dekat SD Contoh 2",
        hours_ago=150,
        steps=(_disposed(70),),
    ),
    Story(
        title="Saluran air tersumbat dan meluap saat hujan",
        category="air.saluran",
        text="Setiap hujan lebih dari setengah jam, air masuk ke teras rumah warga.",
        place="Gang Mawar RT 03 RW 05",
        hours_ago=200,
        steps=(
            _disposed(68),
            _acted(20, "Tim sudah meninjau lokasi dan mengeruk 40 meter saluran. Sisanya dikerjakan Kamis."),
        ),
    ),
    Story(
        title="Trotoar rusak, kursi roda tidak bisa lewat",
        category="jalan.trotoar",
        text="Ubin trotoar terangkat akar pohon sepanjang satu blok.",
        place="Jalan Cempaka, sisi timur",
        hours_ago=240,
        steps=(
            _disposed(69),
            _acted(50, "Kami menutup bagian yang berbahaya dan memesan ubin pengganti."),
            _answered(4, "Trotoar sepanjang satu blok telah diratakan dan dipasang ubin baru."),
        ),
    ),
    Story(
        title="Jadwal puskesmas hari Sabtu",
        category="kesehatan.puskesmas",
        text="Apakah puskesmas melayani imunisasi pada hari Sabtu, dan jam berapa?",
        place="Puskesmas Contoh Barat",
        hours_ago=48,
        kind=Kind.INFORMATION_REQUEST,
        unit="Dinas Kesehatan",
        steps=(
            _disposed(44),
            _answered(20, "Imunisasi dilayani setiap Sabtu pukul 08.00–11.00 WIB. Bawalah buku KIA."),
            Step(action=Action.CONFIRM, hours_ago=2, words="Terima kasih, jelas.", rating=5),
        ),
    ),
    Story(
        title="Usul halte bus di depan terminal lama",
        category="angkutan.umum",
        text="Penumpang menunggu di bawah panas. Mohon dibangunkan halte kecil dengan atap.",
        place="Terminal lama",
        hours_ago=60,
        kind=Kind.ASPIRATION,
        unit="Dinas Perhubungan",
        steps=(_disposed(40),),
    ),
    Story(
        title="Pungutan di loket parkir tanpa karcis",
        text="Petugas meminta Rp10.000 tanpa karcis, dua kali dalam seminggu ini.",
        place="Parkir Pasar Contoh",
        hours_ago=30,
        anonymous=True,
        secret=True,
        unit="Dinas Perhubungan",
    ),
    Story(
        title="Sampah menumpuk di tepi sungai",
        category="lingkungan.sampah",
        text="Tumpukan sampah sudah sepanjang lima meter dan mulai masuk ke sungai.",
        place="Tepi Sungai Contoh, dekat jembatan gantung",
        hours_ago=100,
        agency=None,
    ),
)


def seed_cases(database: Database, settings: Settings) -> None:
    """Commits the demo's reports and commands; the worker then starts and delivers them. Safe to repeat."""
    assert settings.master_key is not None  # noqa: S101  `tuntas up` has made the home before
    keyring = Keyring(settings.master_key)
    intakes = IntakeStore(database, keyring, FolderPlace(settings.files_folder))
    commands = CommandStore(database, keyring)
    with database.read() as session:
        at = now(session)
    for story in sorted(STORIES, key=lambda story: -story.hours_ago):
        received_at, steps_at = instants(story, at)
        intake = intakes.receive(_report(database, story), received_at=received_at)
        _record_steps(database, commands, story, intake, steps_at)


def instants(story: Story, at: datetime) -> tuple[datetime, list[datetime]]:
    """When the report came and when each of its acts happened, for a demo that is made at `at`."""
    latest, steps_at = at, list[datetime]()
    for step in reversed(story.steps):
        wanted = at - timedelta(hours=step.hours_ago)
        fitting = (awake,) if step.action in OF_REPORTER else (in_office, by_day)
        steps_at.append(placed(wanted, at - LONGEST_AGO, latest, *fitting))
        latest = steps_at[-1] - APART
    wanted = at - timedelta(hours=story.hours_ago)
    return placed(wanted, wanted - timedelta(days=1), latest, awake), steps_at[::-1]


def _report(database: Database, story: Story) -> NewReport:
    with database.read() as session:
        agency_id = None if story.agency is None else _unit_row(session, story.agency).id
        known = select(CategoryRow.id).where(CategoryRow.code == story.category)
        category_id = session.scalars(known).one_or_none()
    return NewReport(
        intake_id=str(uuid5(NAMESPACE_URL, story.title)),
        kind=story.kind,
        words=ReportWords(title=story.title, text=story.text, place=story.place),
        identity=Identity(),
        agency_id=agency_id,
        category_id=category_id,
        anonymous=story.anonymous,
        secret=story.secret,
        policy_name=POLICY,
    )


def _record_steps(
    database: Database, commands: CommandStore, story: Story, intake: Intake, steps_at: list[datetime]
) -> None:
    """Versions follow one another: the report is version 1 and every step of a story raises it."""
    for number, (step, at) in enumerate(zip(story.steps, steps_at, strict=True), start=1):
        with database.read() as session:
            actor = _actor(session, story, step)
            target = _unit_row(session, story.unit).id
            unit = directory_store.unit(session, target)
        command = NewCommand(
            id=str(uuid5(NAMESPACE_URL, f"{story.title}/{number}")),
            case_id=intake.case_id,
            action=step.action,
            actor=actor,
            version=number,
            words=step.words,
            body=_body(story, step, unit),
        )
        commands.record(command, recorded_at=at.astimezone(UTC))


def _body(story: Story, step: Step, unit: directory_store.Unit | None) -> Body:
    if step.action is Action.DISPOSE:
        return Body(unit=unit.ref if unit else None, kind=story.kind, publish=not story.secret)
    return Body(follow_up=step.follow_up, rating=step.rating)


def _actor(session: Session, story: Story, step: Step) -> Actor:
    if step.action in OF_REPORTER:
        return reporter_actor(Channel.WEB)
    holder = CITY if step.action is Action.DISPOSE else story.unit
    unit_id = _unit_row(session, holder).id
    person_id = session.scalars(
        select(MembershipRow.person_id)
        .where(MembershipRow.unit_id == unit_id, MembershipRow.role.in_(["agency_admin", "liaison"]))
        .limit(1)
    ).one()
    holding = directory_store.holding(session, unit_id, secret=story.secret, level=0)
    return staff_actor(person_id, directory_store.memberships(session, person_id), holding)


def _unit_row(session: Session, name: str) -> UnitRow:
    return session.scalars(select(UnitRow).where(UnitRow.name == name)).one()
