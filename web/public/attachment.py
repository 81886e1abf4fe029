"""The reporter's own attachments, and those of the offices."""

from __future__ import annotations

from flask import abort
from flask.typing import ResponseReturnValue

from web.download import attachment_response
from web.public.blueprint import bp
from web.public.grant import holds
from web.public.track import visible_gate
from web.services import services


@bp.get("/lacak/<code>/lampiran/<int(max=9223372036854775807):file_id>")
def attachment(code: str, file_id: int) -> ResponseReturnValue:
    """A file of the case, for the holder of its key."""
    gate = visible_gate(code)
    found = services().reader.file(gate.case_id, file_id) if gate is not None and holds(gate) else None
    if found is None:
        abort(404)
    return attachment_response(*found)
