from __future__ import annotations

import re

import pytest

from db.keyring import CaseSeal, Keyring
from domain.code import show_code
from tests.web.browser import Browser, text_of
from tests.web.conftest import Site

UNKNOWN_CODE = "0000000000"


def opened(site: Site, key: str) -> Browser:
    browser = site.browser()
    assert browser.get(f"/l/{key}").status_code == 303
    return browser


def test_a_code_alone_shows_the_stage_and_dates_but_no_words(site: Site) -> None:
    case = site.factory.report("Lampu jalan padam")
    page = site.browser().get(f"/lacak?code={case.code.lower()}", follow_redirects=True)
    words = text_of(page)
    assert page.status_code == 200 and "Menunggu verifikasi" in words and "Instansi kota" in words
    assert "Lampu jalan padam" not in words and "Teks laporan" not in words and "Canary" not in words


@pytest.mark.parametrize("by_mail", [False, True])
def test_the_page_of_a_code_alone_unseals_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch, by_mail: bool
) -> None:
    case = site.factory.report("Lampu jalan padam")
    site.factory.dispose(case)

    def refuse(*_args: object) -> CaseSeal:
        raise AssertionError("the seal of a case was asked for")

    monkeypatch.setattr(Keyring, "case_seal", refuse)
    path = f"/m/{site.services.links.mint(case.id, outbox_id=1)}" if by_mail else f"/lacak/{case.code}"
    page = site.browser().get(path)
    assert page.status_code == 200 and "Terdisposisi" in text_of(page)


def test_the_key_opens_the_words_in_the_browser_that_showed_it(site: Site) -> None:
    case = site.factory.report("Lampu jalan padam")
    page = opened(site, case.key).get(f"/lacak/{case.code}")
    assert "Lampu jalan padam" in text_of(page) and "Teks laporan" in text_of(page)
    assert "Canary" not in text_of(page)


def test_a_key_typed_by_hand_opens_the_case_whatever_its_spaces_and_capitals(site: Site) -> None:
    case = site.factory.report("Lampu jalan padam")
    typed = " ".join(re.findall("....", case.key.upper()))
    page = site.browser().send_form(f"/lacak/{case.code}", "/lacak", {"key": typed}, follow_redirects=True)
    assert "Lampu jalan padam" in text_of(page)


def test_a_wrong_key_shows_the_stage_again_and_opens_nothing(site: Site) -> None:
    case, other = site.factory.report("Lampu jalan padam"), site.factory.report("Trotoar rusak")
    browser = site.browser()
    for key in ("", "00", other.key):
        page = browser.send_form(f"/lacak/{case.code}", "/lacak", {"key": key})
        assert page.status_code == 403 and "tidak membuka laporan itu" in text_of(page)
    assert "Lampu" not in text_of(browser.get(f"/lacak/{case.code}"))


def test_a_secret_case_is_the_same_404_as_a_code_that_nobody_has(site: Site) -> None:
    secret, other = site.factory.report("Pungutan liar", secret=True), site.factory.report("Lampu")
    browser = opened(site, other.key)
    unseen, unknown = browser.get(f"/lacak/{secret.code}"), browser.get(f"/lacak/{UNKNOWN_CODE}")
    assert unseen.status_code == unknown.status_code == 404
    assert unseen.data == unknown.data and dict(unseen.headers) == dict(unknown.headers)
    for act in ("konfirmasi", "sanggahan", "pesan"):
        form = _csrf(browser)
        first = browser.post(f"/lacak/{secret.code}/{act}", data=form)
        second = browser.post(f"/lacak/{UNKNOWN_CODE}/{act}", data=form)
        assert first.status_code == 404 and first.data == second.data


def test_looking_up_a_secret_code_says_the_same_as_for_an_unknown_one(site: Site) -> None:
    secret = site.factory.report("Pungutan liar", secret=True)
    browser = site.browser()
    unseen = browser.get(f"/lacak?code={secret.code}")
    unknown = browser.get(f"/lacak?code={UNKNOWN_CODE}")
    assert unseen.status_code == unknown.status_code == 404
    assert text_of(unseen).replace(secret.code, "") == text_of(unknown).replace(UNKNOWN_CODE, "")


def test_a_secret_case_opens_with_its_key_alone(site: Site) -> None:
    secret = site.factory.report("Pungutan liar", secret=True)
    browser = site.browser()
    page = browser.send_form("/lacak", "/lacak", {"key": secret.key}, follow_redirects=True)
    assert "Pungutan liar" in text_of(page) and "Rahasia" in text_of(page)
    assert browser.get(f"/lacak?code={secret.code}").status_code == 303


def test_a_wrong_key_beside_a_secret_code_says_the_same_as_beside_an_unknown_one(site: Site) -> None:
    secret = site.factory.report("Pungutan liar", secret=True)
    browser = site.browser()
    answers = [
        browser.send_form("/lacak", "/lacak", {"key": "00", "code": code})
        for code in (secret.code, UNKNOWN_CODE)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    first, second = (text_of(answer) for answer in answers)
    assert first.replace(secret.code, "") == second.replace(UNKNOWN_CODE, "")


@pytest.mark.parametrize("typed", ["", "7F3K", "UUUUUUUUUU", "' or 1=1 --", "\x00", "<script>"])
def test_what_cannot_be_a_code_is_said_beside_the_box(site: Site, typed: str) -> None:
    page = site.browser().get("/lacak", query_string={"code": typed})
    assert page.status_code == 404 and 'id="code-error"' in page.get_data(as_text=True)


def test_the_boxes_for_codes_post_so_that_nothing_typed_stands_in_an_address(site: Site) -> None:
    case = site.factory.report("Lampu jalan padam")
    for page in ("/", "/lacak"):
        found = site.browser().send_form(page, "/lacak", {"code": case.code.lower()})
        assert found.status_code == 303 and found.headers["Location"] == f"/lacak/{show_code(case.code)}"
        wrong = site.browser().send_form(page, "/lacak", {"code": "7F3K"})
        assert wrong.status_code == 404 and 'id="code-error"' in wrong.get_data(as_text=True)


def test_a_key_in_the_box_for_codes_opens_its_case_however_it_was_copied(site: Site) -> None:
    case = site.factory.report("Lampu jalan padam", secret=True)
    spelled = " ".join(re.findall("....", case.key))
    link = f"https://lapor.example.org/l/{case.key}"
    for typed in (case.key, spelled.upper(), link, f"{show_code(case.code)}{spelled}{link}"):
        page = site.browser().send_form("/lacak", "/lacak", {"code": typed}, follow_redirects=True)
        assert "Lampu jalan padam" in text_of(page) and case.key not in page.request.url


def test_an_unknown_key_in_the_box_for_codes_is_called_a_key_beside_the_box_for_keys(site: Site) -> None:
    for typed in ("0" * 32, "f" * 20):
        page = site.browser().send_form("/lacak", "/lacak", {"code": typed})
        markup = page.get_data(as_text=True)
        assert page.status_code == 404 and "kunci, bukan kode" in text_of(page)
        assert 'id="key-error"' in markup and 'id="code-error"' not in markup and typed in markup


def test_a_key_in_an_address_opens_nothing_and_is_not_shown_again(site: Site) -> None:
    case = site.factory.report("Lampu jalan padam")
    page = site.browser().get("/lacak", query_string={"code": case.key})
    assert page.status_code == 404 and "jangan di alamat" in text_of(page)
    assert case.key not in page.get_data(as_text=True)


def test_an_unknown_key_opens_nothing(site: Site) -> None:
    assert site.browser().get("/l/" + "0" * 32).status_code == 404


def test_a_cookie_that_was_changed_opens_nothing(site: Site) -> None:
    case = site.factory.report("Lampu jalan padam")
    browser = opened(site, case.key)
    cookie = browser.get_cookie("tuntas")
    assert cookie is not None and cookie.http_only and cookie.same_site == "Lax"
    browser.set_cookie("tuntas", cookie.value[:-2] + "xx")
    assert "Lampu" not in text_of(browser.get(f"/lacak/{case.code}"))


def test_a_code_may_be_written_in_groups(site: Site) -> None:
    case = site.factory.report()
    assert site.browser().get(f"/lacak/{show_code(case.code)}").status_code == 200


def test_every_stage_has_its_sentence_steps_and_dates(live_site: Site) -> None:
    factory = live_site.factory
    case = factory.report("Lampu jalan padam")
    browser = opened(live_site, case.key)
    factory.dispose(case)
    assert "Dinas pu mulai menindaklanjuti laporan Anda" in text_of(browser.get(f"/lacak/{case.code}"))
    factory.follow_up(case, words="Tim berangkat besok.")
    page = text_of(browser.get(f"/lacak/{case.code}"))
    assert "Dinas pu menangani laporan Anda" in page and "Tim berangkat besok." in page and "Tindakan" in page
    factory.answer(case, words="Lampu sudah menyala.")
    page = text_of(browser.get(f"/lacak/{case.code}"))
    assert "Lampu sudah menyala." in page and "Ya, selesai" in page and "menunggu Anda" in page


def test_notes_of_staff_stay_with_staff(live_site: Site) -> None:
    case = live_site.factory.report()
    live_site.factory.dispose(case, words="Catatan dalam untuk unit.")
    page = opened(live_site, case.key).get(f"/lacak/{case.code}")
    assert "Catatan dalam" not in page.get_data(as_text=True) and "Akun" not in text_of(page)


def _csrf(browser: Browser) -> dict[str, str]:
    page = browser.get("/lacak").get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return {"csrf_token": found[1]}
