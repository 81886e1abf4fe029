"""What the demo shows to everybody: redacted versions of some of its cases, with support and comments."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from db import directory_store
from db.case_reader import CaseFile, CaseReader
from db.comment_store import CommentStore, CommentWords, Verdict
from db.database import Database
from db.desk_scope import Onlooker
from db.directory_table import MembershipRow
from db.file_place import FolderPlace
from db.intake_store import IntakeStore
from db.keyring import Keyring
from db.publication_store import REPLY_KINDS, Edition, Publication, PublicationStore, Sheet
from db.support_store import SupportStore
from domain.access import staff_actor
from domain.actor import Actor
from domain.case import Role
from domain.errors import TuntasError
from domain.publication import is_publishable
from ops.preparation import used_database
from settings import Settings

LOOKS, SECONDS_BETWEEN = 60, 1.0
"""The worker applies the demo's acts within seconds; a case that takes longer stays unpublished."""


@dataclass(frozen=True, kw_only=True)
class PublicStory:
    """The public version of a story, found by the title under which it came in.

    Attributes:
        replies: how many words of the offices stand beside it.
        approved: a comment that everybody reads; `waiting`: one that nobody has decided on.
    """

    of: str
    title: str
    text: str
    place: str
    replies: int = 0
    supports: int = 0
    approved: str = ""
    waiting: str = ""


PUBLIC_STORIES = (
    PublicStory(
        of="Jalan berlubang dekat sekolah dasar",
        title="Jalan berlubang dekat sekolah dasar",
        text="Lubang besar di tengah jalan, dalamnya kira-kira 20 cm. Sudah dua kali ada motor jatuh.",
        place="Jalan Kenanga",
        supports=14,
        waiting="Malam hari lubangnya tidak kelihatan karena lampunya juga mati.",
    ),
    PublicStory(
        of="Saluran air tersumbat dan meluap saat hujan",
        title="Saluran air tersumbat dan meluap saat hujan",
        text="Setiap hujan lebih dari setengah jam, air masuk ke teras rumah warga.",
        place="Gang Mawar",
        replies=1,
        supports=6,
        approved="Di ujung gang sudah lancar sejak dikeruk. Terima kasih.",
    ),
    PublicStory(
        of="Trotoar rusak, kursi roda tidak bisa lewat",
        title="Trotoar rusak, kursi roda tidak bisa lewat",
        text="Ubin trotoar terangkat akar pohon sepanjang satu blok.",
        place="Jalan Cempaka, sisi timur",
        replies=2,
        supports=9,
        approved="Sekarang sudah rata; tinggal satu ubin yang masih goyang di dekat halte.",
    ),
    PublicStory(
        of="Jadwal puskesmas hari Sabtu",
        title="Jadwal imunisasi puskesmas pada hari Sabtu",
        text="Apakah puskesmas melayani imunisasi pada hari Sabtu, dan jam berapa?",
        place="Puskesmas Contoh Barat",
        replies=1,
    ),
)


async def publish_when_ready(settings: Settings) -> None:
    """Publishes each case as soon as its leave to publish is recorded, and gives up after a minute."""
    for _ in range(LOOKS):
        if await asyncio.to_thread(publish_cases, settings):
            return
        await asyncio.sleep(SECONDS_BETWEEN)


def publish_cases(settings: Settings) -> bool:
    """Publishes what may be published by now; safe to repeat. Whether nothing is left to publish."""
    assert settings.master_key is not None  # noqa: S101  `tuntas up` has made the home before
    with used_database(settings) as database:
        demo = _Demo(database, Keyring(settings.master_key), settings)
        try:
            return all([demo.show(story) for story in PUBLIC_STORIES])
        except (DBAPIError, TuntasError):
            return False  # busy with the start, or somebody was quicker; the next look sees it


class _Demo:
    """The stores by which a person would publish, support, comment and decide."""

    def __init__(self, database: Database, keyring: Keyring, settings: Settings) -> None:
        self._database = database
        self._keyring = keyring
        self._intakes = IntakeStore(database, keyring, FolderPlace(settings.files_folder))
        self._reader = CaseReader(database, keyring, FolderPlace(settings.files_folder))
        self._publications = PublicationStore(database, keyring)

    def show(self, story: PublicStory) -> bool:
        """Whether the story is public, or was taken back by somebody; its support comes last."""
        intake = self._intakes.find(_id(story.of))
        file = None if intake is None else self._reader.by_id(intake.case_id)
        if file is None:
            return True  # a demo of an older version
        known = self._publications.of_case(file.case_id)
        if known is None:
            known = self._publish(file, story)
        if known is not None and known.live and known.supports < story.supports:
            self._discuss(known, file, story)
        return known is not None

    def _publish(self, file: CaseFile, story: PublicStory) -> Publication | None:
        """None while it may not be published, or while its replies are still under way."""
        messages = self._reader.messages(file.case_id, for_reporter=True)
        replies = {
            message.id: message.text
            for message in messages
            if message.author == "staff" and message.kind in REPLY_KINDS
        }
        actor = self._liaison(file)
        publishable = is_publishable(file.state, secret=file.secret) and len(replies) >= story.replies
        if actor is None or not publishable:
            return None
        sheet = Sheet(form_id=_id(f"{story.of}/publish"), case_id=file.case_id, version=0, actor=actor)
        edition = Edition(title=story.title, text=story.text, place=story.place, replies=replies)
        self._publications.publish(sheet, edition)
        return self._publications.of_case(file.case_id)

    def _discuss(self, shown: Publication, file: CaseFile, story: PublicStory) -> None:
        comments = CommentStore(self._database, self._keyring)
        for text in filter(None, (story.approved, story.waiting)):
            comments.add(shown.id, _id(f"{story.of}/{text}"), CommentWords(name="", text=text))
        self._approve(comments, file, story)
        supporters = SupportStore(self._database)
        for number in range(story.supports):
            supporters.give(shown.id, self._keyring.fingerprint(f"demo:{number}"))

    def _approve(self, comments: CommentStore, file: CaseFile, story: PublicStory) -> None:
        form_id, actor = _id(f"{story.of}/approve"), self._liaison(file)
        if actor is None:
            return
        for item in comments.waiting(self._onlooker(actor)):
            if item.case_code == file.code and item.comment.text == story.approved:
                verdict = Verdict(form_id=form_id, comment_id=item.comment.id, actor=actor, reason=None)
                comments.decide(verdict)

    def _liaison(self, file: CaseFile) -> Actor | None:
        """The liaison officer of the office that holds the case, if it has one."""
        of_holder = MembershipRow.unit_id == file.state.holder.id
        query = select(MembershipRow.person_id).where(of_holder, MembershipRow.role == Role.LIAISON.value)
        with self._database.read() as session:
            person_id = session.scalars(query.limit(1)).one_or_none()
            if person_id is None:
                return None
            held = directory_store.holding_of(session, file.state, secret=file.secret)
            return staff_actor(person_id, directory_store.memberships(session, person_id), held)

    def _onlooker(self, actor: Actor) -> Onlooker:
        assert actor.person_id is not None  # noqa: S101  staff always is somebody
        with self._database.read() as session:
            roles = directory_store.memberships(session, actor.person_id)
        return Onlooker(memberships=tuple(roles), person_id=actor.person_id)


def _id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))
