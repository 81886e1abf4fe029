"""How what crosses the wire is written and read: as JSON, by readers of shapes that all cases share."""

from __future__ import annotations

from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter

_SHARED = tuple(PydanticPayloadConverter().converters.values())


class SharedPayloadConverter(CompositePayloadConverter):
    """The library's converter for pydantic, made once: with its own, each case compiles every shape anew."""

    def __init__(self) -> None:
        super().__init__(*_SHARED)


case_data_converter = DataConverter(payload_converter_class=SharedPayloadConverter)
