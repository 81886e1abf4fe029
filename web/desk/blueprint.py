"""The blueprint of the desk: nothing in it answers a visitor."""

from __future__ import annotations

from flask import Blueprint

from web.auth import require_staff

bp = Blueprint("desk", __name__)
bp.before_request(require_staff)
