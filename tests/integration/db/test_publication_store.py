"""Publishing, changing and taking back, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from db.case_table import MessageRow
from db.command_store import OtherBodySentError
from db.comment_store import MOST_WAITING, CommentStore, CommentWords, TooManyCommentsError, Verdict
from db.desk_scope import Onlooker
from db.publication_store import Edition, NotPublishableError, OtherEditionError
from db.publication_table import (
    PublicationCommentRow,
    PublicationLogRow,
    PublicationRow,
    PublicationStemRow,
    PublicationWordRow,
)
from db.support_store import SupportStore
from domain.case import Action, Role
from domain.publication import PublicationAct, RejectionReason, WithdrawalReason
from tests.factories import CaseFactory
from tests.offices import Offices
from tests.publications import Published, Publisher

EDITION = Edition(title="Lampu padam", text="Lampu padam di taman.", place="Taman")


@pytest.fixture
def publisher(offices: Offices) -> Publisher:
    return Publisher(CaseFactory(offices))


def count(publisher: Publisher, column: Any) -> int:
    with publisher.factory.offices.database.read() as session:
        return session.scalar(select(func.count(column))) or 0


def test_each_change_is_a_line_of_the_log_with_who_and_why(publisher: Publisher) -> None:
    case = publisher.allowed()
    publisher.edit(case, EDITION)
    publisher.edit(case, replace(EDITION, text="Lebih singkat."))
    publisher.store.unpublish(publisher.sheet(case, login="pu.atasan"), WithdrawalReason.PERSONAL_DATA)
    publisher.edit(case, EDITION)
    lines = publisher.store.log(publisher.of(case).publication.id)
    assert [line.act for line in reversed(lines)] == [
        PublicationAct.PUBLISHED,
        PublicationAct.CHANGED,
        PublicationAct.UNPUBLISHED,
        PublicationAct.PUBLISHED,
    ]
    assert (lines[1].reason, lines[1].role) == ("personal_data", Role.SUPERVISOR)
    assert lines[0].unit_id == publisher.factory.offices.units["pu"]


def test_the_same_form_publishes_once(publisher: Publisher) -> None:
    case = publisher.allowed()
    sheet = publisher.sheet(case)
    assert publisher.store.publish(sheet, EDITION) is PublicationAct.PUBLISHED
    assert publisher.store.publish(sheet, EDITION) is PublicationAct.PUBLISHED
    assert publisher.of(case).publication.version == 1
    assert count(publisher, PublicationLogRow.id) == 1


def test_a_form_that_comes_again_with_other_words_is_refused_and_changes_nothing(
    publisher: Publisher,
) -> None:
    case = publisher.allowed()
    sheet = publisher.sheet(case)
    publisher.store.publish(sheet, EDITION)
    for other in (replace(EDITION, text="Lain."), replace(EDITION, place="")):
        with pytest.raises(OtherBodySentError):
            publisher.store.publish(sheet, other)
    with pytest.raises(OtherBodySentError):
        publisher.store.unpublish(sheet, WithdrawalReason.PERSONAL_DATA)
    taken_back = publisher.sheet(case)
    publisher.store.unpublish(taken_back, WithdrawalReason.PERSONAL_DATA)
    publisher.store.unpublish(taken_back, WithdrawalReason.PERSONAL_DATA)
    with pytest.raises(OtherBodySentError):
        publisher.store.unpublish(taken_back, WithdrawalReason.WRONG_CONTENT)
    assert count(publisher, PublicationLogRow.id) == 2


def test_the_log_tells_which_edition_it_was_and_no_word_of_it(publisher: Publisher) -> None:
    made = publisher.publish("Judul bocor", "Kata langka.")
    publisher.take_back(made.case)
    publisher.edit(made.case, EDITION)
    with publisher.factory.offices.database.read() as session:
        rows = list(session.scalars(select(PublicationLogRow).order_by(PublicationLogRow.id)))
        assert [row.version for row in rows] == [1, 2, 3]
        assert len({row.body_hash for row in rows}) == 3
        assert all(row.body_hash and row.body_hash.isalnum() and row.person_id for row in rows)


def test_of_two_editors_the_second_is_told_and_nothing_is_lost(publisher: Publisher) -> None:
    case = publisher.allowed()
    first, second = publisher.sheet(case), publisher.sheet(case)
    publisher.store.publish(first, EDITION)
    with pytest.raises(OtherEditionError):
        publisher.store.publish(second, replace(EDITION, text="Lain."))
    with pytest.raises(OtherEditionError):
        publisher.store.unpublish(second, WithdrawalReason.WRONG_CONTENT)
    assert publisher.of(case).publication.edition == EDITION


def test_secret_cases_and_such_that_nobody_allowed_are_never_published(publisher: Publisher) -> None:
    secret = publisher.allowed(secret=True)
    forbidden = publisher.factory.report()
    publisher.factory.dispose(forbidden)
    fresh = publisher.factory.report(started=False)
    later = publisher.allowed()
    publisher.change_view(later, secret=True)
    for case in (secret, forbidden, fresh, later):
        with pytest.raises(NotPublishableError):
            publisher.edit(case, EDITION)
    assert count(publisher, PublicationRow.id) == 0
    assert count(publisher, PublicationStemRow.stem) == 0


def test_what_was_taken_back_leaves_no_word_behind(publisher: Publisher) -> None:
    made = publisher.publish("Judul rahasia bocor", "Kata langka: xylofonik.")
    stays = publisher.publish("Judul lain")
    publisher.take_back(made.case)
    known = publisher.of(made.case).publication
    assert not known.live and known.edition == Edition(title="", text="")
    database = publisher.factory.offices.database
    with database.read() as session:
        words = set(session.scalars(select(PublicationWordRow.word)))
        stems = set(session.scalars(select(PublicationStemRow.publication_id)))
    assert "xylofonik" not in words and "bocor" not in words and "judul" in words
    assert stems == {stays.publication.id}


def test_replies_of_other_cases_and_notes_among_staff_are_not_published(publisher: Publisher) -> None:
    own, other = publisher.allowed(), publisher.allowed()
    for case in (own, other):
        publisher.factory.answer(case, words="Selesai.")
    publisher.factory.act(own, "pu.penghubung", Action.NOTE, words="Catatan.")
    with publisher.factory.offices.database.read() as session:
        every = list(session.scalars(select(MessageRow.id)))
        wanted = select(MessageRow.id).where(MessageRow.case_id == own.id, MessageRow.kind == "answer")
        answer = session.scalars(wanted).one()
    publisher.edit(own, replace(EDITION, replies=dict.fromkeys(every, "Disamarkan.")))
    published = publisher.of(own).publication
    assert published.edition.replies == {answer: "Disamarkan."}
    assert [reply.text for reply in publisher.query.replies(published.id)] == ["Disamarkan."]


def test_the_original_stays_as_it_was(publisher: Publisher) -> None:
    made = publisher.publish("Versi publik")
    original = publisher.factory.reader.by_id(made.case.id)
    assert original is not None and original.words.title == "Versi publik"
    publisher.edit(made.case, EDITION)
    assert publisher.factory.reader.by_id(made.case.id) == original


def test_support_is_counted_once_each(publisher: Publisher) -> None:
    made = publisher.publish()
    store = SupportStore(publisher.factory.offices.database)
    for supporter in ("a", "b", "a"):
        store.give(made.publication.id, supporter)
    assert publisher.of(made.case).publication.supports == 2
    for _ in range(2):
        store.take_back(made.publication.id, "a")
    assert publisher.of(made.case).publication.supports == 1
    assert not store.supports(made.publication.id, "a") and store.supports(made.publication.id, "b")


@pytest.fixture
def comments(offices: Offices) -> CommentStore:
    return CommentStore(offices.database, offices.keyring)


def onlooker(publisher: Publisher, login: str) -> Onlooker:
    factory = publisher.factory
    return Onlooker(memberships=tuple(factory.memberships(login)), person_id=factory.offices.people[login])


def waiting(publisher: Publisher, comments: CommentStore, login: str) -> list[str]:
    return [one.comment.text for one in comments.waiting(onlooker(publisher, login))]


def verdict(
    publisher: Publisher, made: Published, comment_id: int, reason: RejectionReason | None
) -> Verdict:
    sheet = publisher.sheet(made.case)
    return Verdict(form_id=sheet.form_id, comment_id=comment_id, actor=sheet.actor, reason=reason)


def test_a_comment_is_sealed_and_shown_once_approved(publisher: Publisher, comments: CommentStore) -> None:
    made = publisher.publish()
    comments.add(made.publication.id, "f1", CommentWords(name="Warga", text="Canary komentar"))
    comments.add(made.publication.id, "f1", CommentWords(name="Warga", text="Canary komentar"))
    comments.add(made.publication.id, "f2", CommentWords(name="", text="Iklan"))
    with publisher.factory.offices.database.read() as session:
        sealed = list(session.scalars(select(PublicationCommentRow.sealed)))
    assert len(sealed) == 2 and not any(b"Canary" in one for one in sealed)
    first, second = comments.waiting(onlooker(publisher, "pu.penghubung"))
    assert comments.approved(made.publication.id) == []
    assert comments.decide(verdict(publisher, made, first.comment.id, None))
    rejected = verdict(publisher, made, second.comment.id, RejectionReason.ADVERTISEMENT)
    assert comments.decide(rejected) and comments.decide(rejected)
    assert not comments.decide(verdict(publisher, made, second.comment.id, None))
    assert not comments.decide(replace(rejected, reason=None))
    assert not comments.decide(replace(rejected, reason=RejectionReason.INSULT))
    assert [one.text for one in comments.approved(made.publication.id)] == ["Canary komentar"]
    acts = [line.act for line in publisher.store.log(made.publication.id)]
    assert acts[:2] == [PublicationAct.COMMENT_REJECTED, PublicationAct.COMMENT_APPROVED]


def test_comments_wait_for_those_alone_who_decide_on_the_case(
    publisher: Publisher, comments: CommentStore
) -> None:
    made = publisher.publish()
    comments.add(made.publication.id, "f1", CommentWords(name="", text="Halo"))
    for login in ("pu.penghubung", "pu.atasan", "kota.admin", "kota.atasan"):
        assert waiting(publisher, comments, login) == ["Halo"], login
    for login in ("pu.operator", "hub.penghubung", "hulu.admin", "didik.penghubung", "nasional.admin"):
        assert waiting(publisher, comments, login) == [], login
    publisher.change_view(made.case, secret=True)
    assert waiting(publisher, comments, "kota.admin") == []


def test_a_comment_form_that_comes_again_with_other_words_is_refused(
    publisher: Publisher, comments: CommentStore
) -> None:
    made, other = publisher.publish(), publisher.publish()
    words = CommentWords(name="Warga", text="Sama di sini.")
    comments.add(made.publication.id, "f1", words)
    comments.add(made.publication.id, "f1", words)
    for place, changed in (
        (made, CommentWords(name="Warga", text="Lain.")),
        (made, CommentWords(name="", text=words.text)),
        (other, words),
    ):
        with pytest.raises(OtherBodySentError):
            comments.add(place.publication.id, "f1", changed)
    assert waiting(publisher, comments, "pu.penghubung") == ["Sama di sini."]


def test_a_flood_of_comments_ends_at_a_hundred_however_many_come_at_once(
    publisher: Publisher, comments: CommentStore
) -> None:
    made, words = publisher.publish(), CommentWords(name="", text="x")
    for number in range(MOST_WAITING - 2):
        comments.add(made.publication.id, f"f{number}", words)

    def add(number: int) -> bool:
        try:
            comments.add(made.publication.id, f"more{number}", words)
        except TooManyCommentsError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(add, range(6))) == [False] * 4 + [True] * 2
    comments.add(made.publication.id, "f0", words)
    assert count(publisher, PublicationCommentRow.id) == MOST_WAITING
