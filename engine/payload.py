"""How what crosses the wire is written and read: as JSON, by readers of shapes that all cases share."""

from __future__ import annotations

from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter, PydanticPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverter,
    PayloadConverter,
)

from schemas.case import RecordInput

MESSAGE_LETTERS, TRACE_LETTERS = 300, 500
"""So few that an error and its cause fit into two kilobytes."""


class _JsonConverter(PydanticJSONPlainPayloadConverter):
    """What is recorded is most of a history, and most of that says of a field that it holds nothing."""

    def to_payload(self, value: Any) -> Payload | None:
        if not isinstance(value, RecordInput):
            return super().to_payload(value)
        data = value.model_dump_json(exclude_defaults=True).encode()
        return Payload(metadata={"encoding": self.encoding.encode()}, data=data)


_JSON = _JsonConverter()
_SHARED = tuple(
    _JSON if converter.encoding == _JSON.encoding else converter
    for converter in PydanticPayloadConverter().converters.values()
)


class SharedPayloadConverter(CompositePayloadConverter):
    """The library's converter for pydantic, made once: with its own, each case compiles every shape anew."""

    def __init__(self) -> None:
        super().__init__(*_SHARED)


class BriefFailureConverter(DefaultFailureConverter):
    """Says what failed in few words: of a long failure the engine keeps the first two kilobytes, and no type.

    The worker's log has all of it.
    """

    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        """The same, and so for each cause, with the beginning of the message and the end of the trace."""
        super().to_failure(exception, payload_converter, failure)
        failure.message = failure.message[:MESSAGE_LETTERS]
        failure.stack_trace = failure.stack_trace[-TRACE_LETTERS:]


case_data_converter = DataConverter(
    payload_converter_class=SharedPayloadConverter, failure_converter_class=BriefFailureConverter
)
