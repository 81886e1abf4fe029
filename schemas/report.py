"""What a reporter hands in, and how their words and identity look once opened."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from domain.case import Kind
from schemas.case import Wire


class ReportWords(Wire):
    """The words of a report."""

    title: str
    text: str
    place: str = ""


class Identity(Wire):
    """Who the reporter is; all optional."""

    name: str = ""
    email: str = ""
    phone: str = ""


class NewFile(Wire):
    """An attachment whose type was found in its content."""

    name: str
    media_type: str
    content: bytes = Field(repr=False)


class NewReport(Wire):
    """A checked intake form.

    Attributes:
        intake_id: UUID made with the form.
        agency_id: the agency that the reporter chose, or None for the national level.
        policy_name: whose clocks are promised.
    """

    intake_id: str
    kind: Kind
    words: ReportWords
    identity: Identity
    files: tuple[NewFile, ...] = ()
    agency_id: int | None = None
    happened_on: date | None = None
    anonymous: bool = False
    secret: bool = False
    locale: str = "id"
    policy_name: str = "standard"
