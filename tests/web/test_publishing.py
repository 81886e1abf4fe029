"""The editor of public versions and the queue of comments: who may, what is checked, what is told."""

from __future__ import annotations

import pytest

from db.comment_store import CommentStore, CommentWords
from db.publication_store import Edition
from domain.case import Role
from tests.factories import MadeCase
from tests.publications import Publisher
from tests.web.browser import Browser, hidden_fields, text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk

WORDS = {"title": "Lampu padam", "place": "Jalan Melati", "text": "Lampu padam seminggu.", "read": "1"}
DECIDES = {"pu.penghubung", "pu.atasan", "kota.admin", "kota.atasan"}
SEES_ONLY = {"pu.operator", "nasional.admin", "pemantau"}
SEES_NOTHING = {"hub.penghubung", "hulu.admin", "didik.penghubung"}


@pytest.fixture
def publisher(site: Site) -> Publisher:
    return Publisher(site.factory)


def editor(case: MadeCase) -> str:
    return f"/desk/{case.code}/publikasi"


def send(browser: Browser, case: MadeCase, **fields: str) -> tuple[int, str]:
    answer = browser.send_form(editor(case), "/publikasi", WORDS | fields)
    return answer.status_code, text_of(answer)


def test_those_who_decide_may_publish_others_not_and_strangers_find_nothing(
    site: Site, publisher: Publisher
) -> None:
    site.factory.add_person("pemantau", [("nasional", Role.OVERSEER)])
    case = publisher.allowed()
    found = {}
    for login in (*DECIDES, *SEES_ONLY, *SEES_NOTHING):
        browser = at_desk(site, login)
        token = hidden_fields(browser.get("/desk"), "/keluar")["csrf_token"]
        asked = browser.get(editor(case)).status_code
        sent = browser.post(editor(case), data={"csrf_token": token}).status_code
        taken = browser.post(f"{editor(case)}/tarik", data={"csrf_token": token}).status_code
        found[login] = (asked, sent, taken)
    assert {login for login in found if found[login] == (200, 400, 400)} == DECIDES
    assert {login for login in found if found[login] == (403, 403, 403)} == SEES_ONLY
    assert {login for login in found if found[login] == (404, 404, 404)} == SEES_NOTHING


def test_the_editor_shows_the_original_beside_a_proposal_with_what_was_hidden(
    site: Site, publisher: Publisher
) -> None:
    case = publisher.allowed("Hubungi Bapak Contoh di 081234567890")
    page = at_desk(site, "pu.penghubung").get(editor(case))
    markup = page.get_data(as_text=True)
    assert 'value="Hubungi Bapak Contoh di [disamarkan]"' in markup
    assert "<del>081234567890</del>" in markup and "<mark>Bapak Contoh</mark>" in markup
    assert "Hubungi Bapak Contoh di 081234567890" in text_of(page)


def test_a_version_is_published_changed_and_taken_back(site: Site, publisher: Publisher) -> None:
    case, browser, visitor = publisher.allowed(), at_desk(site, "pu.penghubung"), site.browser()
    assert "belum tampil" in text_of(browser.get(f"/desk/{case.code}"))
    assert send(browser, case)[0] == 303
    assert "sekarang dapat dibaca umum" in text_of(browser.get(editor(case)))
    url = publisher.of(case).url
    assert "Lampu padam seminggu." in text_of(visitor.get(url))
    assert "sedang tampil" in text_of(browser.get(f"/desk/{case.code}"))
    assert send(browser, case, text="Sudah dua minggu.")[0] == 303
    assert "Sudah dua minggu." in text_of(visitor.get(url))
    refused = browser.send_form(editor(case), "/tarik", {"reason": ""})
    assert refused.status_code == 400 and "Pilih alasannya." in text_of(refused)
    assert browser.send_form(editor(case), "/tarik", {"reason": "personal_data"}).status_code == 303
    assert visitor.get(url).status_code == 404
    told = text_of(browser.get(editor(case)))
    assert "masih memuat data pribadi" in told and "Pejabat Penghubung, Dinas pu" in told


def test_nothing_is_published_unread_or_with_personal_data_left_unmentioned(
    site: Site, publisher: Publisher
) -> None:
    case, browser = publisher.allowed(), at_desk(site, "pu.penghubung")
    status, told = send(browser, case, read="")
    assert status == 400 and "nyatakan bahwa Anda sudah membacanya" in told
    status, told = send(browser, case, text="Hubungi 081234567890.")
    assert status == 400 and "masih ada yang tampak seperti data pribadi: 081234567890" in told.lower()
    assert "Hubungi 081234567890." in told
    assert publisher.store.of_case(case.id) is None
    assert send(browser, case, text="Hubungi 081234567890.", keep="1")[0] == 303


@pytest.mark.parametrize(("field", "value"), [("title", ""), ("text", ""), ("title", "x" * 151)])
def test_a_version_needs_a_title_and_a_text_of_fit_length(
    site: Site, publisher: Publisher, field: str, value: str
) -> None:
    case = publisher.allowed()
    assert send(at_desk(site, "pu.penghubung"), case, **{field: value})[0] == 400
    assert publisher.store.of_case(case.id) is None


def test_replies_are_published_one_by_one(site: Site, publisher: Publisher) -> None:
    case = publisher.allowed()
    site.factory.follow_up(case, words="Surel kami: dinas@contoh.example.")
    site.factory.answer(case, words="Selesai.")
    first = site.factory.reader.messages(case.id, for_reporter=True)[1]
    browser = at_desk(site, "pu.penghubung")
    assert "Surel kami: [disamarkan]." in text_of(browser.get(editor(case)))
    shown = {f"show-{first.id}": "1", f"reply-{first.id}": "Kami sudah meninjau."}
    assert send(browser, case, **shown)[0] == 303
    page = text_of(site.browser().get(publisher.of(case).url))
    assert "Kami sudah meninjau." in page and "Selesai." not in page
    status, told = send(browser, case, **{**shown, f"reply-{first.id}": ""})
    assert status == 400 and "Tulis jawaban yang boleh dibaca umum" in told


def test_the_slower_of_two_editors_is_told_and_keeps_the_words(site: Site, publisher: Publisher) -> None:
    case, browser = publisher.allowed(), at_desk(site, "pu.penghubung")
    page = browser.get(editor(case))
    publisher.edit(case, Edition(title="Lebih dulu", text="Versi atasan."))
    answer = browser.send(page, "/publikasi", WORDS | {"text": "Versi yang terlambat."})
    told = text_of(answer)
    assert answer.status_code == 409 and "diubah orang lain" in told
    assert "Versi yang terlambat." in told and "Versi atasan." in told
    assert publisher.of(case).publication.edition.text == "Versi atasan."
    assert browser.send(answer, "/publikasi", WORDS | {"text": "Setelah dibandingkan."}).status_code == 303
    assert publisher.of(case).publication.edition.text == "Setelah dibandingkan."


def test_a_form_sent_twice_publishes_once(site: Site, publisher: Publisher) -> None:
    case, browser = publisher.allowed(), at_desk(site, "pu.penghubung")
    page = browser.get(editor(case))
    assert {browser.send(page, "/publikasi", WORDS).status_code for _ in range(2)} == {303}
    assert publisher.of(case).publication.version == 1


def test_a_form_that_comes_again_after_the_end_of_its_version_does_not_say_that_it_is_shown(
    site: Site, publisher: Publisher
) -> None:
    case, browser = publisher.allowed(), at_desk(site, "pu.penghubung")
    page = browser.get(editor(case))
    browser.send(page, "/publikasi", WORDS)
    browser.send_form(editor(case), "/tarik", {"reason": "personal_data"})
    browser.get(editor(case))
    assert browser.send(page, "/publikasi", WORDS).status_code == 303
    told = text_of(browser.get(editor(case)))
    assert "sudah diterapkan" in told and "sekarang dapat dibaca umum" not in told
    assert not publisher.of(case).publication.live


def test_a_used_form_with_other_words_says_so_and_keeps_them_under_a_new_id(
    site: Site, publisher: Publisher
) -> None:
    case, browser = publisher.allowed(), at_desk(site, "pu.penghubung")
    page = browser.get(editor(case))
    assert browser.send(page, "/publikasi", WORDS).status_code == 303
    other = browser.send(page, "/publikasi", WORDS | {"text": "Sudah dua minggu."})
    assert other.status_code == 409 and "sudah pernah terkirim dengan isi lain" in text_of(other)
    assert "Sudah dua minggu.</textarea>" in other.get_data(as_text=True)
    assert publisher.of(case).publication.edition.text == WORDS["text"]
    assert browser.send(other, "/publikasi", WORDS | {"text": "Sudah dua minggu."}).status_code == 303
    assert publisher.of(case).publication.edition.text == "Sudah dua minggu."


def test_taking_back_once_more_for_another_reason_changes_no_reason(site: Site, publisher: Publisher) -> None:
    case, browser = publisher.allowed(), at_desk(site, "pu.penghubung")
    assert send(browser, case)[0] == 303
    page = browser.get(editor(case))
    assert browser.send(page, "/tarik", {"reason": "personal_data"}).status_code == 303
    other = browser.send(page, "/tarik", {"reason": "wrong_content"})
    assert other.status_code == 409 and "sudah pernah terkirim dengan isi lain" in text_of(other)
    told = text_of(browser.get(editor(case)))
    assert "masih memuat data pribadi" in told and "Ditarik dari publik: isinya keliru" not in told


def test_a_second_verdict_of_the_same_form_is_not_said_to_hold(site: Site, publisher: Publisher) -> None:
    case, _ = waiting_comment(site, publisher)
    browser = at_desk(site, "pu.penghubung")
    queue = browser.get("/desk/komentar")
    browser.send(queue, "/desk/komentar/1", {"verdict": "approve"})
    browser.send(queue, "/desk/komentar/1", {"verdict": "reject", "reason": "insult"})
    told = text_of(browser.get("/desk/komentar"))
    assert "putusan pertama tetap" in told and "Komentar ditolak" not in told
    assert "Sama di sini." in text_of(site.browser().get(publisher.of(case).url))


def test_a_secret_case_has_no_editor_and_says_why(site: Site, publisher: Publisher) -> None:
    case = publisher.allowed(secret=True)
    browser = at_desk(site, "pu.penghubung")
    page = browser.get(editor(case))
    assert "laporan rahasia tidak pernah dipublikasikan" in text_of(page)
    token = hidden_fields(page, "/keluar")["csrf_token"]
    forced = browser.post(editor(case), data=WORDS | {"csrf_token": token})
    assert forced.status_code == 409 and publisher.store.of_case(case.id) is None
    assert "Buka versi publik" not in text_of(browser.get(f"/desk/{case.code}"))


def test_a_case_without_leave_says_where_it_is_given(site: Site) -> None:
    case = site.factory.report()
    site.factory.dispose(case)
    page = at_desk(site, "pu.penghubung").get(editor(case))
    assert "Izinnya diberikan pada disposisi" in text_of(page)


def waiting_comment(site: Site, publisher: Publisher, text: str = "Sama di sini.") -> tuple[MadeCase, int]:
    """A comment in the queue: its case and its id."""
    made = publisher.publish()
    store = CommentStore(site.services.database, site.services.keyring)
    store.add(made.publication.id, f"form-{made.publication.id}", CommentWords(name="Warga", text=text))
    return made.case, made.publication.id


def test_an_approved_comment_is_shown_as_words(site: Site, publisher: Publisher) -> None:
    case, _ = waiting_comment(site, publisher, "Betul <script>x</script> https://contoh.example")
    browser, url = at_desk(site, "pu.penghubung"), publisher.of(case).url
    queue = browser.get("/desk/komentar")
    assert "<script>x" not in queue.get_data(as_text=True)
    assert browser.send(queue, "/desk/komentar/1", {"verdict": "approve"}).status_code == 303
    page = site.browser().get(url)
    assert "Betul <script>x</script> https://contoh.example" in text_of(page).replace("&lt;", "<")
    assert "<script>x" not in page.get_data(as_text=True)
    assert 'href="https://contoh.example' not in page.get_data(as_text=True)
    assert "Tidak ada komentar yang menunggu" in text_of(browser.get("/desk/komentar"))


def test_a_rejection_needs_a_reason_and_is_never_shown(site: Site, publisher: Publisher) -> None:
    case, _ = waiting_comment(site, publisher)
    browser = at_desk(site, "kota.admin")
    queue = browser.get("/desk/komentar")
    refused = browser.send(queue, "/desk/komentar/1", {"verdict": "reject", "reason": ""})
    assert refused.status_code == 400 and "Pilih alasan penolakan." in text_of(refused)
    sent = {"verdict": "reject", "reason": "off_topic"}
    assert browser.send(queue, "/desk/komentar/1", sent).status_code == 303
    assert "Sama di sini." not in text_of(site.browser().get(publisher.of(case).url))
    again = at_desk(site, "pu.penghubung")
    token = hidden_fields(again.get("/desk"), "/keluar")["csrf_token"]
    again.post("/desk/komentar/1", data={"csrf_token": token, "verdict": "approve"})
    assert "sudah diputuskan; putusan pertama tetap" in text_of(again.get("/desk/komentar"))
    assert "tidak tentang laporan ini" in text_of(browser.get(editor(case)))


def test_comments_are_decided_by_those_alone_who_may_publish(site: Site, publisher: Publisher) -> None:
    waiting_comment(site, publisher)
    for login, status in (("pu.operator", 403), ("hub.penghubung", 404), ("nasional.admin", 403)):
        browser = at_desk(site, login)
        assert "Sama di sini." not in text_of(browser.get("/desk/komentar"))
        token = hidden_fields(browser.get("/desk"), "/keluar")["csrf_token"]
        sent = {"csrf_token": token, "verdict": "approve"}
        assert browser.post("/desk/komentar/1", data=sent).status_code == status, login
        assert browser.post("/desk/komentar/99", data=sent).status_code == 404


def test_addresses_of_acts_lead_to_their_pages(site: Site, publisher: Publisher) -> None:
    case, browser = publisher.allowed(), at_desk(site, "pu.penghubung")
    for path, target in ((f"{editor(case)}/tarik", editor(case)), ("/desk/komentar/1", "/desk/komentar")):
        answer = browser.get(path)
        assert (answer.status_code, answer.location) == (303, target)
