"""The desk says that mails do not reach a reporter, for as long as the case can be seen."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.factories import MadeCase
from tests.web.browser import text_of
from tests.web.conftest import Site
from tests.web.desk_site import at_desk

FAILED_AT = datetime(2026, 11, 23, 20, tzinfo=UTC)
"""Tuesday in Jakarta."""


def disposed(site: Site) -> MadeCase:
    case = site.factory.report()
    site.factory.dispose(case)
    return case


def page(site: Site, case: MadeCase, language: str = "id") -> str:
    return text_of(at_desk(site, "pu.penghubung").get(f"/desk/{case.code}?lang={language}"))


def test_a_case_whose_mails_arrive_warns_of_nothing(site: Site) -> None:
    assert "Surel kepada pelapor" not in page(site, disposed(site))


def test_a_failed_mail_stands_above_the_case_with_its_day_and_in_its_history(site: Site) -> None:
    case = disposed(site)
    site.factory.fail_mail(case, FAILED_AT)
    words = page(site, case)
    assert "Surel kepada pelapor tidak sampai (Selasa, 24 November 2026)." in words
    assert words.count("Surel kepada pelapor tidak sampai") == 2
    english = page(site, case, "en")
    assert "An e-mail to the reporter did not arrive (Tuesday, 24 November 2026)." in english


def test_a_case_that_has_ended_still_says_so_and_hears_of_more(site: Site) -> None:
    case = disposed(site)
    site.factory.answer(case)
    site.factory.expire_next(case)
    site.factory.fail_mail(case, FAILED_AT)
    assert site.factory.view(case).stage == "closed"
    assert "(Selasa, 24 November 2026)." in page(site, case)
