"""The form of a redacted version: what it is filled with at first, and what is wrong with it as posted."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from db.case_reader import Message
from db.publication_store import REPLY_KINDS, Edition, Publication
from domain.publication import PLACE_MOST, REPLY_MOST, TEXT_MOST, TITLE_MOST
from domain.redaction import Redaction, left_over, redact
from web.desk.opened import OpenCase
from web.form import Form, posted_form
from web.services import services
from web.text import gettext

WORDS = ("title", "place", "text")
TICKS = ("read", "keep")


@dataclass(frozen=True, kw_only=True)
class Original:
    """The words of the case, which never change, and what our patterns find in them."""

    title: str
    place: str
    text: str
    replies: list[Message]

    @property
    def found(self) -> dict[str, Redaction]:
        """The proposals for each field of the report."""
        return {name: redact(getattr(self, name)) for name in WORDS}


def original_of(case: OpenCase) -> Original:
    """The report and the replies that its reporter has."""
    words = case.file.words
    messages = services().reader.messages(case.file.case_id, for_reporter=True)
    replies = [message for message in messages if message.author == "staff" and message.kind in REPLY_KINDS]
    return Original(title=words.title, place=words.place, text=words.text, replies=replies)


def fresh_form(original: Original, publication: Publication | None) -> Form:
    """The published version if there is one, else the original with our proposals."""
    data: dict[str, str | bool] = {name: found.text for name, found in original.found.items()}
    edition = publication.edition if publication is not None and publication.live else None
    if edition is not None:
        data |= {"title": edition.title, "place": edition.place, "text": edition.text}
    for reply in original.replies:
        shown = None if edition is None else edition.replies.get(reply.id)
        data[reply_field(reply.id)] = redact(reply.text).text if shown is None else shown
        data[show_field(reply.id)] = shown is not None
    return Form(data=data)


def edited_form(original: Original) -> Form:
    """What was posted, with its errors; a field of a reply that is gone meanwhile is left out."""
    replies = [field for reply in original.replies for field in (reply_field(reply.id), show_field(reply.id))]
    form = posted_form((*WORDS, *TICKS, *replies))
    form.errors.update(_errors(form, original))
    return form


def edition_of(form: Form, original: Original) -> Edition:
    """The version that a form without errors asks for."""
    replies = {
        reply.id: form.text(reply_field(reply.id))
        for reply in original.replies
        if form.ticked(show_field(reply.id))
    }
    return Edition(
        title=form.text("title"), text=form.text("text"), place=form.text("place"), replies=replies
    )


def posted_edition() -> int:
    """The version of the publication that the form was made from; 0 for none or for what is no number."""
    text = request.form.get("edition", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0


def reply_field(message_id: int) -> str:
    """The name of the field that holds a redacted reply."""
    return f"reply-{message_id}"


def show_field(message_id: int) -> str:
    """The name of the tick that makes a reply public."""
    return f"show-{message_id}"


def _errors(form: Form, original: Original) -> dict[str, str]:
    found = {}
    if not form.text("title"):
        found["title"] = gettext("Tulis judul yang boleh dibaca umum.")
    if not form.text("text"):
        found["text"] = gettext("Tulis isi yang boleh dibaca umum.")
    for name, most in (("title", TITLE_MOST), ("place", PLACE_MOST), ("text", TEXT_MOST)):
        if len(form.text(name)) > most:
            found[name] = gettext("Paling panjang %(most)d huruf.", most=most)
    found |= _reply_errors(form, original)
    left = () if found else left_in(form, original)
    if left and not form.ticked("keep"):
        found["keep"] = gettext(
            "Masih ada yang tampak seperti data pribadi: %(words)s. "
            "Samarkan, atau nyatakan boleh dibaca umum.",
            words=", ".join(left),
        )
    if not form.ticked("read"):
        found["read"] = gettext("Baca seluruh versi publik, lalu nyatakan bahwa Anda sudah membacanya.")
    return found


def _reply_errors(form: Form, original: Original) -> dict[str, str]:
    found = {}
    for reply in original.replies:
        name = reply_field(reply.id)
        if form.ticked(show_field(reply.id)) and not form.text(name):
            found[name] = gettext("Tulis jawaban yang boleh dibaca umum, atau jangan tampilkan.")
        elif len(form.text(name)) > REPLY_MOST:
            found[name] = gettext("Paling panjang %(most)d huruf.", most=REPLY_MOST)
    return found


def left_in(form: Form, original: Original) -> tuple[str, ...]:
    """What still looks personal in all that would become public."""
    edition = edition_of(form, original)
    texts = (edition.title, edition.place, edition.text, *edition.replies.values())
    return tuple(dict.fromkeys(words for text in texts for words in left_over(text)))
