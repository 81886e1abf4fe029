from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import pytest

from db import database
from tests.web.browser import hidden_fields, text_of
from tests.web.conftest import NewSite, Site
from tests.web.report_answers import answers, file_report
from web.security import MAX_BODY_BYTES

ONE_MB = 1024 * 1024


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, new_site: NewSite) -> Site:
    """A site that waits 50 ms for a locked database."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    return new_site(live=True)


def lock(site: Site) -> sqlite3.Connection:
    """Holds the write lock until it is closed."""
    connection = sqlite3.connect(Path(site.services.settings.home) / "tuntas.db", isolation_level=None)
    connection.execute("begin immediate")
    return connection


def test_a_locked_database_keeps_the_whole_form_and_the_next_try_files_it(impatient: Site) -> None:
    browser = impatient.browser()
    page = browser.get("/lapor/semua")
    holder = lock(impatient)
    refused = browser.send(page, "/reports", answers())
    holder.close()
    assert refused.status_code == 503 and "Laporan belum tersimpan" in text_of(refused)
    assert "Lampu di depan pasar padam sejak Senin." in refused.get_data(as_text=True)
    assert hidden_fields(refused, "/reports")["intake_id"] == hidden_fields(page, "/reports")["intake_id"]
    assert browser.send(refused, "/reports", answers()).status_code == 303


def test_a_step_on_a_locked_database_keeps_what_was_typed_and_the_next_try_goes_on(impatient: Site) -> None:
    browser = impatient.browser()
    page = browser.get("/lapor")
    holder = lock(impatient)
    refused = browser.send(page, "/langkah/1", answers())
    holder.close()
    assert refused.status_code == 503 and "Isian belum tersimpan" in text_of(refused)
    assert "Lampu di depan pasar padam sejak Senin." in refused.get_data(as_text=True)
    assert browser.send(refused, "/langkah/1", answers()).status_code == 303


@pytest.mark.parametrize(("path", "action"), [("/lapor", "/langkah/1"), ("/lapor/semua", "/reports")])
def test_without_any_database_a_form_that_is_open_loses_no_word(site: Site, path: str, action: str) -> None:
    browser = site.browser()
    page = browser.get(path)
    database = Path(site.services.settings.home) / "tuntas.db"
    site.services.database.dispose()
    database.rename(database.with_suffix(".away"))
    refused = browser.send(page, action, answers())
    assert refused.status_code == 503 and "Lampu jalan" in refused.get_data(as_text=True)
    assert "Lampu di depan pasar padam sejak Senin." in refused.get_data(as_text=True)


def test_an_act_on_a_locked_database_says_what_was_kept(impatient: Site) -> None:
    case = impatient.factory.report()
    browser = impatient.browser()
    browser.get(f"/l/{case.key}")
    page = browser.get(f"/lacak/{case.code}")
    holder = lock(impatient)
    refused = browser.send(page, "/pesan", {"text": "Halo"})
    holder.close()
    assert refused.status_code == 503 and "Kiriman terakhir belum tersimpan" in text_of(refused)
    assert browser.send(page, "/pesan", {"text": "Halo"}).status_code == 303


def test_pages_can_be_read_while_somebody_writes(impatient: Site) -> None:
    case = impatient.factory.report()
    holder = lock(impatient)
    statuses = {
        path: impatient.browser().get(path).status_code for path in ("/", "/lapor", f"/lacak/{case.code}")
    }
    holder.close()
    assert set(statuses.values()) == {200}


def test_without_its_tables_the_front_door_stays_open_and_health_says_so(impatient: Site) -> None:
    with impatient.services.database.write() as session:
        session.connection().exec_driver_sql("alter table report rename to gone")
    browser = impatient.browser()
    assert browser.get("/").status_code == 200
    assert browser.get("/healthz").status_code == 503


def test_a_limit_that_is_reached_has_its_page(new_site: NewSite) -> None:
    browser = new_site(TUNTAS_DEMO="0").browser()
    statuses = [browser.get("/lacak?code=0").status_code for _ in range(31)]
    assert statuses == [404] * 30 + [429]
    page = browser.get("/lacak?code=0")
    assert "Terlalu banyak percobaan" in text_of(page) and int(page.headers["Retry-After"]) >= 60


def test_codes_may_be_tried_oftener_than_keys(new_site: NewSite) -> None:
    browser = new_site(TUNTAS_DEMO="0", TUNTAS_PUBLIC_URL="https://lapor.example.org").browser()
    csrf = hidden_fields(browser.get("/lacak"), "/lacak")
    for field, most in (("code", 30), ("key", 10)):
        statuses = [browser.post("/lacak", data=csrf | {field: "0"}).status_code for _ in range(most + 1)]
        assert statuses == [404] * most + [429]


def test_filing_is_limited_per_address_and_health_is_not(new_site: NewSite) -> None:
    site = new_site(TUNTAS_DEMO="0")
    statuses = [file_report(site.browser(), text=f"Laporan {number}").status_code for number in range(21)]
    assert statuses == [303] * 20 + [429]
    assert {site.browser().get("/healthz").status_code for _ in range(50)} == {200}


def test_an_address_that_reached_a_limit_is_in_no_log(
    new_site: NewSite, caplog: pytest.LogCaptureFixture
) -> None:
    browser = new_site(TUNTAS_DEMO="0").browser()
    with caplog.at_level(logging.DEBUG):
        for _ in range(32):
            browser.get("/lacak?code=0", environ_base={"REMOTE_ADDR": "203.0.113.77"})
    assert "203.0.113.77" not in caplog.text


def test_a_fault_of_ours_has_a_reference_and_no_key_reaches_the_log(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    key = "f" * 32

    @site.app.before_request
    def break_down() -> None:
        raise ZeroDivisionError

    page = site.browser().get(f"/l/{key}")
    assert page.status_code == 500 and "Nomor rujukan" in text_of(page)
    reference = text_of(page).split("Nomor rujukan: ")[1].split()[0]
    assert reference in caplog.text and key not in caplog.text


def test_an_oversize_body_is_refused_before_it_is_read(site: Site) -> None:
    class Unreadable:
        def read(self, *_sizes: int) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    browser = site.browser()
    for kind, length, status in (
        ("multipart/form-data; boundary=x", MAX_BODY_BYTES + 1, 413),
        ("application/json", 10, 415),
        ("text/plain", 10, 415),
        ("", 10, 415),
    ):
        refused = browser.post(
            "/reports",
            environ_overrides={
                "wsgi.input": Unreadable(),
                "CONTENT_LENGTH": str(length),
                "CONTENT_TYPE": kind,
            },
        )
        assert refused.status_code == status


def test_a_field_of_a_megabyte_is_refused(site: Site) -> None:
    assert file_report(site.browser(), text="x" * ONE_MB).status_code == 413


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/x", "GET", 404), ("/", "POST", 405), ("/", "PUT", 405)]
)
def test_what_is_not_there_has_its_page(site: Site, path: str, method: str, status: int) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    page = site.browser().open(path, method=method, headers=form)
    assert page.status_code in {status, 400} and "Ke halaman depan" in text_of(page)
