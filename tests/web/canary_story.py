"""What people do with a site, in an order in which every form is there once; all their words are canaries."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from sqlalchemy import select

from db.category_table import CategoryRow
from db.directory_table import PersonRow, UnitRow
from domain.case import Action
from mail.link import MailPurpose
from tests.factories import MadeCase
from tests.pictures import jpeg
from tests.subscribers import rows
from tests.web.browser import hidden_fields
from tests.web.canary import Aviary
from tests.web.canary_browser import Book, CanaryBrowser, visitor
from tests.web.conftest import Site
from tests.web.desk_site import log_in
from tests.web.test_reporter_case import offer_ombudsman

ADDRESS = "pelapor@contoh.example"


@dataclass
class Story:
    """A site, those who use it, and what has come about so far."""

    site: Site
    thorough: bool = True
    aviary: Aviary = field(default_factory=Aviary)
    book: Book = field(default_factory=Book)
    people: dict[str, CanaryBrowser] = field(default_factory=dict)
    cases: dict[str, MadeCase] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    """What addresses hold: the name of a part → what may stand there."""

    def who(self, login: str) -> CanaryBrowser:
        """A member of staff who has logged in; anybody else for a name without a dot."""
        if login not in self.people:
            self.people[login] = visitor(self.site.app, self.aviary, self.book, thorough=self.thorough)
            if "." in login:
                log_in(self.people[login], login)
        return self.people[login]

    def keep(self, name: str, value: object) -> None:
        """Remembers a part of addresses."""
        self.values.setdefault(name, []).append(str(value))

    def at_desk(self, login: str, case: MadeCase, act: str, **given: Any) -> None:
        """An act of staff on the page of a case."""
        self.who(login).plant(f"/desk/{case.code}", f"desk.{act}", **given)

    def by_reporter(self, case: MadeCase, act: str, page: str = "", **given: Any) -> None:
        """An act of whoever has filed the case."""
        self.who("pelapor").plant(f"/lacak/{case.code}{page}", f"public.{act}", **given)

    def report(self, name: str, **changes: Any) -> MadeCase:
        """A case that is already there, with canaries in its words; its reporter holds the key."""
        words = self.aviary.words_for(f"factory.{name}")
        case = self.site.factory.report(words, **changes)
        self.cases[name] = case
        self.who("pelapor").get(f"/l/{case.key}")
        return case

    def unit(self, name: str) -> str:
        """The id of a unit as forms send it."""
        return str(self.site.factory.offices.units[name])


def name_everybody(story: Story) -> None:
    """Units, people and categories of the directory."""
    with story.site.services.database.write() as session:
        for table in (UnitRow, PersonRow, CategoryRow):
            for row in session.scalars(select(table)).all():
                row.name = story.aviary.words_for(f"{table.__tablename__}.name")
        for row in session.scalars(select(CategoryRow)).all():
            row.name_en = story.aviary.words_for("category.name_en")


def filing(story: Story) -> None:
    """Reports in steps and on one page, with files, and the ways back to them."""
    walker, reporter = story.who("pejalan"), story.who("pelapor")
    walker.plant("/", "public.report_form")
    for number in (1, 2, 3):
        walker.plant(f"/lapor/langkah/{number}", "public.answer_step", region="")
    for page in ("semua", "langkah/1", "langkah/2", "langkah/3", "langkah/4"):
        walker.get(f"/lapor/{page}")
    walker.plant("/lapor", "public.discard_draft")
    for number in range(1, 5):
        story.keep("number", number)
    receipt = reporter.plant("/lapor/semua", "public.submit_report", region="", agency=story.unit("kota"))
    intake_id = receipt.request.path.rsplit("/", 1)[1]
    story.keep("intake_id", intake_id)
    found = story.site.services.intakes.find(intake_id)
    assert found is not None
    story.cases["filed"] = MadeCase(id=found.case_id, code=found.code, key=found.key, mask="")
    story.site.factory.start(story.cases["filed"])
    story.keep("key", found.key)
    stranger = story.who("orang lain")
    stranger.plant("/lacak", "public.find_case", code=found.code)
    stranger.spoil(f"/lacak/{found.code}", "public.find_case", key=found.key)
    stranger.plant(f"/lacak/{found.code}", "public.find_case", key=found.key)
    upload(story)


def upload(story: Story) -> None:
    """What the script of the form does with a photo."""
    browser = story.who("pengunggah")
    hidden = hidden_fields(browser.get("/lapor/semua"), "/reports")
    mine = {"csrf_token": hidden["csrf_token"], "form_id": hidden["attachments_form"], "upload": str(uuid4())}
    for name in ("form_id", "upload", "size", "offset"):
        words = story.aviary.words_for(f"public.upload.{name}")
        browser.post("/unggah", data=mine | {"size": "3", "offset": "0", "name": "a.jpg", name: words})
    name = story.aviary.words_for("public.upload.name")
    for ending, content in ((".txt", b"abc"), (".jpg", jpeg())):
        fields = mine | {"name": name + ending, "size": str(len(content)), "offset": "0"}
        answer = browser.post("/unggah", data=fields | {"piece": (io.BytesIO(content), "piece")})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    story.book.sent.add("public.upload")
    browser.get(f"/unggah/{mine['upload']}/kecil")
    story.keep("upload_id", mine["upload"])
    assert browser.post("/unggah/hapus", data=mine).status_code == 200
    story.book.sent.add("public.drop_upload")


def handling(story: Story) -> None:
    """From the question of a verifier to the answer of an office."""
    case, hub = story.cases["filed"], story.unit("hub")
    story.at_desk("kota.admin", case, "claim")
    story.at_desk("kota.admin", case, "release")
    story.at_desk("kota.admin", case, "ask")
    story.by_reporter(case, "complete")
    story.at_desk(
        "kota.admin", case, "dispose", unit=story.unit("pu"), assisting=[hub], publish="1", accused=""
    )
    story.at_desk("pu.penghubung", case, "note")
    story.who("pu.penghubung").plant(f"/desk/{case.code}/identitas", "desk.open_identity", reason="call")
    story.at_desk("hub.penghubung", case, "contribute")
    story.at_desk("pu.penghubung", case, "follow_up", type="action", plan_on="")
    story.at_desk("pu.atasan", case, "extend")
    story.at_desk("pu.atasan", case, "urge")
    story.at_desk("pu.atasan", case, "raise_case")
    story.by_reporter(case, "nudge")
    story.by_reporter(case, "message")


def verdicts(story: Story) -> None:
    """Answers, what the reporter thinks of them, and what follows."""
    case = story.cases["filed"]
    story.at_desk("pu.penghubung", case, "answer")
    reply = story.site.factory.cases.state(case.code).facts.replies[-1]
    story.at_desk("pu.penghubung", case, "correct_reply", corrects=str(reply))
    story.by_reporter(case, "dispute")
    story.at_desk("pu.penghubung", case, "answer")
    story.at_desk("pu.penghubung", case, "take_back")
    story.at_desk("pu.penghubung", case, "answer")
    story.by_reporter(case, "confirm", rating="2")
    story.by_reporter(case, "reopen")
    closed = story.report("closed")
    story.site.factory.dispose(closed)
    story.site.factory.answer(closed, words=story.aviary.words_for("factory.answer"))
    story.site.factory.act(closed, None, Action.CONFIRM)
    story.at_desk("pu.atasan", closed, "reopen")


def moving(story: Story) -> None:
    """Up, back, across and down."""
    story.site.factory.add_sub_unit(story.aviary.words_for("unit.name"))
    case = story.report("moved")
    story.at_desk("kota.admin", case, "reclassify", kind="aspiration")
    story.at_desk("kota.admin", case, "dispose", unit=story.unit("pu"), accused="", assisting=[])
    story.at_desk("pu.penghubung", case, "return_case")
    story.site.factory.dispose(case)
    section = next(reversed(story.site.factory.offices.units.values()))
    story.at_desk("pu.penghubung", case, "redispose", unit=str(section))
    story.at_desk("kota.atasan", case, "reassign", unit=story.unit("hub"))
    story.at_desk("kota.admin", story.report("above"), "not_ours")


def ending(story: Story) -> None:
    """Ends that are no answers, and ways back from them."""
    case = story.report("archived")
    for revive in ("staff", "reporter"):
        story.at_desk("kota.admin", case, "archive", end_reason="incomplete")
        if revive == "staff":
            story.at_desk("kota.admin", case, "revive")
        else:
            story.by_reporter(case, "revive")
    elder, younger = story.report("elder"), story.report("younger")
    story.at_desk("kota.admin", younger, "merge", code=elder.code)
    story.at_desk("kota.atasan", younger, "unmerge")
    story.keep("other", elder.code)
    story.by_reporter(story.report("withdrawn"), "withdraw", "/pencabutan")
    offered = story.report("ombudsman")
    offer_ombudsman(story.site, offered)
    story.by_reporter(offered, "transfer_to_ombudsman", consents="1")


def calling_back(story: Story) -> None:
    """Acts that wait, and are called back by their author."""
    case, factory = story.cases["filed"], story.site.factory
    for login, action in ((None, Action.MESSAGE), ("pu.penghubung", Action.NOTE)):
        factory.command(case, login, action, words=story.aviary.words_for(f"factory.{action.value}"))
    story.by_reporter(case, "cancel")
    story.at_desk("pu.penghubung", case, "cancel")


def keeping(story: Story) -> None:
    """Saved replies, views, and acts on many."""
    liaison, admin = story.who("pu.penghubung"), story.who("kota.admin")
    for page, act in (("", "add_saved_reply"), ("/1", "change_saved_reply"), ("", "add_saved_reply")):
        words = story.aviary.reply_for(f"desk.{act}.text")
        liaison.plant(f"/desk/balasan{page}", f"desk.{act}", text=words)
    liaison.plant("/desk/balasan/1/hapus", "desk.delete_saved_reply")
    story.keep("reply_id", 2)
    for _ in range(2):
        admin.plant("/desk?view=all&kind=complaint", "desk.save_view")
    admin.plant("/desk/pandangan", "desk.rename_view")
    admin.plant("/desk/pandangan", "desk.delete_view")
    story.keep("view_id", 2)
    code = story.cases["younger"].code
    query = urlencode({"action": "dispose", "case": code})
    result = admin.plant(f"/desk/massal?{query}", "desk.send_bulk", unit=story.unit("pu"))
    story.keep("bulk_id", result.request.path.rsplit("/", 1)[1])


def entering(story: Story) -> None:
    """A report from the counter."""
    clerk = story.who("pu.operator")
    answers = {"region": "", "agency": story.unit("kota")}
    clerk.plant("/desk/catat", "desk.take_entry", **answers)  # shows reports that may be the same
    receipt = clerk.plant("/desk/catat", "desk.take_entry", **answers, warned="1")
    story.keep("intake_id", receipt.request.path.rsplit("/", 1)[1])
    clerk.plant(receipt.request.path, "desk.hand_over_key")


def publishing(story: Story) -> None:
    """What everybody reads, and what everybody says of it."""
    editor, reader = story.who("pu.penghubung"), story.who("pembaca")
    case = story.cases["filed"]
    page = editor.get(f"/desk/{case.code}/publikasi").get_data(as_text=True)
    shown = {name: "1" for name in re.findall(r'name="(show-\d+)"', page)}
    address = f"/desk/{case.code}/publikasi"
    editor.plant(address, "desk.publish", **shown, read="1", keep="1")
    slug = re.findall(r'href="/laporan/([\w-]{12})"', editor.get(address).get_data(as_text=True))[0]
    story.keep("slug", slug)
    url = f"/laporan/{slug}"
    reader.plant(url, "public.support")
    reader.plant(url, "public.withdraw_support")
    for number, verdict in ((1, "approve"), (2, "reject")):
        reader.plant(url, "public.comment")
        editor.plant("/desk/komentar", "desk.decide_comment", verdict=verdict, reason="off_topic")
        story.keep("comment_id", number)
    reader.plant(url, "public.follow", email=ADDRESS)
    following(story)
    for number in (1, 2, 3):  # before it is sent, a report is shown beside those that say the same
        story.who("pejalan").plant(f"/lapor/langkah/{number}", "public.answer_step", region="")
    gone = story.report("gone")
    story.site.factory.dispose(gone, publish=True)
    editor.plant(f"/desk/{gone.code}/publikasi", "desk.publish", read="1", keep="1")
    editor.plant(f"/desk/{gone.code}/publikasi", "desk.unpublish")


def following(story: Story) -> None:
    """The links of mails: to those who follow a public report, and to reporters."""
    links, reader, case = story.site.services.links, story.who("pembaca"), story.cases["filed"]
    token = links.mint(rows(story.site.factory.offices)[-1].id, 1, MailPurpose.SUBSCRIPTION)
    reader.plant(f"/ikuti/{token}", "public.confirm_following")
    reader.plant(f"/ikuti/{token}/berhenti", "public.stop_following")
    choice = links.mint(case.id, 1, MailPurpose.PREFERENCE)
    reader.plant(f"/surel/{choice}", "public.choose_mails", wanted="all", locale="en")
    reader.plant(f"/surel/{choice}/berhenti", "public.stop_mails")
    story.by_reporter(case, "choose_case_mails", "/surel", wanted="all", locale="id")
    story.values["token"] = [links.mint(case.id, 1), choice, token]
    reader.plant(f"/m/{links.mint(case.id, 1)}", "public.prove_from_mail", key=case.key)


def overseeing(story: Story) -> None:
    """Whoever oversees lets today's code go over a history, and takes the log along."""
    case = story.cases["filed"]
    page = f"/oversight/kasus/{case.code}"
    story.who("pu.atasan").plant(page, "oversight.replay")
    story.who("pu.atasan").get(f"{page}/mentah?sumber=log")


def leaving(story: Story) -> None:
    """Whoever goes leaves nothing behind on this machine."""
    story.who("didik.penghubung").plant("/desk", "auth.logout")
    story.book.sent.add("auth.login")
    stranger = story.who("orang lain")
    stranger.spoil("/masuk", "auth.login")
    stranger.plant(f"/lacak/{story.cases['filed'].code}", "public.forget_here")


CHAPTERS = (
    filing,
    handling,
    verdicts,
    moving,
    ending,
    calling_back,
    keeping,
    entering,
    publishing,
    overseeing,
    leaving,
)


def tell(site: Site, *, thorough: bool = True) -> Story:
    """The whole story."""
    story = Story(site, thorough=thorough)
    name_everybody(story)
    for chapter in CHAPTERS:
        chapter(story)
    return story
