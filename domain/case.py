"""The words of a case: its stages, kinds, actions and the people around it.

Source: DOMAIN and CASE of the founding documents; `docs/glossary.md` gives the Indonesian terms.
"""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where a case stands; each open stage names who must act."""

    VERIFICATION = "verification"
    DISPOSED = "disposed"
    IN_PROGRESS = "in_progress"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    CLOSED = "closed"


OPEN_STAGES = frozenset(Stage) - {Stage.CLOSED}


class Kind(StrEnum):
    """What a reporter sent; the kind chooses the resolution clock."""

    COMPLAINT = "complaint"
    COMPLAINT_OVERSIGHT = "complaint_oversight"
    ASPIRATION = "aspiration"
    INFORMATION_REQUEST = "information_request"


class Action(StrEnum):
    """What a person can do to a case; the same word names the update, the route and the log row."""

    DISPOSE = "dispose"
    FOLLOW_UP = "follow_up"
    ANSWER = "answer"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    MESSAGE = "message"


class FollowUp(StrEnum):
    """How substantive a follow-up is; an acknowledgement stops no clock."""

    ACKNOWLEDGEMENT = "acknowledgement"
    PLAN = "plan"
    ACTION = "action"


class EndReason(StrEnum):
    """Why a case ended. Silence is not satisfaction."""

    RESOLVED = "resolved"
    SILENCE = "silence"


class ClockName(StrEnum):
    """The clocks of a case; CLOCKS.md says what starts, pauses and stops each."""

    VERIFICATION = "verification"
    FIRST_FOLLOW_UP = "first_follow_up"
    RESOLUTION = "resolution"
    CONFIRMATION = "confirmation"
    REOPEN_WINDOW = "reopen_window"


class Role(StrEnum):
    """What a staff account may be in a unit."""

    NATIONAL_ADMIN = "national_admin"
    AGENCY_ADMIN = "agency_admin"
    LIAISON = "liaison"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    OVERSEER = "overseer"


class Relation(StrEnum):
    """How an actor stands to the case at hand, worked out from memberships and the holder."""

    REPORTER = "reporter"
    VERIFIER = "verifier"
    LIAISON = "liaison"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ARBITER = "arbiter"
    OVERSEER = "overseer"
    SYSTEM = "system"


class Channel(StrEnum):
    """How an act reached us."""

    WEB = "web"
    MAIL = "mail"
    SYSTEM = "system"


class UnitLevel(StrEnum):
    """Rank of a unit in the tree of organisations."""

    NATIONAL = "national"
    AGENCY = "agency"
    DEPARTMENT = "department"
