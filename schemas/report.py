"""What a reporter hands in, and how their words and identity look once opened."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from domain.case import Channel, Kind
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
    address: str = ""
    on_behalf_of: str = ""
    """For whom somebody else speaks, as their proxy."""


class NewFile(Wire):
    """An attachment whose type was found in its content, with the copy that people are shown.

    Attributes:
        served: the copy that is served in place of the content; None where the content itself is.
        thumbnail: a small WebP picture; None for what is no picture.
        width, height: of the served picture; 0 for what is no picture.
        upload_id: where it waited until it was sent, or "".
    """

    name: str
    media_type: str
    content: bytes = Field(repr=False)
    served_type: str = ""
    served: bytes | None = Field(default=None, repr=False)
    thumbnail: bytes | None = Field(default=None, repr=False)
    width: int = 0
    height: int = 0
    upload_id: str = ""


class NewReport(Wire):
    """A checked intake form.

    Attributes:
        intake_id: UUID made with the form.
        agency_id: the agency that the reporter chose, or None for the national level.
        policy_name: whose clocks are promised.
        region_code, category_id: where it happened and what it is about, if the reporter said so.
        channel: how it reached us; `entered_by`: the member of staff who entered it, if not the reporter.
    """

    intake_id: str
    kind: Kind
    words: ReportWords
    identity: Identity
    files: tuple[NewFile, ...] = ()
    agency_id: int | None = None
    happened_on: date | None = None
    region_code: str | None = None
    category_id: int | None = None
    anonymous: bool = False
    secret: bool = False
    locale: str = "id"
    policy_name: str = "standard"
    channel: Channel = Channel.WEB
    entered_by: int | None = None
