"""What a case remembers besides its stage, holder, kind and clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.actor import UnitRef
from domain.case import ClockName, EndReason, Stage
from domain.clock import Clock


@dataclass(frozen=True, kw_only=True)
class Before:
    """How the case stood before an act that can be undone: an answer, or an end.

    Attributes:
        seq: the act's event.
        at: when it counted.
        clocks: the clocks that ran until then.
        lapsed: the clock by whose running out it came; None if a person did it.
        version: the version before it.
    """

    seq: int
    at: datetime
    stage: Stage
    clocks: tuple[Clock, ...]
    version: int
    end_reason: EndReason | None = None
    lapsed: ClockName | None = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Counters, marks and ids of a case; an event that changes one carries all of them.

    Attributes:
        assisting: units that read and write notes, without a clock.
        publish: the verifier allows a redacted version to be made public.
        return_stage: the stage remembered while the reporter is asked, or in the archive.
        way_back: those who sent the case on, the last one last; a return goes to it.
        crossed: a bounce has left an agency, so that only the national level can arbitrate.
        in_arbitration: the holder decides for good; `settled`: it has, and nobody can send it back.
        claimed_by: who shows that they work on it.
        nudged_at: when the reporter last asked how it stands; `urged_at` when those above last reminded.
        replies: the last events with words to the reporter that can be corrected.
        answer: how it stood before the answer that now awaits the reporter.
        ending: how it stood before it was closed or archived.
        merged_into: the elder case that it follows; `followers`: the younger ones that follow it.
        offered_at: when the Ombudsman was offered.
        cancelled: ids of commands that their authors called back before they came.
        failed_mails: ids of the last mails to the reporter that did not arrive; each is told once.
        mail_failed_at: when the case last heard of one.
    """

    accused_person_id: int | None = None
    category_id: int | None = None
    assisting: tuple[int, ...] = ()
    publish: bool = False
    return_stage: Stage | None = None
    ask_count: int = 0
    bounce_count: int = 0
    crossed: bool = False
    way_back: tuple[UnitRef, ...] = ()
    in_arbitration: bool = False
    settled: bool = False
    extended: bool = False
    claimed_by: int | None = None
    nudged_at: datetime | None = None
    urged_at: datetime | None = None
    replies: tuple[int, ...] = ()
    answer: Before | None = None
    ending: Before | None = None
    merged_into: int | None = None
    followers: tuple[int, ...] = ()
    withdrawal_noted: bool = False
    offered_at: datetime | None = None
    cancelled: tuple[str, ...] = ()
    failed_mails: tuple[int, ...] = ()
    mail_failed_at: datetime | None = None


NO_FACTS = Facts()
