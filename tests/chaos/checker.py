"""Judges a run from outside: joins what clients were told with tables, workflows and the mail ledger."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select

from db.case_record import FIRST_HASH, chain_hash
from db.case_table import CaseLogRow, CaseViewRow, CommandRow, OutboxRow, ReportRow
from db.database import Database
from db.operation_table import DevMailRow
from db.subscription_table import SUBSCRIBER
from db.wire import EVENT, STATE
from domain.notice import notices
from engine.bridge import Bridge
from engine.case_client import CaseClient
from settings import Settings
from tests.chaos.journal import Journal
from tests.eventually import eventually_here

QUIET_WITHIN = 300.0
A_BREATH = 0.5


class Checker:
    """Every finding is a sentence; an empty list is the only good result."""

    def __init__(self, settings: Settings, journal: Journal) -> None:
        self._database = Database(settings.database_url)
        self._cases = CaseClient(
            Bridge(settings.temporal_address, settings.temporal_namespace, settings.temporal_access)
        )
        self._journal = journal

    def findings(self) -> list[str]:
        """All that is wrong once everything has come to rest, or has not in good time."""
        try:
            eventually_here(lambda: not self._unsettled(), "rest", QUIET_WITHIN, A_BREATH)
        except AssertionError:
            return self._unsettled()
        return [
            *self._reports(),
            *self._logs(),
            *self._commands(),
            *self._notices(),
            *self._mails(),
        ]

    def counts(self) -> dict[str, int]:
        """How much there was to lose, and what became of the mails."""
        with self._database.read() as session:
            mails = dict(
                session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state))
                .tuples()
                .all()
            )
            events = session.scalar(select(func.count()).select_from(CaseLogRow)) or 0
            provider = session.scalar(select(func.count()).select_from(DevMailRow)) or 0
        return {
            "reports": len(self._journal.entries("received")),
            "acts": len(self._journal.entries("done")),
            "events": events,
            "mails": provider,
            "unknown": mails.get("unknown", 0),
        }

    def _unsettled(self) -> list[str]:
        """What still waits: commands, intakes, and tables that are behind their workflows."""
        late = select(CommandRow.case_id, CommandRow.action, CommandRow.id)
        unstarted = select(ReportRow.code).where(ReportRow.started_at.is_(None))
        with self._database.read() as session:
            commands = session.execute(late.where(CommandRow.outcome == "waiting")).all()
            reports = session.scalars(unstarted).all()
        waiting = [f"case {row.case_id}: {row.action} {row.id} waits" for row in commands]
        return waiting + [f"{code}: not started" for code in reports] + self._differences()

    def _differences(self) -> list[str]:
        """Cases whose table differs from what the workflow says of itself."""
        with self._database.read() as session:
            codes = list(session.scalars(select(ReportRow.code)))
            views = {row.code: row.state for row in session.scalars(select(CaseViewRow))}
        found = []
        for code in codes:
            inside = self._cases.get_case(code)
            shown = views.get(code)
            if shown is None or STATE.validate_python(shown, strict=False) != inside:
                found.append(f"{code}: the table and the workflow differ")
        return found

    def _reports(self) -> list[str]:
        """Each form that was acknowledged made exactly one report."""
        forms = Counter(entry["intake_id"] for entry in self._journal.entries("received"))
        with self._database.read() as session:
            kept = {row.intake_id: row.code for row in session.scalars(select(ReportRow))}
        lost = [f"the report of form {form} is lost" for form in forms if form not in kept]
        codes = {entry["intake_id"]: entry["code"] for entry in self._journal.entries("received")}
        other = [
            f"form {form}: another code" for form, code in codes.items() if kept.get(form) not in {None, code}
        ]
        return lost + other

    def _logs(self) -> list[str]:
        """No gap, no doubled command, an unbroken chain, and the view at its end."""
        found = []
        with self._database.read() as session:
            for view in session.scalars(select(CaseViewRow)):
                of_case = CaseLogRow.case_id == view.case_id
                rows = session.scalars(select(CaseLogRow).where(of_case).order_by(CaseLogRow.seq)).all()
                if [row.seq for row in rows] != list(range(1, view.seq + 1)):
                    found.append(f"{view.code}: gaps in the log")
                if not _is_chain(list(rows)):
                    found.append(f"{view.code}: the chain is broken")
                ids = Counter(row.event["command_id"] for row in rows if row.event["command_id"])
                found += [
                    f"{view.code}: {id_} applied {count} times" for id_, count in ids.items() if count > 1
                ]
        return found

    def _commands(self) -> list[str]:
        """What a person was told to be done is in the log."""
        with self._database.read() as session:
            outcomes = {row.id: row.outcome for row in session.scalars(select(CommandRow))}
        told = self._journal.entries("done")
        return [
            f"command {entry['command_id']} was told as done and is {outcomes.get(entry['command_id'])}"
            for entry in told
            if outcomes.get(entry["command_id"]) != "applied"
        ]

    def _notices(self) -> list[str]:
        """Every event has queued exactly the kinds of message that the rules ask for."""
        with self._database.read() as session:
            events = session.execute(select(CaseLogRow.case_id, CaseLogRow.seq, CaseLogRow.event)).all()
            queued: dict[tuple[int, int], set[str]] = {}
            of_case = OutboxRow.recipient.not_like(f"{SUBSCRIBER}%")
            for row in session.execute(
                select(OutboxRow.case_id, OutboxRow.seq, OutboxRow.template).where(of_case)
            ):
                queued.setdefault((row.case_id, row.seq), set()).add(row.template)
        wanted = {
            (row.case_id, row.seq): {
                notice.template for notice in notices(EVENT.validate_python(row.event, strict=False))
            }
            for row in events
        }
        return [
            f"case {case} event {seq}: messages {queued.get((case, seq), set())}, not {templates}"
            for (case, seq), templates in wanted.items()
            if queued.get((case, seq), set()) != templates
        ]

    def _mails(self) -> list[str]:
        """The provider's own ledger holds no message twice, and every one that we call sent."""
        with self._database.read() as session:
            carrier = func.coalesce(OutboxRow.carried_by, OutboxRow.id)
            sent = set(session.scalars(select(carrier).where(OutboxRow.state == "sent")))
            # Read last: PostgreSQL shows each query what was committed before it, and mails still go out.
            ledger = Counter(_outbox_id(row.payload) for row in session.scalars(select(DevMailRow)))
        doubled = [f"message {id_} went out {count} times" for id_, count in ledger.items() if count > 1]
        return doubled + [f"message {id_} is called sent and was not" for id_ in sent if id_ not in ledger]


def _is_chain(rows: list[CaseLogRow]) -> bool:
    previous = FIRST_HASH
    for row in rows:
        if row.hash != chain_hash(previous, row.event):
            return False
        previous = row.hash
    return True


def _outbox_id(payload: dict) -> int:
    custom = payload.get("custom_args") or payload["personalizations"][0]["custom_args"]
    return int(custom["outbox_id"])
