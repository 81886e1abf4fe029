"""What people do in a browser, in their own words, with a look at every page on the way."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page

from settings import DEMO_PASSWORD
from tests.browser.conftest import AXE
from tests.eventually import eventually_here

PATIENCE_MS = 90_000
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def picture(page: Page, path: Path, *, whole: bool) -> None:
    """Without a screen Chromium now and then fails to draw a long page; what is in view it can."""
    try:
        page.screenshot(path=path, full_page=whole)
    except Error:
        page.screenshot(path=path)


class Person:
    """Somebody with a browser window of their own."""

    def __init__(self, browser: Browser, base: str, pictures: Path) -> None:
        self.base = base
        self.pictures = pictures
        self.context: BrowserContext = browser.new_context(viewport=WIDE, locale="id-ID")
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> None:
        """Opens a page."""
        self.page.goto(self.base + path)

    def submit(self, button: Locator) -> None:
        """Presses a button that leads on, until what it sent has been applied."""
        with self.page.expect_navigation():
            button.click()
        self.settle()

    def settle(self) -> None:
        """Looks again while the page says that an act is recorded and waits: it does not renew itself."""
        eventually_here(self._has_taken_effect, "the act is applied", pause=0.5)

    def _has_taken_effect(self) -> bool:
        if self.page.locator(".notice.is-waiting").count() == 0:
            return True
        self.page.goto(self.page.url)
        return False

    def look(self, name: str) -> None:
        """Pictures at both widths, and no fault that a tool can find in either."""
        self.page.wait_for_load_state()
        for size, viewport in (("", WIDE), ("-phone", NARROW)):
            self.page.set_viewport_size(viewport)
            picture(self.page, self.pictures / f"{name}{size}.png", whole=size != "")
            self._check(name)
        self.page.set_viewport_size(WIDE)

    def _check(self, name: str) -> None:
        assert self.page.locator("h1").count() == 1, f"{name}: one h1"
        wider = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wider, f"{name}: scrolls sideways at {self.page.viewport_size}"
        assert self._axe() == [], f"{name} at {self.page.viewport_size}"
        assert self.complaints == [], f"{name}: {self.complaints}"

    def _axe(self) -> list[str]:
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("async () => (await axe.run()).violations")
        return [f"{item['id']}: {item['nodes'][0]['html'][:120]}" for item in found]

    def _hear(self, message: object) -> None:
        if getattr(message, "type", "") == "error":
            self.complaints.append(getattr(message, "text", ""))


class Citizen(Person):
    """Files, follows and judges."""

    key_path: str = ""
    code: str = ""

    def file(self, title: str, text: str) -> None:
        """Fills the whole form and sends it."""
        self.go("/lapor/semua")
        self.page.locator("input[name=kind][value=complaint]").check(force=True)
        self.page.locator("#title").fill(title)
        self.page.locator("#text").fill(text)
        self.page.locator("#agency").select_option(label="Pemerintah Kota Contoh")
        self.page.locator("#place").fill("Jalan Melati, depan pasar")
        self.page.locator("#email").fill("pelapor@contoh.example")

    def send(self) -> None:
        """Presses the form's button and reads the receipt."""
        self.page.get_by_role("button", name="Kirim laporan").click()
        self.page.wait_for_url("**/lapor/tanda-terima/**")
        self.key_path = self.page.locator("a[href*='/l/']").first.get_attribute("href") or ""

    def follow(self) -> None:
        """Opens the case with the key, and waits for its date: no desk lists it before."""
        self.page.goto(self.key_path if self.key_path.startswith("http") else self.base + self.key_path)
        eventually_here(self._has_begun, "the case has begun", pause=0.5)
        self.code = self.page.url.rstrip("/").rsplit("/", 1)[1].replace("-", "")

    def _has_begun(self) -> bool:
        if self.page.locator("#janji").count():  # the promised date
            return True
        self.page.goto(self.page.url)
        return False

    def confirm(self) -> None:
        """Says that the problem is solved."""
        self.page.get_by_text("Ya, selesai", exact=True).click()
        self.submit(self.page.get_by_role("button", name="Kirim: sudah selesai"))

    def dispute(self, reason: str) -> None:
        """Says what is still missing."""
        self.page.get_by_text("Belum, karena …", exact=True).click()
        self.page.get_by_label("Apa yang belum selesai?").fill(reason)
        self.submit(self.page.get_by_role("button", name="Kirim: belum selesai"))


class Officer(Person):
    """Acts on to-dos."""

    def log_in(self, login: str) -> None:
        """Logs in by typing."""
        self.go("/masuk")
        self.page.locator("input[name=login]").fill(login)
        self.page.locator("input[name=password]").fill(DEMO_PASSWORD)
        self.page.locator("form:has(input[name=password]) button[type=submit]").first.click()
        self.page.wait_for_url("**/desk**")

    def open(self, code: str) -> None:
        """Opens a case."""
        self.go(f"/desk/{code}")

    def act(self, action: str, **fields: str) -> None:
        """Fills the form of an action and sends it."""
        form = self.page.locator(f"form[action*='/{action}']")
        card = self.page.locator(f"details:has(form[action*='/{action}'])")
        if card.count() and card.first.get_attribute("open") is None:
            card.first.locator("summary").first.click()
        for name, value in fields.items():
            control = form.locator(f"[name={name}]")
            if control.first.get_attribute("type") == "radio":
                form.locator(f"[name={name}][value={value}]").check(force=True)
            elif control.evaluate("element => element.tagName") == "SELECT":
                control.select_option(label=value)
            else:
                control.fill(value)
        self.submit(form.locator("button[type=submit]:not([name]):visible"))


class Inspector(Officer):
    """Looks into what happened to a case, and why."""

    def inspect(self, code: str) -> None:
        """From the desk's page of a case to its history."""
        self.open(code)
        self.page.locator(".tabs").get_by_role("link", name="Telusuri").click()
        self.page.wait_for_url("**/oversight/kasus/**")
        self.see_engine()

    def see_engine(self) -> None:
        """Waits until the engine's own history is shown: in its place stands the log while it is slow."""
        eventually_here(self._sees_engine, "the engine's own history", pause=0.5)

    def _sees_engine(self) -> bool:
        if self.page.get_by_text("Riwayat alur kerja di mesin").count():
            return True
        self.page.goto(self.page.url)
        return False

    def only(self, *kinds: str, words: str = "") -> None:
        """Shows some kinds of lines, and those that hold some words."""
        for kind in kinds:
            self.page.get_by_label(kind, exact=True).check(force=True)
        self.page.locator("#q").fill(words)
        self._show()
        self.see_engine()

    def _show(self) -> None:
        """Sends the page's form and waits for the page that comes."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Tampilkan").click()

    def titles(self) -> list[str]:
        """What the lines say, the newest first."""
        return self.page.locator(".timeline .what strong").all_text_contents()

    def compare(self, first: str, second: str) -> dict[str, tuple[str, str]]:
        """What changed between two instants: before and after, by its name."""
        self.page.locator("#pada").fill(first)
        self.page.locator("#dengan").fill(second)
        self._show()
        rows = self.page.locator(".differences tbody tr")
        cells = [rows.nth(number).locator("th, td").all_text_contents() for number in range(rows.count())]
        return {name: (before, after) for name, before, after in cells}
