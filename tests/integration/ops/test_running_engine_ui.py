"""The engine's own pages as a running copy shows them, with the engine that is embedded in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import requests

from settings import DEMO_PASSWORD, ENGINE_UI_PATH
from tests.eventually import eventually_here
from tests.form_client import Visitor
from tests.stack import Stack

pytestmark = pytest.mark.server
LIST = f"{ENGINE_UI_PATH}/namespaces/default/workflows"
API = f"{ENGINE_UI_PATH}/api/v1"
CASES = f"{API}/namespaces/default/workflows"
FILES = re.compile(rf'"({ENGINE_UI_PATH}/_app/[^"]+)"')


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("engine-ui") / "home")
    made.start()
    yield made
    made.stop()


def logged_in(demo: Stack, login: str) -> requests.Session:
    """A session of somebody of the demo."""
    visitor = Visitor(demo.url)
    visitor.log_in(login, DEMO_PASSWORD)
    return visitor.session


@pytest.fixture
def admin(demo: Stack) -> requests.Session:
    return logged_in(demo, "nasional")


def get(demo: Stack, session: requests.Session, path: str) -> requests.Response:
    return session.get(demo.url + path, timeout=20, allow_redirects=False)


def test_the_document_and_all_its_files_are_there(demo: Stack, admin: requests.Session) -> None:
    document = get(demo, admin, LIST)
    files = set(FILES.findall(document.text))
    assert document.status_code == 200 and len(files) > 5
    for path in files:
        answer = get(demo, admin, path)
        assert answer.status_code == 200 and answer.content
        assert not set(answer.cookies.keys()) and "Set-Cookie" not in answer.headers
    assert "'sha256-" in document.headers["Content-Security-Policy"].split("script-src")[1].split(";")[0]


def test_the_cases_of_the_demo_are_among_its_workflows(demo: Stack, admin: requests.Session) -> None:
    found = eventually_here(
        lambda: get(demo, admin, CASES).json().get("executions"), "the engine has listed its workflows"
    )
    first = found[0]["execution"]["workflowId"]
    assert first.startswith("case-")
    history = get(demo, admin, f"{CASES}/{first}/history?waitNewEvent=true").json()
    assert history["history"]["events"][0]["eventType"] == "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED"
    nobody = get(demo, admin, f"{CASES}/case-0000000000")
    assert nobody.status_code == 404 and nobody.json()["code"] == 5


def test_it_is_told_that_it_may_only_read_and_cannot_do_otherwise(
    demo: Stack, admin: requests.Session
) -> None:
    assert get(demo, admin, f"{API}/settings").json()["DisableWriteActions"] is True
    first = get(demo, admin, CASES).json()["executions"][0]["execution"]["workflowId"]
    for act in ("terminate", "cancel", "signal/outage_ended"):
        answer = admin.post(f"{demo.url}{CASES}/{first}/{act}", json={"reason": "x"}, timeout=20)
        assert answer.status_code == 405
    state = get(demo, admin, f"{CASES}/{first}").json()["workflowExecutionInfo"]["status"]
    assert state == "WORKFLOW_EXECUTION_STATUS_RUNNING"


@pytest.mark.parametrize("login", ["kota", "pu", "pu.atasan"])
def test_other_staff_of_the_demo_have_no_such_page(demo: Stack, login: str) -> None:
    session = logged_in(demo, login)
    assert {get(demo, session, path).status_code for path in (LIST, CASES)} == {404}


def test_they_come_back_with_the_engine(demo: Stack, admin: requests.Session) -> None:
    demo.kill("engine")

    def words_of_503() -> str:
        answer = get(demo, admin, LIST)
        return answer.text if answer.status_code == 503 else ""

    assert "Halaman mesin tidak menjawab" in eventually_here(words_of_503, "the pages are away")
    demo.wait_until_whole()
    eventually_here(lambda: get(demo, admin, LIST).status_code == 200, "the pages are back")
