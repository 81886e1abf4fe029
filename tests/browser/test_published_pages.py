"""Public pages, the editor and the queue in a real browser: accessible, narrow, and without scripts."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from db.comment_store import CommentStore, CommentWords
from db.publication_store import Edition
from mail.link import MailLinks, MailPurpose
from settings import Settings
from tests.databases import migrated, sqlite_url
from tests.factories import CaseFactory
from tests.offices import PASSWORD, QUICK_HASHER, open_offices
from tests.publications import Publisher
from tests.stack import ROOT
from tests.subscribers import asked, subscribed, subscriptions
from web.app import create_app
from web.services import build_services

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
RULES = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
LONG = "Antrean-puskesmas-sangat-panjang-sehingga-warga-lanjut-usia-menunggu berjam-jam tanpa kepastian"


@dataclass(frozen=True, kw_only=True)
class Office:
    """A running web with a report, a reply and a comment that are public, and one that may become so."""

    url: str
    publisher: Publisher
    public_path: str
    editor_path: str


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = tmp_path_factory.mktemp("published")
    database = migrated(sqlite_url(home))
    publisher = Publisher(CaseFactory(open_offices(database, home)))
    settings = Settings.from_env(
        {
            "TUNTAS_HOME": str(home),
            "TUNTAS_DEMO": "1",
            "TUNTAS_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
            "TEMPORAL_ADDRESS": "127.0.0.1:9",
        }
    )
    services = replace(build_services(settings, hasher=QUICK_HASHER), database=database)
    server = make_server("127.0.0.1", 0, create_app(settings, services), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made = filled(publisher)
    candidate = publisher.allowed("Hubungi Bapak Contoh di 081234567890")
    yield Office(
        url=f"http://127.0.0.1:{server.port}",
        publisher=publisher,
        public_path=made,
        editor_path=f"/desk/{candidate.code}/publikasi",
    )
    server.shutdown()
    database.dispose()


def filled(publisher: Publisher) -> str:
    """Makes what the pages show; the address of the fullest one."""
    factory = publisher.factory
    publisher.publish("Lampu jalan padam")
    case = publisher.allowed()
    factory.answer(case, words="Sudah selesai.")
    answer = factory.reader.messages(case.id, for_reporter=True)[-1]
    publisher.edit(case, Edition(title=LONG, text=LONG, place="Loket", replies={answer.id: LONG}))
    made = publisher.of(case)
    comments = CommentStore(factory.offices.database, factory.offices.keyring)
    comments.add(made.publication.id, "one", CommentWords(name="Warga", text=LONG))
    return made.url


def check_width_and_rules(page: Page, url: str) -> None:
    """Nothing sticks out at 320 pixels, and axe finds nothing, in both colours."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": 320, "height": 800})
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, url
        page.evaluate(AXE)
        found = page.evaluate(f"{RULES}.then(all => all.violations.map(one => one.id))")
        assert found == [], (url, scheme)


def log_in(page: Page, office: Office) -> None:
    page.goto(f"{office.url}/masuk")
    page.fill("#login", "pu.penghubung")
    page.fill("#password", PASSWORD)
    page.locator("#password").press("Enter")
    expect(page.get_by_role("link", name="Meja kerja")).to_be_visible()


def test_public_pages_fit_everybody(office: Office, browser: Browser) -> None:
    page = browser.new_page()
    for path in (
        "/laporan",
        "/laporan?q=lampuu",
        "/laporan?stage=closed",
        "/laporan?lang=en",
        "/laporan?lang=id",
    ):
        check_width_and_rules(page, f"{office.url}{path}")
    check_width_and_rules(page, f"{office.url}{office.public_path}")


def test_the_editor_and_the_queue_fit_everybody(office: Office, browser: Browser) -> None:
    page = browser.new_page()
    log_in(page, office)
    for path in (office.editor_path, "/desk/komentar"):
        check_width_and_rules(page, f"{office.url}{path}")


def test_the_pages_of_a_follower_fit_everybody(office: Office, browser: Browser) -> None:
    made = office.publisher.publish(LONG)
    offices = office.publisher.factory.offices
    open_one, going = asked(offices, made), subscribed(offices, made, "b@contoh.example")
    ended = subscribed(offices, made, "c@contoh.example")
    subscriptions(offices).stop(ended)
    links = MailLinks(offices.keyring.secret("mail-token"), office.url)
    page = browser.new_page()
    for number in (open_one, going, ended):
        check_width_and_rules(page, f"{office.url}/ikuti/{links.mint(number, 1, MailPurpose.SUBSCRIPTION)}")


def test_following_needs_no_script(office: Office, browser: Browser) -> None:
    citizen = browser.new_context(java_script_enabled=False).new_page()
    citizen.goto(f"{office.url}{office.public_path}")
    citizen.get_by_label("Alamat surel Anda").fill("warga@contoh.example")
    citizen.get_by_role("button", name="Ikuti", exact=True).click()
    expect(citizen.get_by_text("Jika alamat itu benar")).to_be_visible()


def test_publishing_supporting_and_commenting_need_no_script(office: Office, browser: Browser) -> None:
    staff = browser.new_context(java_script_enabled=False).new_page()
    log_in(staff, office)
    staff.goto(f"{office.url}{office.editor_path}")
    staff.fill("#title", "Hubungan dengan loket")
    staff.fill("#text", "Petugas loket sulit dihubungi.")
    staff.locator("label[for=read]").click()
    staff.get_by_role("button", name="Publikasikan").click()
    expect(staff.get_by_text("Laporan ini sekarang dapat dibaca umum.")).to_be_visible()
    citizen = browser.new_context(java_script_enabled=False).new_page()
    citizen.goto(f"{office.url}/laporan?q=loket+hubungi")
    citizen.get_by_role("link", name="Hubungan dengan loket").click()
    citizen.get_by_role("button", name="Saya juga mengalami").click()
    expect(citizen.get_by_text("1 pengunjung juga mengalami")).to_be_visible()
    citizen.get_by_text("Tulis komentar").click()
    citizen.fill("#text", "Saya juga menunggu lama.")
    citizen.get_by_role("button", name="Kirim komentar").click()
    expect(citizen.get_by_text("Komentar tampil setelah diperiksa petugas.")).to_be_visible()
    staff.goto(f"{office.url}/desk/komentar")
    card = staff.locator("article", has_text="Saya juga menunggu lama.")
    card.get_by_role("button", name="Tampilkan").click()
    citizen.reload()
    expect(citizen.get_by_text("Saya juga menunggu lama.")).to_be_visible()
