"""How what crosses the wire is written and read: as JSON, by readers of shapes that all cases share."""

from __future__ import annotations

from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter, PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter

from schemas.case import RecordInput


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


case_data_converter = DataConverter(payload_converter_class=SharedPayloadConverter)
