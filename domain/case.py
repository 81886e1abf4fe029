"""The words of a case: its stages, kinds, actions and the people around it.

Source: DOMAIN and CASE of the founding documents; `docs/glossary.md` gives the Indonesian terms.
"""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where a case stands; each open stage names who must act."""

    VERIFICATION = "verification"
    AWAITING_REPORTER = "awaiting_reporter"
    DISPOSED = "disposed"
    IN_PROGRESS = "in_progress"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    CLOSED = "closed"
    ARCHIVED = "archived"


OPEN_STAGES = frozenset(Stage) - {Stage.CLOSED, Stage.ARCHIVED}

REPORTER_STAGES = frozenset({Stage.AWAITING_REPORTER, Stage.AWAITING_CONFIRMATION})
"""Stages in which the reporter must act."""


class Kind(StrEnum):
    """What a reporter sent; the kind chooses the resolution clock."""

    COMPLAINT = "complaint"
    COMPLAINT_OVERSIGHT = "complaint_oversight"
    ASPIRATION = "aspiration"
    INFORMATION_REQUEST = "information_request"


class Action(StrEnum):
    """What a person can do to a case; the same word names the update, the route and the log row."""

    DISPOSE = "dispose"
    ASK = "ask"
    COMPLETE = "complete"
    NOT_OURS = "not_ours"
    RETURN_CASE = "return_case"
    REDISPOSE = "redispose"
    FOLLOW_UP = "follow_up"
    ANSWER = "answer"
    TAKE_BACK = "take_back"
    CORRECT_REPLY = "correct_reply"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    ARCHIVE = "archive"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    UNMERGE = "unmerge"
    REASSIGN = "reassign"
    EXTEND = "extend"
    RECLASSIFY = "reclassify"
    CLAIM = "claim"
    RELEASE = "release"
    NUDGE = "nudge"
    """The reporter asks how it stands."""
    URGE = "urge"
    """Those above the holder remind it of the case."""
    RAISE_CASE = "raise_case"
    """Those above the holder lift the case a rung, without waiting for the clock."""
    NOTE = "note"
    CONTRIBUTE = "contribute"
    MESSAGE = "message"
    REOPEN = "reopen"
    REVIVE = "revive"
    TRANSFER_TO_OMBUDSMAN = "transfer_to_ombudsman"
    CANCEL = "cancel"
    """Of a command that still waits, by whoever sent it."""
    ADOPT = "adopt"
    """The elder's half of a merge; no person asks for it."""
    DISOWN = "disown"
    """Takes an adoption back; no person asks for it."""


SIGNALLED = frozenset({Action.MESSAGE, Action.NUDGE})
"""Acts that nobody waits for; all others are answered."""


class FollowUp(StrEnum):
    """How substantive a follow-up is; an acknowledgement stops no clock."""

    ACKNOWLEDGEMENT = "acknowledgement"
    PLAN = "plan"
    ACTION = "action"


class EndReason(StrEnum):
    """Why a case ended. Silence is not satisfaction."""

    RESOLVED = "resolved"
    ANSWERED = "answered"
    SILENCE = "silence"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    NOT_COMPETENT = "not_competent"
    INCOMPLETE = "incomplete"
    SPAM = "spam"
    TRANSFERRED_TO_OMBUDSMAN = "transferred_to_ombudsman"


ARCHIVE_REASONS = frozenset(
    {EndReason.ANSWERED, EndReason.NOT_COMPETENT, EndReason.INCOMPLETE, EndReason.SPAM}
)
"""What a person may archive for; the other reasons come from acts of their own."""


class ClockName(StrEnum):
    """The clocks of a case; CLOCKS.md says what starts, pauses and stops each."""

    VERIFICATION = "verification"
    FIRST_FOLLOW_UP = "first_follow_up"
    RESOLUTION = "resolution"
    VERIFICATION_LEVEL = "verification_level"
    FIRST_FOLLOW_UP_LEVEL = "first_follow_up_level"
    RESOLUTION_LEVEL = "resolution_level"
    PROMISE = "promise"
    """A date that a plan named; it replaces no other clock."""
    COMPLETION = "completion"
    CONFIRMATION = "confirmation"
    REOPEN_WINDOW = "reopen_window"
    REVIVE_WINDOW = "revive_window"
    OMBUDSMAN = "ombudsman"
    """After it the Ombudsman is offered, if the resolution has expired too."""


class MailProblem(StrEnum):
    """Why a mail to a reporter did not arrive; never in the provider's words, which may repeat an address."""

    BOUNCED = "bounced"
    DROPPED = "dropped"
    ADDRESS = "address"
    REFUSED = "refused"
    GAVE_UP = "gave_up"
    """For three days the provider took none."""
    TEMPLATE = "template"
    UNREADABLE = "unreadable"
    OTHER = "other"


class Role(StrEnum):
    """What a staff account may be in a unit."""

    NATIONAL_ADMIN = "national_admin"
    AGENCY_ADMIN = "agency_admin"
    LIAISON = "liaison"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    INSPECTORATE = "inspectorate"
    OVERSEER = "overseer"


class Relation(StrEnum):
    """How an actor stands to the case at hand, worked out from memberships and the holder."""

    REPORTER = "reporter"
    VERIFIER = "verifier"
    LIAISON = "liaison"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ARBITER = "arbiter"
    ASSISTANT = "assistant"
    OVERSEER = "overseer"
    SYSTEM = "system"


class Channel(StrEnum):
    """How an act reached us."""

    WEB = "web"
    MAIL = "mail"
    WALK_IN = "walk_in"
    LETTER = "letter"
    TELEPHONE = "telephone"
    SYSTEM = "system"


class UnitLevel(StrEnum):
    """Rank of a unit in the tree of organisations."""

    NATIONAL = "national"
    AGENCY = "agency"
    DEPARTMENT = "department"
