"""The request to the provider: one recipient, no tracking, nothing personal."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mail.render import RenderedMail, render
from mail.sendgrid_client import (
    MalformedAddressError,
    MalformedApiKeyError,
    SendGridMailer,
    message,
    plain_address,
)
from schemas.mail import MailTemplate
from tests.fakes.memory_outbox import outgoing_mail

PIECES = st.sampled_from(
    [
        "warga@example.org",
        "lain@example.net",
        ",",
        ";",
        "\r\n",
        "\n",
        "\r",
        "\0",
        "<",
        ">",
        '"',
        " ",
        "Bcc:",
        "\u2028",
    ]
)


@pytest.mark.parametrize("template", MailTemplate)
def test_custom_arguments_hold_the_outbox_row_and_nothing_else(template: MailTemplate) -> None:
    mail = outgoing_mail(template=template)
    body = message(mail, render(mail, "https://lapor.example.org/m/t"), "tuntas@example.org")
    assert body["personalizations"][0]["custom_args"] == {"outbox_id": "7"}
    assert json.dumps(body).count("warga@example.org") == 1
    assert "categories" not in body


def test_every_kind_of_tracking_is_switched_off() -> None:
    body = message(outgoing_mail(), RenderedMail("s", "t", "h"), "tuntas@example.org")
    switches = body["tracking_settings"]
    assert {"click_tracking", "open_tracking"} <= switches.keys()
    assert not any(value for switch in switches.values() for value in switch.values())


def test_machines_are_asked_not_to_reply() -> None:
    body = message(outgoing_mail(), RenderedMail("s", "t", "h"), "tuntas@example.org")
    assert body["headers"] == {"Auto-Submitted": "auto-generated"}


def test_programs_are_told_how_to_end_such_mails_with_one_click() -> None:
    stop = "https://lapor.example.org/surel/t/berhenti"
    headers = message(outgoing_mail(), RenderedMail("s", "t", "h", stop), "tuntas@example.org")["headers"]
    assert headers["List-Unsubscribe"] == f"<{stop}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("typed", ["warga@example.org", "o'brien+lapor@dinas.go.id", "a@demo.test"])
def test_a_plain_address_is_taken_as_it_is(typed: str) -> None:
    assert plain_address(typed) == typed


def test_a_domain_with_other_letters_goes_out_in_its_ascii_form() -> None:
    assert plain_address("a@bücher.example") == "a@xn--bcher-kva.example"


@settings(max_examples=1000)
@given(st.lists(PIECES | st.text(max_size=5), max_size=5).map("".join))
@example("Warga <warga@example.org>")
@example("warga@example.org, lain@example.net")
@example("warga@example.org\r\nBcc: lain@example.net")
@example('"lain@example.net"@example.org')
def test_an_address_is_one_address_or_none(typed: str) -> None:
    try:
        address = plain_address(typed)
    except MalformedAddressError:
        return
    assert address.count("@") == 1
    assert not set(address) & set(' ,;<>"\r\n\0()')
    assert not typed.isascii() or address.lower() == typed.lower()


@pytest.mark.parametrize("key", ["", "  ", "SG.a\nX-Evil: 1", "SG.ä"])
def test_a_key_that_no_header_can_carry_is_refused_at_once(key: str) -> None:
    with pytest.raises(MalformedApiKeyError):
        SendGridMailer(key, "http://127.0.0.1:9", "tuntas@example.org")
