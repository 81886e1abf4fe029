"""The blueprint of oversight: nothing in it answers a visitor, or staff who oversee nobody."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from web.auth import require_staff
from web.auth.person import oversees, staff

bp = Blueprint("oversight", __name__, url_prefix="/oversight")


@bp.before_request
def require_overseer() -> ResponseReturnValue | None:
    """Leads visitors to the log-in page; ends with 403 for those who oversee nobody."""
    turned_away = require_staff()
    if turned_away is None and not oversees(staff()):
        abort(403)
    return turned_away
