"""Log lines say what happened and where, and in production nothing of what people wrote."""

from __future__ import annotations

import json
import logging

import pytest

from telemetry.log import JsonFormatter, TextFormatter

WORDS = "kenari-kata"


def failed() -> logging.LogRecord:
    """The record of an error that has a cause; both speak of what somebody wrote."""
    try:
        try:
            raise KeyError(WORDS)
        except KeyError as cause:
            raise ValueError(f"cannot read {WORDS}") from cause
    except ValueError as problem:
        info = (type(problem), problem, problem.__traceback__)
    return logging.LogRecord(
        "web", logging.ERROR, __file__, 1, "fault %s in %s", ("A1", "public.lapor"), info
    )


@pytest.mark.parametrize("formatter", [JsonFormatter, TextFormatter])
def test_production_shows_the_type_and_the_places_of_an_error_and_not_what_it_says(
    formatter: type[JsonFormatter | TextFormatter],
) -> None:
    line = formatter(with_messages=False).format(failed())
    assert WORDS not in line
    assert "fault A1 in public.lapor" in line
    assert "builtins.ValueError" in line and "builtins.KeyError" in line and "test_log.py" in line


@pytest.mark.parametrize("formatter", [JsonFormatter, TextFormatter])
def test_a_demo_shows_what_an_error_says(formatter: type[JsonFormatter | TextFormatter]) -> None:
    assert WORDS in formatter(with_messages=True).format(failed())


def test_what_another_formatter_kept_of_an_error_is_not_shown() -> None:
    record = failed()
    logging.Formatter().format(record)
    assert WORDS not in TextFormatter(with_messages=False).format(record)


def test_a_machine_gets_one_object_a_line() -> None:
    line = JsonFormatter(with_messages=False).format(failed())
    told = json.loads(line)
    assert "\n" not in line
    assert (told["level"], told["logger"], told["message"]) == ("ERROR", "web", "fault A1 in public.lapor")
    assert told["time"].endswith("+00:00")


def test_an_event_without_an_error_has_no_such_field() -> None:
    record = logging.LogRecord("web", logging.INFO, __file__, 1, "ready", (), None)
    assert "error" not in json.loads(JsonFormatter(with_messages=False).format(record))
