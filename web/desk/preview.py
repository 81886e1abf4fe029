"""What would follow from a form if it were sent now: what the reporter gets, and what happens to the case.

The rules themselves decide about it, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from db import directory_store, entry_store
from db.case_dating import earlier_calendars
from db.command_store import STAFF_ONLY
from db.ladder import occupied_rung
from domain.clock import TOP_LEVEL, Clock, Due
from domain.command import Command, Refusal
from domain.dating import Given, as_due, date_clock
from domain.decide import decide
from domain.event import Event, EventKind
from domain.notice import Audience, notices
from domain.state import CaseState, evolve, with_dues
from mail.render import RenderedMail, render
from schemas.command import NewCommand
from schemas.mail import MailTemplate, OutgoingMail
from web.desk.case_material import UNSHOWN
from web.desk.opened import OpenCase
from web.language import moment
from web.presenter.labels import CLOCKS, RUNGS, STAGES
from web.presenter.refusal import refusal_sentence, units_of_refusal
from web.services import services
from web.text import LazyText, gettext, lazy_gettext

DRAFTED = 0
"""In the place of the id of words that are not stored."""

HEARERS: dict[Audience, LazyText] = {
    Audience.REPORTER: lazy_gettext("pelapor"),
    Audience.HOLDERS: lazy_gettext("petugas %(unit)s"),
    Audience.RUNG: lazy_gettext("petugas di jenjang eskalasi"),
    Audience.SUPERVISORS: lazy_gettext("atasan %(unit)s"),
    Audience.ASSISTANTS: lazy_gettext("unit pendukung"),
    Audience.TAKEN_FROM: lazy_gettext("petugas yang mengambilnya sebelum Anda"),
}


@dataclass(frozen=True, kw_only=True)
class Preview:
    """`card.preview` in `macros/preview.html`.

    Attributes:
        refusal: why it would not be taken now; all else is empty then.
        mail: what the reporter gets by e-mail, or None; `reach` says whether they have an address.
        letter: the words as they will stand on the tracking page, or "".
        follows: what happens to the case, one sentence each.
    """

    refusal: str = ""
    mail: RenderedMail | None = None
    reach: str = ""
    letter: str = ""
    author: str = ""
    follows: tuple[str, ...] = ()


def preview_of(case: OpenCase, new: NewCommand) -> Preview:
    """What would follow from a checked form at this moment."""
    now, state = services().now(), case.state
    decision = decide(state, _command(new, now))
    if isinstance(decision, Refusal):
        return Preview(refusal=_refused(decision))
    after = _dated(evolve(state, decision), now, _raiser(decision))
    told = [notice for notice in notices(decision) if notice.audience is Audience.REPORTER]
    read = bool(new.words) and new.action not in STAFF_ONLY
    with services().database.read() as session:
        names = directory_store.unit_names(session, {after.holder.id, new.actor.unit_id or 0})
    return Preview(
        mail=_mail(case, after, MailTemplate(told[0].template), names) if told else None,
        reach=_reach(case) if told else gettext("Pelapor tidak mendapat kabar dari tindakan ini."),
        letter=new.words if read else "",
        author=names.get(new.actor.unit_id or 0, ""),
        follows=tuple(_follows(state, after, decision, names)),
    )


def _command(new: NewCommand, now: datetime) -> Command:
    return Command(
        id=new.id,
        action=new.action,
        actor=new.actor,
        recorded_at=now,
        version=new.version,
        message_id=DRAFTED if new.words else None,
        body=new.body,
    )


def _refused(refusal: Refusal) -> str:
    with services().database.read() as session:
        return refusal_sentence(refusal, directory_store.unit_names(session, units_of_refusal(refusal)))


def _raiser(decision: Event) -> int | None:
    return decision.actor.person_id if decision.kind is EventKind.RAISED else None


def _dated(after: CaseState, now: datetime, raiser: int | None) -> CaseState:
    """The state with the dates that the record would compute; none of them is kept."""
    with services().database.read() as session:
        waiting = [clock for clock in after.live_clocks if clock.waits_for_due]
        return with_dues(after, tuple(_due(session, after, clock, now, raiser) for clock in waiting))


def _due(session: Session, after: CaseState, clock: Clock, now: datetime, raiser: int | None) -> Due:
    calendar = directory_store.calendar_of(session, clock.unit_id)
    earlier = earlier_calendars(session, clock)
    derivation = date_clock(clock, calendar, after.policy.min_after_resume, earlier)
    due = as_due(clock, derivation, Given(calendar=calendar, policy=after.policy, since=now))
    return replace(due, rung=occupied_rung(session, after, clock, raiser))


def _mail(case: OpenCase, after: CaseState, template: MailTemplate, names: dict[int, str]) -> RenderedMail:
    with services().database.read() as session:
        zone = directory_store.calendar_of(session, after.holder.id).zone
    mail = OutgoingMail(
        outbox_id=0,
        case_id=case.file.case_id,
        code=case.file.code,
        template=template,
        locale=case.file.locale,
        to_address="",
        to_reporter=True,
        unit_name=names.get(after.holder.id, ""),
        due_at=None if after.due is None else after.due.due_at,
        zone=zone,
        attempts=0,
    )
    return render(mail, gettext("[tautan pribadi pelapor]"))


def _reach(case: OpenCase) -> str:
    with services().database.read() as session:
        has_email = entry_store.entry_of_case(session, case.file.case_id).has_email
    if has_email:
        return gettext("Dikirim ke alamat surel pelapor, dan tampil di halaman lacaknya.")
    return gettext("Pelapor tidak memberi alamat surel: ia membacanya di halaman lacak saja.")


def _follows(state: CaseState, after: CaseState, event: Event, names: dict[int, str]) -> Iterator[str]:
    if after.stage is not state.stage:
        yield gettext("Tahap menjadi: %(stage)s.", stage=str(STAGES[after.stage]))
    if after.holder.id != state.holder.id:
        yield gettext("Pemegang berikutnya: %(unit)s.", unit=names.get(after.holder.id, ""))
    if event.kind is EventKind.RAISED:
        rung = min(after.level, TOP_LEVEL)
        yield gettext("Jenjang menjadi %(level)d: %(who)s.", level=rung, who=str(RUNGS[rung - 1]))
    for clock in event.clocks:
        if clock.name not in UNSHOWN:
            yield from _of_clock(state.clock(clock.name), after.clock(clock.name) or clock, event.at)
    heard = dict.fromkeys(notice.audience for notice in notices(event))
    if heard:
        unit = names.get(after.holder.id, "")
        who = ", ".join(gettext(HEARERS[one].source, unit=unit) for one in heard)
        yield gettext("Yang diberi tahu: %(who)s.", who=who)


def _of_clock(before: Clock | None, clock: Clock, at: datetime) -> Iterator[str]:
    """What becomes of one clock; nothing if it goes on as it was."""
    label, was_live = str(CLOCKS[clock.name]), before is not None and before.live
    if clock.stopped_at == at and was_live:
        yield gettext("Tenggat %(clock)s berhenti.", clock=label)
    elif clock.live and clock.due_at is None:
        yield gettext("Tenggat %(clock)s berhenti sementara, sampai pelapor menjawab.", clock=label)
    elif clock.live and not was_live and clock.due_at is not None:
        yield gettext("Tenggat %(clock)s mulai, sampai %(due)s.", clock=label, due=moment(clock.due_at))
    elif clock.live and before is not None and before.due_at != clock.due_at and clock.due_at is not None:
        yield gettext("Tenggat %(clock)s menjadi %(due)s.", clock=label, due=moment(clock.due_at))
