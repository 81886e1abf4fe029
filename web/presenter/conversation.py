"""The letters between a reporter and the offices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from db.attachment import Attachment
from db.case_reader import Message
from domain.event import Event
from media.picture import THUMBNAIL_SIDE
from web.presenter.labels import FOLLOW_UPS
from web.text import LazyText, gettext, lazy_gettext

KINDS: Mapping[str, LazyText] = {
    "report": lazy_gettext("Laporan"),
    "disposal_note": lazy_gettext("Catatan disposisi"),
    "question": lazy_gettext("Pertanyaan"),
    "completion": lazy_gettext("Kelengkapan"),
    "not_ours": lazy_gettext("Alasan bukan wewenang"),
    "return": lazy_gettext("Alasan pengembalian"),
    "follow_up": lazy_gettext("Tindak lanjut"),
    "answer": lazy_gettext("Jawaban"),
    "take_back_note": lazy_gettext("Alasan penarikan"),
    "correction": lazy_gettext("Ralat"),
    "confirmation": lazy_gettext("Pernyataan selesai"),
    "dispute": lazy_gettext("Pernyataan belum selesai"),
    "archive_reason": lazy_gettext("Alasan pengarsipan"),
    "withdrawal": lazy_gettext("Pencabutan"),
    "merge_note": lazy_gettext("Catatan penggabungan"),
    "unmerge_note": lazy_gettext("Catatan pemisahan"),
    "reassignment": lazy_gettext("Alasan pengalihan"),
    "extension": lazy_gettext("Alasan perpanjangan"),
    "raising": lazy_gettext("Alasan kenaikan jenjang"),
    "reclassification": lazy_gettext("Penjelasan perubahan jenis"),
    "note": lazy_gettext("Catatan internal"),
    "contribution": lazy_gettext("Masukan unit pendukung"),
    "message": lazy_gettext("Pesan"),
    "reopening": lazy_gettext("Alasan pembukaan kembali"),
    "revival": lazy_gettext("Penjelasan pengaktifan kembali"),
    "consent": lazy_gettext("Persetujuan ke Ombudsman"),
}
"""What words are called, by `db.command_store.MESSAGE_KINDS`."""
KILOBYTE = 1024


@dataclass(frozen=True, kw_only=True)
class FileView:
    """A link to an attachment; a picture has a small one too, of that width and height."""

    name: str
    url: str
    size_text: str
    icon: str
    thumbnail_url: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What is right instead, beside the reply that was wrong."""

    id: int
    author: str
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The view model of one letter in `macros/conversation.html`; `side` is reporter, office or system."""

    id: int
    side: str
    author: str
    kind_label: str
    at: datetime
    text: str
    plan_on: date | None
    files: list[FileView]
    day_only: bool = False
    tags: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Who reads: what the reporter is called, how offices are named, where attachments lead.

    Staff are told of letters that the reporter does not see. `came_at`: when a report that staff wrote down
    counts as received; only its day is known.
    """

    reporter: str
    unit_names: Mapping[int, str]
    file_url: Callable[[int], str]
    staff: bool = False
    came_at: datetime | None = None


def letters(messages: list[Message], events: list[Event], reading: Reading) -> list[Letter]:
    """All letters in the order of `messages`; a correction stands in the letter that it corrects."""
    by_seq = {event.seq: event for event in events}
    shown = {message.seq for message in messages}
    found: dict[int, tuple[Correction, ...]] = {}
    written = []
    for message in messages:
        event = by_seq.get(message.seq or 0)
        corrects = None if event is None else event.corrects
        if event is None or corrects is None or corrects not in shown:
            written.append((message, event))
        else:
            found[corrects] = (*found.get(corrects, ()), _correction(message, event, reading))
    return [
        replace(_letter(message, event, reading), corrections=found.get(message.seq or 0, ()))
        for message, event in written
    ]


def _correction(message: Message, event: Event, reading: Reading) -> Correction:
    return Correction(id=message.id, author=_office(event, reading), at=event.at, text=message.text)


def size_text(size: int) -> str:
    """`312 kB`, `1,4 MB`."""
    if size < KILOBYTE * KILOBYTE:
        return gettext("%(num)s kB", num=str(max(1, round(size / KILOBYTE))))
    return gettext("%(num)s MB", num=gettext("%(whole)d,%(tenth)d", **_megabytes(size)))


def _megabytes(size: int) -> dict[str, int]:
    tenths = round(size * 10 / KILOBYTE / KILOBYTE)
    return {"whole": tenths // 10, "tenth": tenths % 10}


def _letter(message: Message, event: Event | None, reading: Reading) -> Letter:
    by_reporter = message.author == "reporter"
    came_at = reading.came_at if message.kind == "report" else None
    return Letter(
        id=message.id,
        side="reporter" if by_reporter else "office",
        author=reading.reporter if by_reporter else _office(event, reading),
        kind_label=_kind_label(message, event),
        at=came_at or (event.at if event else message.created_at),
        text=message.text,
        day_only=came_at is not None,
        plan_on=event.promised_on if event else None,
        files=[file_view(one, reading.file_url(one.id)) for one in message.attachments],
        tags=_tags(message) if reading.staff else (),
    )


def _tags(message: Message) -> tuple[str, ...]:
    """What the reporter does not see says so."""
    inside = () if message.for_reporter else (gettext("hanya petugas"),)
    taken = (gettext("ditarik kembali"),) if message.taken_back else ()
    return (*inside, *taken)


def _kind_label(message: Message, event: Event | None) -> str:
    if event is not None and event.follow_up is not None:
        return str(FOLLOW_UPS[event.follow_up])
    return str(KINDS.get(message.kind, ""))


def _office(event: Event | None, reading: Reading) -> str:
    """The office that spoke; people stay unnamed before the public."""
    unit_id = None if event is None else event.actor.unit_id
    return reading.unit_names.get(unit_id or 0) or gettext("Petugas")


def file_icon(media_type: str) -> str:
    """The icon of a kind of file."""
    kind, _, _ = media_type.partition("/")
    return {"image": "image", "video": "file-earmark-play"}.get(kind, "file-earmark-pdf")


def file_view(attachment: Attachment, url: str) -> FileView:
    """An attachment that is found at that address, and its small picture just below."""
    longest = max(attachment.width, attachment.height, THUMBNAIL_SIDE)
    return FileView(
        name=attachment.name,
        url=url,
        size_text=size_text(attachment.size),
        icon=file_icon(attachment.media_type),
        thumbnail_url=f"{url}/kecil" if attachment.has_thumbnail else "",
        width=round(attachment.width * THUMBNAIL_SIDE / longest),
        height=round(attachment.height * THUMBNAIL_SIDE / longest),
    )
