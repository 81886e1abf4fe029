"""Cases brought as far as a test needs, in the offices of `tests.offices`: real stores, real rules.

Nothing here stands in for code of ours: reports come through the intake, acts through the command table, and
what a workflow would do with them (decide, then record) is done at once and in this process.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from db import directory_store
from db.account_store import AccountStore
from db.case_reader import CaseReader
from db.case_record import SqlCaseRecorder
from db.case_table import CaseViewRow, ReportRow
from db.command_store import RecordedCommand
from db.database import Database
from db.directory_table import UnitRow
from db.wire import CASE_INPUT
from domain.access import Membership, staff_actor
from domain.actor import SYSTEM_ACTOR, Actor, reporter_actor
from domain.agenda import AgendaKind, agenda
from domain.case import Action, Channel, FollowUp, MailProblem, Role, UnitLevel
from domain.command import Body, Command, OtherCase, Refusal
from domain.decide import begin, decide
from domain.event import Event
from domain.fire import fire, mail_failed
from domain.state import CaseState, evolve
from ops.standard import add_unit
from schemas.case import RecordInput
from schemas.command import Applied, NewCommand, Outcome, Refused
from schemas.report import NewFile, ReportWords
from tests.bodies import nested
from tests.offices import PASSWORD, QUICK_HASHER, Offices


@dataclass(frozen=True, kw_only=True)
class MadeCase:
    """A case that a test talks about."""

    id: int
    code: str
    key: str
    mask: str


class DirectCases:
    """Decides and records at once what a workflow would decide and record."""

    def __init__(self, database: Database, reader: CaseReader) -> None:
        self._reader = reader
        self._recorder = SqlCaseRecorder(database)

    def send(self, code: str, command: Command) -> Outcome:
        """The outcome of a command; the same id is applied once."""
        state = self.state(code)
        known = state.done.get(command.id)
        if known is not None:
            return Applied(seq=known)
        decision = decide(state, command)
        if isinstance(decision, Refusal):
            return Refused(refusal=decision)
        self.happen(state, decision)
        return Applied(seq=decision.seq)

    def happen(self, state: CaseState, event: Event) -> None:
        """Records an event."""
        self._recorder.record(RecordInput(events=(event,), state=evolve(state, event)))

    def state(self, code: str) -> CaseState:
        """The state as recorded."""
        case = self._reader.by_code(code)
        assert case is not None
        return case.state


class CaseFactory:
    """Makes cases and staff in the offices of one test."""

    def __init__(self, offices: Offices) -> None:
        self.offices = replace(offices, people=dict(offices.people), units=dict(offices.units))
        self.reader = CaseReader(offices.database, offices.keyring, offices.place)
        self.cases = DirectCases(offices.database, self.reader)

    def add_person(self, login: str, roles: list[tuple[str, Role]]) -> int:
        """An account with those roles; its password is that of all offices."""
        person_id = AccountStore(self.offices.database, QUICK_HASHER).add(
            login=login,
            name=f"Akun {login}",
            email=f"{login}@contoh.example",
            password=PASSWORD,
            roles=[Membership(unit_id=self.offices.units[unit], role=role) for unit, role in roles],
        )
        self.offices.people[login] = person_id
        return person_id

    def memberships(self, login: str) -> list[Membership]:
        """The roles of an account."""
        with self.offices.database.read() as session:
            return directory_store.memberships(session, self.offices.people[login])

    def report(
        self,
        title: str = "Lampu jalan padam",
        *,
        agency: str | None = "kota",
        at: datetime | None = None,
        started: bool = True,
        files: tuple[NewFile, ...] = (),
        **changes: Any,
    ) -> MadeCase:
        """A report that has been received and, unless told otherwise, started."""
        words = ReportWords(title=title, text=f"Teks laporan: {title}.", place="Jalan Uji 1")
        agency_id = None if agency is None else self.offices.units[agency]
        intake = self.offices.report(at=at, words=words, agency_id=agency_id, files=files, **changes)
        case = MadeCase(id=intake.case_id, code=intake.code, key=intake.key, mask=self._mask(intake.case_id))
        if started:
            self.start(case)
        return case

    def start(self, case: MadeCase) -> None:
        """Records what the first step of a workflow records."""
        with self.offices.database.read() as session:
            start = CASE_INPUT.validate_python(session.get_one(ReportRow, case.id).start, strict=False)
        first = begin(start.state, start.clocks, start.state.received_at)
        self.cases.happen(start.state, first)
        self.offices.intakes.mark_started(case.id)

    def actor(self, case: MadeCase, login: str | None) -> Actor:
        """Who somebody is to a case now; the reporter for None."""
        if login is None:
            return reporter_actor(Channel.WEB)
        state = self.cases.state(case.code)
        with self.offices.database.read() as session:
            holding = directory_store.holding_of(session, state)
            roles = directory_store.memberships(session, self.offices.people[login])
        return staff_actor(self.offices.people[login], roles, holding)

    def command(self, case: MadeCase, login: str | None, action: Action, **fields: Any) -> RecordedCommand:
        """A command that is recorded and not yet delivered."""
        at = fields.pop("at", None)
        new = NewCommand(
            id=str(uuid4()),
            case_id=case.id,
            action=action,
            actor=self.actor(case, login),
            **nested({"version": self.cases.state(case.code).version, **fields}),
        )
        return self.offices.commands.record(new, recorded_at=at)

    def act(self, case: MadeCase, login: str | None, action: Action, **fields: Any) -> Outcome:
        """A command from its record to its outcome."""
        recorded = self.command(case, login, action, **fields)
        outcome = self.cases.send(case.code, recorded.command)
        if isinstance(outcome, Refused):
            self.offices.commands.refuse(recorded.command.id, outcome.refusal)
        return outcome

    def dispose(self, case: MadeCase, login: str = "kota.admin", unit: str = "pu", **fields: Any) -> None:
        """The case goes to a unit."""
        self._applied(self.act(case, login, Action.DISPOSE, unit=self.offices.unit(unit), **fields))

    def follow_up(
        self, case: MadeCase, login: str = "pu.penghubung", words: str = "Sudah kami tinjau."
    ) -> None:
        """The unit says what it has done."""
        fields = {"words": words, "follow_up": FollowUp.ACTION}
        self._applied(self.act(case, login, Action.FOLLOW_UP, **fields))

    def answer(self, case: MadeCase, login: str = "pu.penghubung", words: str = "Sudah selesai.") -> None:
        """The unit gives its final answer."""
        self._applied(self.act(case, login, Action.ANSWER, words=words))

    def expire_next(self, case: MadeCase) -> None:
        """The nearest clock runs out at its due instant; what warns of it before does so."""
        while True:
            state = self.cases.state(case.code)
            item = agenda(state)[0]
            self.cases.happen(state, fire(state, item, item.at))
            if item.kind is AgendaKind.EXPIRE:
                return

    def climb(self, case: MadeCase, level: int) -> None:
        """Nobody acts until the case has reached a rung of the ladder."""
        while self.cases.state(case.code).level < level:
            self.expire_next(case)

    def ask(self, case: MadeCase, login: str = "pu.penghubung", words: str = "Di mana tepatnya?") -> None:
        """The reporter is asked to complete the report."""
        self._applied(self.act(case, login, Action.ASK, words=words))

    def add_sub_unit(self, name: str, parent: str = "pu") -> int:
        """An office below another one."""
        with self.offices.database.write() as session:
            above = session.get_one(UnitRow, self.offices.units[parent])
            unit_id = add_unit(session, UnitLevel.DEPARTMENT, f"Seksi {name}", above).id
        self.offices.units[name] = unit_id
        return unit_id

    def merge(self, case: MadeCase, elder: MadeCase, login: str = "kota.admin") -> None:
        """A case joins an elder one; both halves."""
        secret = bool(self.cases.state(case.code).secret)
        other = OtherCase(id=elder.id, code=elder.code, secret=secret)
        younger = OtherCase(id=case.id, code=case.code, secret=secret)
        adoption = Command(
            id=str(uuid4()),
            action=Action.ADOPT,
            actor=SYSTEM_ACTOR,
            recorded_at=datetime.now(UTC),
            body=Body(other=younger),
        )
        self._applied(self.cases.send(elder.code, adoption))
        self._applied(self.act(case, login, Action.MERGE, other=other))

    def fail_mail(self, case: MadeCase, at: datetime | None = None) -> None:
        """The case hears that a mail to its reporter did not arrive."""
        state = self.cases.state(case.code)
        mail_id = max(state.facts.failed_mails, default=0) + 1
        event = mail_failed(state, mail_id, MailProblem.BOUNCED, at or datetime.now(UTC))
        assert event is not None
        self.cases.happen(state, event)

    def view(self, case: MadeCase) -> CaseViewRow:
        """The row of the lists."""
        with self.offices.database.read() as session:
            row = session.get_one(CaseViewRow, case.id)
            session.expunge(row)
            return row

    def _mask(self, case_id: int) -> str:
        with self.offices.database.read() as session:
            return session.get_one(ReportRow, case_id).mask

    @staticmethod
    def _applied(outcome: Outcome) -> None:
        assert isinstance(outcome, Applied), outcome


def long_ago(**back: float) -> datetime:
    """So long before now; aware UTC."""
    return datetime.now(UTC) - timedelta(**back)
