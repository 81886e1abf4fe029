from __future__ import annotations

import io
import os

import pytest

from ops.console import Console


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_each_name_in_its_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen = Terminal()
    Console(screen).log("web", "hello")
    assert screen.getvalue() == "\033[32mweb    |\033[0m hello\n"


def test_colours_can_be_declined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    screen = Terminal()
    Console(screen).log("engine", "hello")
    assert screen.getvalue() == "engine | hello\n"


def test_an_announcement_stands_alone_on_its_line() -> None:
    stream = io.StringIO()
    Console(stream).announce("ready http://127.0.0.1:8000")
    assert stream.getvalue() == "ready http://127.0.0.1:8000\n"


def test_a_reader_that_went_away_stops_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w")
    Console(stream).say("is anybody there?")
    with pytest.raises(BrokenPipeError):
        stream.close()
