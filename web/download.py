"""Attachments on their way out: always saved, never opened within our pages."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file

from db.case_reader import Attachment
from web.security import FILE_CSP


def attachment_response(attachment: Attachment, content: bytes) -> Response:
    """The bytes under their name (RFC 6266), which the browser saves."""
    response = send_file(
        BytesIO(content),
        mimetype=attachment.media_type,
        as_attachment=True,
        download_name=attachment.name,
        etag=False,
    )
    response.headers["Content-Security-Policy"] = FILE_CSP
    return response
