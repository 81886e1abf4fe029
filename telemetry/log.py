"""Lines of log for people or for machines; in production without the messages of errors."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime

JSON = "json"


def start_logging(log_format: str, *, with_messages: bool) -> None:
    """Sends all lines of this process to standard error, as text or as JSON, and nowhere else.

    `with_messages`: whether what an error says of itself is shown. It may repeat what somebody wrote, so that
    only a demo shows it; type and places are always shown.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(
        (JsonFormatter if log_format == JSON else TextFormatter)(with_messages=with_messages)
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # readiness checks would fill the log


class TextFormatter(logging.Formatter):
    """One line for an event, and below it the places of an error."""

    def __init__(self, *, with_messages: bool) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._with_messages = with_messages

    def format(self, record: logging.LogRecord) -> str:
        """The line; what another formatter has kept of the error on the record is not used."""
        record.exc_text = None
        return super().format(record)

    def formatException(self, ei: object) -> str:
        """The error and its causes, innermost first."""
        error = ei[1] if isinstance(ei, tuple) else None
        return "\n".join(_lines(error, with_messages=self._with_messages))


class JsonFormatter(logging.Formatter):
    """One JSON object for an event: `time`, `level`, `logger`, `message`, and of an error its `error`."""

    def __init__(self, *, with_messages: bool) -> None:
        super().__init__()
        self._with_messages = with_messages

    def format(self, record: logging.LogRecord) -> str:
        """The object, on one line."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            told["error"] = _lines(error, with_messages=self._with_messages)
        return json.dumps(told, ensure_ascii=False)


def _lines(error: BaseException | None, *, with_messages: bool) -> list[str]:
    """An error and what led to it, innermost first: places, then the type."""
    if error is None:
        return []
    hidden = error.__suppress_context__ and error.__cause__ is None
    before = None if hidden else error.__cause__ or error.__context__
    places = [
        f"  {frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    last = f"{kind}: {error}" if with_messages else kind
    return [*_lines(before, with_messages=with_messages), *places, last]
