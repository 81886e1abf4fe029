"""The reporter's own attachments, and those of the offices."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from web.download import attachment_response, thumbnail_response
from web.public.blueprint import bp
from web.public.grant import holds
from web.public.track import visible_gate
from web.services import services


@bp.get("/lacak/<code>/lampiran/<int(max=9223372036854775807):file_id>")
def attachment(code: str, file_id: int) -> ResponseReturnValue:
    """A file that the reporter may read, for the holder of the key."""
    found = services().reader.file(_held_case(code), file_id, for_reporter=True)
    if found is None:
        abort(404)
    return attachment_response(found)


@bp.get("/lacak/<code>/lampiran/<int(max=9223372036854775807):file_id>/kecil")
def attachment_thumbnail(code: str, file_id: int) -> ResponseReturnValue:
    """The small picture of such a file."""
    found = services().reader.thumbnail(_held_case(code), file_id, for_reporter=True)
    if found is None:
        abort(404)
    return thumbnail_response(found)


def _held_case(code: str) -> int:
    """The case whose key this browser has shown; a 404 for everybody else."""
    gate = visible_gate(code)
    if gate is None or not holds(gate):
        abort(404)
    return gate.case_id
