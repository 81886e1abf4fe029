"""The blueprint of the engine's own pages: there for those who run the platform, and for nobody else."""

from __future__ import annotations

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed

from settings import ENGINE_UI_PATH
from web.auth import current_person, require_staff
from web.auth.person import runs_platform
from web.engine_ui.address import API
from web.services import services
from web.text import gettext

bp = Blueprint("engine_ui", __name__, url_prefix=ENGINE_UI_PATH)


@bp.before_request
def require_platform() -> ResponseReturnValue | None:
    """Leads visitors to the log-in page; ends with 404 for all others, and where there are no such pages.

    Raises: NotFound.
    """
    person = current_person()
    if person is None:
        return _log_in_ended() if request.path.startswith(API) else require_staff()
    if not runs_platform(person) or services().settings.engine_ui_url is None:
        abort(404)
    return None


@bp.before_app_request
def refuse_to_change() -> ResponseReturnValue | None:
    """Nothing here has a route that changes something: our own acts do that, and they are recorded."""
    if request.path.startswith(API) and isinstance(request.routing_exception, MethodNotAllowed):
        return jsonify(code=7, message=gettext("Halaman mesin hanya untuk dibaca.")), 405
    return None


def _log_in_ended() -> ResponseReturnValue:
    """In the words of the engine's API, for a page that is open already: it then asks for its log-in page."""
    return jsonify(code=16, message=gettext("Anda perlu masuk lagi")), 401
