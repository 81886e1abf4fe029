"""The engine's own pages: who sees them, that nothing can be changed there, and what is passed on."""

from __future__ import annotations

import base64
import gzip
import hashlib
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import TestResponse

from domain.case import Role
from tests.eventually import eventually_here
from tests.fakes.engine_ui_server import SHELL, EngineUiServer, Reply
from tests.offices import ROLES
from tests.web.browser import Browser, text_of
from tests.web.conftest import NewSite, Site
from tests.web.desk_site import at_desk
from web.engine_ui import line
from web.engine_ui.line import LINES, MAX_BYTES, EngineUiError
from web.security import CSP

LIST = "/mesin/namespaces/default/workflows"
API = "/mesin/api/v1/namespaces/default/workflows"
FILE = "/mesin/_app/immutable/chunks/a.js"
PATHS = ("/mesin", "/mesin/", LIST, FILE, API, "/mesin/api/v1/settings", "/mesin/favicon.ico")
PLATFORM = "nasional.admin"
SENT = {"Host", "Accept-Encoding"}
"""All headers that may leave, in the client's own order."""


@pytest.fixture
def pages() -> Iterator[EngineUiServer]:
    with EngineUiServer() as server:
        server.replies[FILE] = Reply(body=b"export {}", media_type="text/javascript; charset=utf-8")
        server.replies[API] = Reply(body=b'{"executions": []}')
        server.replies["/mesin/favicon.ico"] = Reply(body=b"icon", media_type="image/vnd.microsoft.icon")
        yield server


@pytest.fixture
def site(new_site: NewSite, pages: EngineUiServer) -> Site:
    return new_site(TUNTAS_ENGINE_UI_URL=pages.url)


@pytest.fixture
def admin(site: Site) -> Browser:
    """Who runs the platform; the engine's document is not checked as a page of ours."""
    browser = at_desk(site, PLATFORM)
    browser.checks = False
    return browser


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def policy_of(answer: TestResponse) -> dict[str, str]:
    parts = (one.strip().partition(" ") for one in answer.headers["Content-Security-Policy"].split(";"))
    return {name: values for name, _, values in parts}


@pytest.mark.parametrize("path", PATHS)
def test_those_who_run_the_platform_see_them(admin: Browser, path: str) -> None:
    assert admin.get(path).status_code == 200


@pytest.mark.parametrize("login", [*(who for who in ROLES if who != PLATFORM), "pemantau", "inspektorat"])
def test_for_other_staff_there_is_no_such_page(site: Site, pages: EngineUiServer, login: str) -> None:
    site.factory.add_person("pemantau", [("nasional", Role.OVERSEER)])
    site.factory.add_person("inspektorat", [("nasional", Role.INSPECTORATE)])
    browser = at_desk(site, login)
    nowhere = text_of(browser.get("/tidak-ada"))
    for path in PATHS:
        answer = browser.get(path)
        assert answer.status_code == 404
        assert text_of(answer) == nowhere
    assert pages.asked == []


def test_a_visitor_is_led_to_the_log_in_and_from_there_to_the_page(site: Site, pages: EngineUiServer) -> None:
    visitor = site.browser()
    for path in (LIST, FILE):
        answer = visitor.get(path)
        assert (answer.status_code, answer.location) == (303, f"/masuk?next={path}")
    assert pages.asked == []


def test_an_open_page_hears_that_the_log_in_has_ended(site: Site, admin: Browser) -> None:
    answer = site.browser().get(API)
    assert answer.status_code == 401 and answer.json is not None and answer.json["code"] == 16
    assert admin.get("/mesin/login").location == "/mesin", "whereto its script then leads"


@pytest.mark.parametrize("login", [PLATFORM, "kota.admin"])
def test_without_the_setting_nobody_has_such_a_page(new_site: NewSite, login: str) -> None:
    browser = at_desk(new_site(), login)
    assert {browser.get(path).status_code for path in PATHS} == {404}
    assert "/mesin" not in browser.get("/oversight").get_data(as_text=True)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", [f"{API}/case-X/terminate", API, LIST, FILE, "/mesin"])
def test_nothing_can_be_changed(admin: Browser, pages: EngineUiServer, method: str, path: str) -> None:
    token = {"csrf_token": "x"}
    assert admin.open(path, method=method, json={"reason": "x"}).status_code == 405
    assert admin.open(path, method=method, data=token).status_code == 405
    assert admin.open(f"{path}?_method={method}", method=method).status_code == 405
    assert pages.asked == []


def test_the_document_hears_in_its_own_words_that_it_may_only_read(admin: Browser) -> None:
    answer = admin.post(f"{API}/case-X/query/__stack_trace", json={})
    assert answer.json == {"code": 7, "message": "Halaman mesin hanya untuk dibaca."}


def test_the_document_is_told_that_nothing_can_be_changed(admin: Browser) -> None:
    told = admin.get("/mesin/api/v1/settings").json
    assert told == {"Version": "0", "DisableWriteActions": True, "DisableNewsFetch": True, "FeedbackURL": ""}


def test_what_a_browser_sends_stays_here(admin: Browser, pages: EngineUiServer) -> None:
    headers = {
        "Authorization": "Bearer x",
        "X-Forwarded-For": "10.0.0.1",
        "X-HTTP-Method-Override": "DELETE",
        "Connection": "close, X-Kept",
        "Origin": "http://elsewhere.example",
        "Accept-Encoding": "br, gzip",
    }
    for path in PATHS:
        admin.get(path, headers=headers)
    assert len(pages.asked) == len(PATHS)
    for asked in pages.asked:
        assert asked.method == "GET" and set(asked.headers) == SENT
        assert asked.headers["Accept-Encoding"] in {"gzip", "identity"}


def test_what_comes_with_an_answer_stays_there(admin: Browser) -> None:
    for path in PATHS:
        answer = admin.get(path)
        assert not {"Set-Cookie", "X-Theirs", "Access-Control-Allow-Origin"} & set(answer.headers.keys())
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_path_and_the_query_arrive_as_they_were_meant(admin: Browser, pages: EngineUiServer) -> None:
    pages.replies[f"{API}/a%252Fb%20c"] = Reply()
    admin.get(f"{API}/a%252Fb%20c", query_string={"query": "CaseStage = 'x'", "leer": ""})
    assert pages.asked[-1].path == f"{API}/a%252Fb%20c?query=CaseStage+%3D+%27x%27&leer="


def test_nobody_waits_for_what_may_come(admin: Browser, pages: EngineUiServer) -> None:
    pages.replies[f"{API}/case-X/history"] = Reply()
    admin.get(f"{API}/case-X/history?waitNewEvent=true&wait_new_event=true&next_page_token=YQ%3D%3D")
    assert pages.asked[-1].path == f"{API}/case-X/history?next_page_token=YQ%3D%3D"


@pytest.mark.parametrize("path", ["/mesin/_app/../render", f"{API}/%2e%2e/x", "/mesin/api/.."])
def test_a_path_that_climbs_has_no_page(admin: Browser, pages: EngineUiServer, path: str) -> None:
    assert admin.get(path).status_code == 404
    assert pages.asked == []


def test_every_other_address_is_the_one_document_and_nothing_of_it_is_passed_on(
    admin: Browser, pages: EngineUiServer
) -> None:
    answer = admin.get("/mesin/render?content=<script>x</script>")
    assert answer.get_data(as_text=True) == SHELL
    assert [one.path for one in pages.asked] == ["/mesin/"]


def test_the_document_runs_its_own_script_and_no_other(admin: Browser) -> None:
    answer = admin.get(LIST)
    script = SHELL.split("<script>")[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = policy_of(answer)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == f"'self' 'sha256-{digest}'"
    assert policy["connect-src"] == "'self'"
    assert {policy[name] for name in ("frame-ancestors", "base-uri", "form-action")} == {"'none'"}
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"


def test_our_own_pages_keep_their_policy(admin: Browser) -> None:
    assert admin.get("/oversight").headers["Content-Security-Policy"] == CSP
    assert admin.get("/mesin/_app/../x").headers["Content-Security-Policy"] == CSP


def test_only_files_whose_names_change_with_them_are_kept(admin: Browser, pages: EngineUiServer) -> None:
    pages.replies["/mesin/_app/version.json"] = Reply()
    assert "immutable" in admin.get(FILE).headers["Cache-Control"]
    assert admin.get("/mesin/_app/version.json").headers["Cache-Control"] == "no-store"
    assert admin.get(API).headers["Cache-Control"] == "no-store"
    pages.replies[FILE] = Reply(status=404)
    missing = admin.get(FILE)
    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")


def test_an_answer_comes_packed_to_those_who_can_open_it(admin: Browser) -> None:
    packed = admin.get(API, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == b'{"executions": []}'
    assert admin.get(API).data == b'{"executions": []}'


def test_head_is_answered_without_a_body(admin: Browser) -> None:
    for path in PATHS:
        answer = admin.head(path)
        assert (answer.status_code, answer.data) == (200, b"")


def test_a_big_answer_passes_whole(admin: Browser, pages: EngineUiServer) -> None:
    body = b'"' + b"x" * 5_000_000 + b'"'
    pages.replies[f"{API}/case-X/history"] = Reply(body=body)
    answer = admin.get(f"{API}/case-X/history")
    assert (answer.content_length, answer.data == body) == (len(body), True)


def test_what_the_engine_refuses_is_passed_on(admin: Browser, pages: EngineUiServer) -> None:
    pages.replies[f"{API}/case-X"] = Reply(status=404, body=b'{"code": 5, "message": "workflow not found"}')
    answer = admin.get(f"{API}/case-X")
    assert answer.status_code == 404 and answer.json == {"code": 5, "message": "workflow not found"}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(length=MAX_BYTES + 1),
        Reply(status=302, headers={"Location": "http://elsewhere.example/"}),
        Reply(body=b"<p>", media_type="text/html"),
    ],
    ids=["too big", "leads elsewhere", "not json"],
)
def test_an_answer_that_is_none_is_not_passed_on(admin: Browser, pages: EngineUiServer, reply: Reply) -> None:
    pages.replies[API] = reply
    answer = admin.get(API)
    assert answer.status_code == 503 and answer.json is not None and answer.json["code"] == 14
    assert answer.location is None


def test_an_answer_that_is_cut_short_does_not_look_whole(admin: Browser, pages: EngineUiServer) -> None:
    pages.replies[API] = Reply(length=50_000)
    assert admin.get(API).status_code == 503
    pages.replies[API] = Reply(body=b"x" * 3_000_000, length=4_000_000)
    with pytest.raises(EngineUiError, match="cut short"):
        assert admin.get(API).data


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b'<script>{ base: "" }</script>', media_type="text/html"),
        Reply(body=b'<p>base: "/mesin"</p>', media_type="text/html"),
        Reply(body=SHELL.encode() + b" " * 2_000_000, media_type="text/html"),
        Reply(status=308, headers={"Location": "/elsewhere/"}),
        Reply(status=500, media_type="text/html"),
    ],
    ids=["another path", "no script", "too big", "leads elsewhere", "broken"],
)
def test_pages_that_are_not_set_up_are_told_so(admin: Browser, pages: EngineUiServer, reply: Reply) -> None:
    pages.replies["/mesin/"] = reply
    admin.checks = True
    answer = admin.get(LIST)
    assert answer.status_code == 503
    assert "belum diatur" in text_of(answer)


def test_pages_that_are_down_are_told_in_plain_words(new_site: NewSite) -> None:
    site = new_site(TUNTAS_ENGINE_UI_URL=f"http://127.0.0.1:{closed_port()}")
    admin = at_desk(site, PLATFORM)
    for path in (LIST, FILE):
        answer = admin.get(path)
        assert answer.status_code == 503
        assert "Halaman mesin tidak menjawab" in text_of(answer)
    answer = admin.get(API)
    assert answer.status_code == 503
    assert answer.json == {"code": 14, "message": "Halaman mesin sedang tidak menjawab."}


def test_pages_that_hang_take_only_so_many_threads_and_give_them_back(
    site: Site, pages: EngineUiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "SILENCE_SECONDS", 10.0)
    browsers = [at_desk(site, PLATFORM) for _ in range(LINES + 1)]
    pages.open.clear()
    with ThreadPoolExecutor(LINES + 1) as pool:
        hanging = [pool.submit(browser.get, API) for browser in browsers[:LINES]]
        eventually_here(lambda: len(pages.asked) == LINES, "all lines are in use")
        assert pool.submit(browsers[-1].get, API).result().status_code == 503
        assert len(pages.asked) == LINES, "the last one was not asked"
        assert {one.result().status_code for one in hanging} == {503}, "after a silence"
    pages.open.set()
    assert {browser.get(API).status_code for browser in browsers} == {200}


def test_those_who_see_them_are_led_there_from_oversight_and_from_a_case(site: Site) -> None:
    case = site.factory.report("Lampu jalan padam", agency=None)
    inspector = f"/oversight/kasus/{case.code}"
    admin = at_desk(site, PLATFORM)
    assert f'href="{LIST}"' in admin.get("/oversight").get_data(as_text=True)
    assert f'href="{LIST}/case-{case.code}"' in admin.get(inspector).get_data(as_text=True)
    site.factory.add_person("pemantau", [("nasional", Role.OVERSEER)])
    other = at_desk(site, "pemantau")
    assert "/mesin" not in other.get("/oversight").get_data(as_text=True)
    assert "/mesin" not in other.get(inspector).get_data(as_text=True)
