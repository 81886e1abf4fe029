"""Whatever people write, and wherever it is shown, it stays words (T1, T2, T3).

Nothing here lists fields or pages: fields are those of the forms that pages show, pages those of the address
map. A new form, field, page or parameter fails a test until the story in `canary_story` has come by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import product
from pathlib import Path

import pytest
from werkzeug.http import parse_options_header

from db.outbox_store import OutboxStore
from mail.relay import MailRelay
from mail.render import LANGUAGES, render
from mail.sendgrid_client import SendGridMailer
from schemas.mail import MailTemplate
from tests.fakes.memory_outbox import outgoing_mail
from tests.fakes.sendgrid_server import FakeSendGrid
from tests.offices import Offices
from tests.stack import ROOT
from tests.web.canary import LINE, Aviary, LooseCanaryError
from tests.web.canary_browser import HEADERS
from tests.web.canary_pages import READERS, SHOWS_NOTHING, file_ids, pages, paths
from tests.web.canary_story import Story, tell
from tests.web.conftest import open_site
from web.access import ROUTES, Who

PARAMETER = re.compile(r'(?:args|values|arguments)(?:\.get|\.getlist)?[\[(]"(\w+)"')
NEVER_SHOWN: set[str] = set()
SHOWN_MAILS = 4
"""So many of the mails lie in the box of the demo: its page shows each of them three times."""


@pytest.fixture(scope="module")
def told(seeded: tuple[Path, Offices], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A site in which every form was sent and every page was read."""
    folder = tmp_path_factory.mktemp("canary")
    site = open_site(seeded, folder / "home", live=True)
    story = tell(site)
    with FakeSendGrid(folder / "ledger.jsonl") as provider:
        send_mails(story, provider)
    for rule in pages(story):
        for path, (who, language) in product(paths(story, rule), READERS[rule.endpoint.split(".")[0]]):
            story.who(who).get(f"{path}?lang={language}")
    yield story
    site.services.database.dispose()


def send_mails(story: Story, provider: FakeSendGrid) -> None:
    """All mails of the story go out; a few of them to the box of the demo."""
    given = story.site.services
    later = datetime.now(UTC) + timedelta(days=2)
    mailer = SendGridMailer("SG.k", provider.url, "tuntas@example.org")
    relay = MailRelay(OutboxStore(given.database, given.keyring), mailer, given.links, lambda: later)
    while relay.run_once():
        pass
    bodies = {
        entry.body["subject"].partition(": ")[2]: entry.body for entry in provider.entries() if entry.body
    }
    assert len(bodies) > SHOWN_MAILS
    for body in bodies.values():
        check_mail(story.aviary, body["subject"], **{part["type"]: part["value"] for part in body["content"]})
    for number, body in enumerate(list(bodies.values())[-SHOWN_MAILS:], start=1):
        story.keep("mail_id", number)
        headers = {"Authorization": "Bearer k"}
        sent = story.who("pembaca").post("/dev/sendgrid/v3/mail/send", json=body, headers=headers)
        assert sent.status_code == 202
    story.book.sent.add("dev.sendgrid")


def check_mail(aviary: Aviary, subject: str, **parts: str) -> None:
    """A subject of one line, a text with the very words, and HTML in which they are words."""
    assert subject.isprintable()
    for text in (subject, parts["text/plain"]):
        aviary.check_text(text)
    aviary.check_markup(parts["text/html"])


def endpoints(story: Story, method: str) -> set[str]:
    """The endpoints that take a method, but those for machines alone, whose calls are signed."""
    rules = story.site.app.url_map.iter_rules()
    found = {rule.endpoint for rule in rules if method in (rule.methods or ())}
    return {one for one in found if ROUTES[one] is not Who.MACHINE} - SHOWS_NOTHING


def test_every_form_was_sent_and_every_page_was_read(told: Story) -> None:
    assert endpoints(told, "POST") - told.book.sent == set()
    assert endpoints(told, "GET") - told.book.read == set()


def test_every_field_of_every_form_held_a_canary(told: Story) -> None:
    assert told.book.fields - told.book.planted == set()


def test_every_canary_that_was_taken_was_shown_somewhere_as_words(told: Story) -> None:
    assert told.book.told - told.aviary.seen == NEVER_SHOWN


def test_every_parameter_of_an_address_stays_words(told: Story) -> None:
    read = {name for path in (ROOT / "web").rglob("*.py") for name in PARAMETER.findall(path.read_text())}
    names = read | {name for _, name in told.book.asked}
    for rule in pages(told):
        for who, _ in READERS[rule.endpoint.split(".")[0]][:1] if not rule.arguments else ():
            asked = {name: told.aviary.words_for(f"?{name}") + LINE for name in sorted(names)}
            told.who(who).get(rule.rule, query_string=asked)
            for name in (name for endpoint, name in told.book.asked if endpoint == rule.endpoint):
                told.who(who).get(rule.rule, query_string={name: asked[name]})


def test_every_address_that_is_none_of_ours_stays_words(told: Story) -> None:
    words = told.aviary.words_for("address")
    adapter = told.site.app.url_map.bind("localhost")
    for rule in pages(told):
        texts = {name: words for name in rule.arguments if name not in CHOSEN}
        who = READERS[rule.endpoint.split(".")[0]][0][0]
        for path in paths(told, rule)[:1] if texts else ():
            known = adapter.match(path)[1] if isinstance(adapter.match(path)[1], dict) else {}
            told.who(who).get(adapter.build(rule.endpoint, {**known, **texts}))
    for method in ("GET", "POST", "PUT"):
        answer = told.who("pembaca").open(f"/{words}", method=method)
        assert answer.status_code in {400, 404, 405, 415}


CHOSEN = {"_act", "number", "file_id", "reply_id", "comment_id", "view_id", "mail_id"}


def test_a_saved_file_has_the_name_that_was_typed_and_no_second_header(told: Story) -> None:
    case, browser = told.cases["filed"], told.who("pelapor")
    for file_id in file_ids(told):
        header = browser.get(f"/lacak/{case.code}/lampiran/{file_id}").headers["Content-Disposition"]
        kind, options = parse_options_header(header)
        assert kind in {"attachment", "inline"} and set(options) == {"filename"}
        told.aviary.check_text(options["filename"])


def test_headers_of_a_visitor_are_shown_to_nobody(told: Story) -> None:
    assert {f"header.{name}" for name in HEADERS} & told.aviary.seen == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_mail_takes_a_name_or_a_title_for_anything_but_words(language: str) -> None:
    aviary = Aviary()
    for template in MailTemplate:
        names = {"unit_name": aviary.words_for("unit") + LINE, "title": aviary.words_for("title") + LINE}
        mail = outgoing_mail(template=template, locale=language, **names)
        link = "https://lapor.example.org/m/t"
        written = render(mail, link, link, link)
        parts = {"text/plain": written.text, "text/html": written.html}
        check_mail(aviary, written.subject, **parts)
    assert aviary.seen == {"unit", "title"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda words: f"<p>{words}</p>",
        lambda words: f"<title>{words}</title>",
        lambda words: f"<p>{escape(words.replace('{{7*7}}', '49'))}</p>",
        lambda words: f"<p>{escape(words.replace('{0.__class__}', 'str'))}</p>",
        lambda words: f'<a title="{words}">x</a>',
        lambda words: f'<a href="{escape(words)}">x</a>',
        lambda words: f'<a href="javascript:{escape(words)}">x</a>',
    ],
)
def test_a_canary_that_gets_loose_is_heard(spoil: Callable[[str], str]) -> None:
    aviary = Aviary()
    words = aviary.words_for("field")
    aviary.check_markup(f'<p title="{escape(words)}">{escape(words)}</p>')
    with pytest.raises(LooseCanaryError):
        aviary.check_markup(spoil(words))
