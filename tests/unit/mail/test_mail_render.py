"""Mails as people read them, in every template and both languages."""

from __future__ import annotations

import re
from typing import Any

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case import Stage
from mail.render import RenderedMail, UnrenderableMailError, language_of, render
from schemas.mail import MailTemplate, OutgoingMail
from tests.fakes.memory_outbox import TWO_MESSAGES, outgoing_mail

LINK = "https://lapor.example.org/m/token"
PREFERENCE = "https://lapor.example.org/surel/token"
LARGEST = 60_000
"""Bytes; several programs cut a mail off beyond a hundred thousand."""
HTML = "{http://www.w3.org/1999/xhtml}"
EVERY = [(template, locale) for template in MailTemplate for locale in ("id", "en")]
HOSTILE = 'Dinas <script>alert(1)</script>\r\nBcc: lain@example.net\u202e & "kawan" {{ 7*7 }}'
every_mail = pytest.mark.parametrize(("template", "locale"), EVERY)
TO_SUBSCRIBERS = {MailTemplate.FOLLOW_CONFIRM, MailTemplate.FOLLOW_NEWS}
about_one_case = pytest.mark.parametrize(
    ("template", "locale"),
    [pair for pair in EVERY if pair[0] not in {MailTemplate.STAFF_DIGEST, *TO_SUBSCRIBERS}],
)
WITHOUT_DATE = {MailTemplate.OMBUDSMAN_TRANSFERRED, *TO_SUBSCRIBERS}
"""What has left us is due nowhere here, and whoever follows learns no more than the public page says."""
with_date = pytest.mark.parametrize(
    ("template", "locale"), [pair for pair in EVERY if pair[0] not in WITHOUT_DATE]
)


def rendered(template: MailTemplate, locale: str, **changes: object) -> RenderedMail:
    return render(mail_of(template, locale, **changes), LINK, preference_of(template))


def preference_of(template: MailTemplate) -> str:
    """Staff do not choose: what they are told follows from their duties. Nor is there a choice to end yet."""
    return "" if template.startswith("staff_") or template == MailTemplate.FOLLOW_CONFIRM else PREFERENCE


def mail_of(template: MailTemplate, locale: str, **changes: object) -> OutgoingMail:
    to_reporter = not template.startswith("staff_")
    return outgoing_mail(template=template, locale=locale, to_reporter=to_reporter, **changes)


def page_of(html: str) -> Any:
    return html5lib.HTMLParser(strict=True).parse(html)


def words_of(html: str) -> str:
    """What a reader sees below the name of the sender."""
    cells = [cell for cell in page_of(html).iter(f"{HTML}td") if cell.get("class") in {"card", "foot"}]
    return " ".join(" ".join("".join(cell.itertext()) for cell in cells).split())


@about_one_case
def test_the_subject_is_one_short_line_that_begins_with_the_code(template: MailTemplate, locale: str) -> None:
    subject = rendered(template, locale).subject
    assert subject.startswith("7F3K-9QW2-TX: ")
    assert len(subject) <= 78
    assert subject.isprintable()


@every_mail
def test_the_subject_is_the_same_whoever_holds_the_case(template: MailTemplate, locale: str) -> None:
    assert rendered(template, locale).subject == rendered(template, locale, unit_name="Inspektorat").subject


@every_mail
def test_the_first_line_is_the_news(template: MailTemplate, locale: str) -> None:
    mail = rendered(template, locale)
    first = mail.text.splitlines()[0]
    assert first.endswith(".")
    assert words_of(mail.html).startswith(first)


@every_mail
@pytest.mark.parametrize("known", [True, False])
def test_text_and_html_say_the_same(template: MailTemplate, locale: str, known: bool) -> None:
    changes: dict[str, object] = {} if known else {"due_at": None, "unit_name": ""}
    mail = rendered(template, locale, **changes)
    text = mail.text.replace(f":\n{LINK}", "").replace("---\n", "").replace(f":\n{PREFERENCE}", "")
    assert " ".join(text.split()) == words_of(mail.html)


@every_mail
def test_there_is_one_button_and_nothing_to_load(template: MailTemplate, locale: str) -> None:
    mail, preference = rendered(template, locale), preference_of(template)
    anchors = [(one.get("class"), one.get("href")) for one in page_of(mail.html).iter(f"{HTML}a")]
    wanted = [("button", LINK)] + ([("choice", preference)] if preference else [])
    assert anchors == wanted
    assert re.findall(r"https?://\S+", mail.text) == [address for _, address in wanted]
    assert not re.search(r"<(img|script|link|iframe|form|svg)|url\(|@import|src=", mail.html)


@every_mail
def test_a_mail_is_a_whole_small_page_with_its_looks_at_each_element(
    template: MailTemplate, locale: str
) -> None:
    mail = rendered(template, locale)
    page = page_of(mail.html)
    assert page.get("lang") == locale
    assert page.findtext(f".//{HTML}title") == mail.subject
    assert len(mail.html.encode()) < LARGEST
    assert all(one.get("style") for one in page.iter(f"{HTML}p"))
    (kept,) = page.iter(f"{HTML}style")
    assert "prefers-color-scheme: dark" in (kept.text or "") and ".preheader" not in (kept.text or "")


@every_mail
def test_the_preview_beside_the_subject_begins_with_the_news(template: MailTemplate, locale: str) -> None:
    mail = rendered(template, locale)
    (preview,) = (one for one in page_of(mail.html).iter(f"{HTML}div") if one.get("class") == "preheader")
    assert (preview.text or "").startswith(mail.text.splitlines()[0])
    assert "display: none" in (preview.get("style") or "")


@every_mail
def test_nothing_is_left_to_be_filled_in(template: MailTemplate, locale: str) -> None:
    mail = rendered(template, locale)
    for written in (mail.subject, mail.text, words_of(mail.html)):
        assert not re.search(r"\{[{%]|[%}]\}|\bNone\b|%\(", written)


def test_links_with_signs_of_html_stay_what_they_are() -> None:
    link = f'{LINK}?lang=en&x="><script>'
    page = page_of(render(outgoing_mail(), link, f"{PREFERENCE}?a=1&b=2").html)
    assert [one.get("href") for one in page.iter(f"{HTML}a")] == [link, f"{PREFERENCE}?a=1&b=2"]
    assert not list(page.iter(f"{HTML}script"))


@every_mail
def test_a_hostile_unit_name_stays_a_name(template: MailTemplate, locale: str) -> None:
    mail = rendered(template, locale, unit_name=HOSTILE)
    assert "<script" not in mail.html
    assert "\u202e" not in mail.text + mail.html
    assert not re.search(r"^Bcc:", mail.text, re.MULTILINE)
    assert "49" not in words_of(mail.html)
    assert "\r" not in mail.subject + mail.text


@with_date
def test_the_date_is_shown_in_the_zone_and_language_of_the_reader(
    template: MailTemplate, locale: str
) -> None:
    due = {"id": "Selasa, 24 November 2026, 18.00 WIT", "en": "Tuesday, 24 November 2026, 18:00 WIT"}
    text = rendered(template, locale, zone="Asia/Jayapura").text
    assert due[locale] in text


@pytest.mark.parametrize(
    ("locale", "subject", "late", "message"),
    [
        (
            "id",
            "2 laporan perlu perhatian Anda",
            "7F3K-9QW2-TX: melewati batas waktu. Batas waktu: Selasa, 24 November 2026, 16.00 WIB.",
            "0123-4567-89: pesan baru dari pelapor.",
        ),
        (
            "en",
            "2 reports need your attention",
            "7F3K-9QW2-TX: past its due date. Due: Tuesday, 24 November 2026, 16:00 WIB.",
            "0123-4567-89: a new message from the reporter.",
        ),
    ],
)
def test_a_digest_lists_each_report_with_its_news_and_date(
    locale: str, subject: str, late: str, message: str
) -> None:
    mail = rendered(MailTemplate.STAFF_DIGEST, locale)
    assert mail.subject == subject
    assert {late, message} <= set(mail.text.splitlines())


def test_a_digest_says_how_many_messages_it_does_not_list() -> None:
    long = TWO_MESSAGES.model_copy(update={"unlisted": 450, "reports": 1})
    mail = rendered(MailTemplate.STAFF_DIGEST, "en", digest=long)
    assert mail.subject == "1 report needs your attention"
    assert "Not listed here: 450 more. All of them are at your desk." in mail.text


def test_every_mail_to_staff_can_be_a_line_of_a_digest() -> None:
    staff = [name for name in MailTemplate if name.startswith("staff_") and name != "staff_digest"]
    lines = tuple(TWO_MESSAGES.lines[0].model_copy(update={"template": name}) for name in staff)
    digest = TWO_MESSAGES.model_copy(update={"lines": lines})
    for locale in ("id", "en"):
        text = rendered(MailTemplate.STAFF_DIGEST, locale, digest=digest).text
        assert text.count("7F3K-9QW2-TX: ") == len(staff)


def test_no_mail_names_the_kind_of_a_report() -> None:
    kinds = re.compile(r"pengaduan|aspirasi|permintaan informasi|complaint|aspiration|information request")
    for template, locale in EVERY:
        mail = rendered(template, locale)
        assert not kinds.search((mail.subject + mail.text).lower()), template


def test_a_due_date_at_midnight_is_the_end_of_the_day_before() -> None:
    midnight = outgoing_mail().model_copy(update={"due_at": outgoing_mail().due_at.replace(hour=17)})  # type: ignore[union-attr]
    assert "Selasa, 24 November 2026, 23.59 WIB" in render(midnight, LINK).text


@pytest.mark.parametrize(
    "template", [name for name in MailTemplate if not name.startswith(("staff_", "follow_"))]
)
def test_reporters_learn_that_nobody_reads_replies(template: MailTemplate) -> None:
    assert "balasan ke alamat ini tidak dibaca" in rendered(template, "id").text
    assert "replies to it are not read" in rendered(template, "en").text


def test_closing_by_silence_is_called_what_it_is_and_tells_the_way_back() -> None:
    text = rendered(MailTemplate.CLOSED_BY_SILENCE, "en").text
    assert "closed because we received no reply from you" in text
    assert "do not count it as satisfaction" in text
    assert "open it again until Tuesday, 24 November 2026" in text


def test_without_a_window_closing_by_silence_promises_no_way_back() -> None:
    text = rendered(MailTemplate.CLOSED_BY_SILENCE, "en", due_at=None).text
    assert "open it again" not in text
    assert "send a new report" in text


@pytest.mark.parametrize(
    ("locale", "language"), [("en", "en"), ("en-GB", "en"), ("EN_us", "en"), ("fr", "id"), ("", "id")]
)
def test_an_unknown_language_is_answered_in_indonesian(locale: str, language: str) -> None:
    assert language_of(locale) == language


def test_a_zone_that_does_not_exist_is_a_named_error() -> None:
    with pytest.raises(UnrenderableMailError):
        render(outgoing_mail(zone="Asia/Nowhere"), LINK)


@given(st.text(max_size=300), st.sampled_from(EVERY))
def test_no_unit_name_adds_a_link_or_a_line_to_the_subject(name: str, kind: tuple[MailTemplate, str]) -> None:
    mail = rendered(*kind, unit_name=name)
    assert mail.subject.isprintable()
    assert mail.html.count("<a ") == (2 if preference_of(kind[0]) else 1)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", mail.text)


@pytest.mark.parametrize("template", sorted(TO_SUBSCRIBERS))
@pytest.mark.parametrize("locale", ["id", "en"])
def test_a_mail_to_a_subscriber_names_the_public_title_and_no_code(
    template: MailTemplate, locale: str
) -> None:
    mail = rendered(template, locale, title=f"{'Judul panjang ' * 11}\nBcc: lain@example.net")
    assert len(mail.subject) <= 78 and mail.subject.isprintable() and "Judul panjang" in mail.subject
    assert "7F3K" not in mail.text + mail.html + mail.subject
    assert "\nBcc" not in mail.text


@pytest.mark.parametrize("stage", list(Stage))
def test_news_to_a_subscriber_name_every_stage(stage: Stage) -> None:
    told = {rendered(MailTemplate.FOLLOW_NEWS, locale, stage=stage).text for locale in ("id", "en")}
    other = rendered(MailTemplate.FOLLOW_NEWS, "id", stage="").text
    assert len(told) == 2 and other not in told
