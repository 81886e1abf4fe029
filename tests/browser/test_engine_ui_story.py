"""A national administrator looks into the engine's own pages, from oversight and from a case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.navigator import Officer, picture
from tests.eventually import eventually_here
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.server]
REFUSED = "Failed to load resource"
"""What Chromium says of questions that could change something, and of an icon that is not there."""


@pytest.fixture
def admin(browser: Browser, stack: Stack, pictures: Path) -> Iterator[Officer]:
    made = Officer(browser, stack.url, pictures)
    made.log_in("nasional")
    yield made
    made.context.close()


def first_case(admin: Officer) -> str:
    """The workflow that stands first in the list, which is opened from oversight."""
    admin.go("/oversight")
    admin.page.get_by_role("link", name="Buka halaman mesin").click()
    links = admin.page.locator("a[href*='/workflows/case-']")
    eventually_here(lambda: _listed(admin, links), "a workflow in the list")
    return links.first.inner_text().strip()


def _listed(admin: Officer, links: Locator) -> bool:
    """Whether a workflow is there after some seconds; the list shows those that began before it came."""
    try:
        expect(links).not_to_have_count(0, timeout=10_000)
    except AssertionError:
        admin.page.reload()
        return False
    return True


def test_the_list_of_workflows_is_led_to_from_oversight(admin: Officer) -> None:
    workflow = first_case(admin)
    expect(admin.page.get_by_role("row", name=workflow)).to_contain_text("CaseWorkflow")
    picture(admin.page, admin.pictures / "engine-ui.png", whole=False)
    assert [one for one in admin.complaints if REFUSED not in one] == []


def test_a_workflow_is_led_to_from_its_case_and_can_only_be_read(admin: Officer) -> None:
    workflow = first_case(admin)
    admin.go(f"/oversight/kasus/{workflow.removeprefix('case-')}")
    admin.page.get_by_role("link", name="Buka alur kerjanya di halaman mesin").click()
    expect(admin.page.get_by_role("heading", name=workflow)).to_be_visible()
    expect(admin.page.get_by_text("Event History").first).to_be_visible()
    expect(admin.page.get_by_role("button", name="Request Cancellation")).to_be_disabled()
    picture(admin.page, admin.pictures / "engine-ui-workflow.png", whole=False)
    assert [one for one in admin.complaints if REFUSED not in one] == []


def test_an_ended_log_in_leads_from_an_open_page_to_ours(admin: Officer) -> None:
    first_case(admin)
    admin.context.clear_cookies()
    admin.page.get_by_role("button", name="Refresh").click()
    admin.page.wait_for_url("**/masuk?next=/mesin/**")
    expect(admin.page.locator("input[name=login]")).to_be_visible()
