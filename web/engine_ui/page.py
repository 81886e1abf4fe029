"""The views of the engine's own pages: their one document, its files, and what it asks the engine.

Only GET (and HEAD) has a route: whoever wants to change a case does so by our own acts, which are recorded.
"""

from __future__ import annotations

import json
import logging
from urllib.parse import parse_qsl, quote, urlencode

from flask import Response, abort, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from settings import ENGINE_UI_PATH
from web.engine_ui.blueprint import bp
from web.engine_ui.line import Answer, EngineUiError, ask
from web.engine_ui.shell import MAX_BYTES, shell
from web.security import FILE_CSP
from web.services import services
from web.text import gettext

log = logging.getLogger(__name__)
JSON = "application/json"
FOREVER = "private, max-age=604800, immutable"
"""Files whose names change with their content; they say nothing of any case."""
READ_ONLY = {"DisableWriteActions": True, "DisableNewsFetch": True, "FeedbackURL": ""}
WAITS = "waitnewevent"


@bp.get("", strict_slashes=False)
@bp.get("/<path:rest>")
def page(rest: str = "") -> ResponseReturnValue:
    """The document, the same for every address. Raises: EngineUiError."""
    if rest == "login":  # where its script leads when a log-in has ended; by now there is one
        return redirect(ENGINE_UI_PATH, 303)
    answer = _ask(f"{ENGINE_UI_PATH}/")
    if answer.status != 200 or answer.media_type != "text/html":
        answer.close()
        raise EngineUiError(f"no document but {answer.status} {answer.media_type}")
    found = shell(answer.whole(MAX_BYTES))
    return Response(found.body, mimetype="text/html", headers={"Content-Security-Policy": found.policy})


@bp.get("/_app/<path:rest>", endpoint="file")
@bp.get("/favicon.ico", endpoint="file")
def page_file(rest: str = "") -> ResponseReturnValue:
    """A file of the document. Raises: EngineUiError."""
    answer = _ask(
        _plain(f"{ENGINE_UI_PATH}/_app/{rest}" if rest else f"{ENGINE_UI_PATH}/favicon.ico"), packed=True
    )
    if answer.status != 200:
        answer.close()
        abort(404)
    response = _passed_on(answer)
    if rest.startswith("immutable/"):
        response.headers["Cache-Control"] = FOREVER
    return response


@bp.get("/api/v1/settings")
def settings() -> ResponseReturnValue:
    """What the document is told of itself: always that nothing can be changed."""
    try:
        told = json.loads(_ask(f"{ENGINE_UI_PATH}/api/v1/settings").whole(MAX_BYTES))
        return jsonify(told | READ_ONLY)
    except (EngineUiError, ValueError, TypeError) as problem:
        return _away(problem)


@bp.get("/api/<path:rest>")
def api(rest: str) -> ResponseReturnValue:
    """What the document asks the engine."""
    path = _plain(f"{ENGINE_UI_PATH}/api/{rest}")
    try:
        answer = _ask(f"{path}?{_query()}", packed=True)
    except EngineUiError as problem:
        return _away(problem)
    if answer.media_type != JSON:
        answer.close()
        return _away(EngineUiError(f"{answer.status} {answer.media_type}"))
    return _passed_on(answer)


def _ask(path: str, *, packed: bool = False) -> Answer:
    accepted = "gzip" in request.headers.get("Accept-Encoding", "")
    return ask(services().settings.engine_ui_url or "", path, packed=packed and accepted)


def _plain(path: str) -> str:
    """The path, written anew; one that climbs has no page."""
    if {".", ".."} & set(path.split("/")):
        abort(404)
    return quote(path, safe="/:@!$&'()*+,;=~")


def _query() -> str:
    """The query without the wish to wait for news: the document asks again by itself, and no thread hangs."""
    asked = parse_qsl(request.query_string.decode(errors="replace"), keep_blank_values=True)
    return urlencode([(name, value) for name, value in asked if name.replace("_", "").lower() != WAITS])


def _passed_on(answer: Answer) -> Response:
    """An answer piece by piece, with no header of theirs but type, packing and length."""
    response = Response(
        answer.pieces(), answer.status, mimetype=answer.media_type or "application/octet-stream"
    )
    response.call_on_close(answer.close)
    response.headers["Content-Security-Policy"] = FILE_CSP
    if answer.length is not None:
        response.content_length = answer.length
    if answer.encoding:
        response.headers["Content-Encoding"] = answer.encoding
    response.vary.add("Accept-Encoding")
    return response


def _away(problem: Exception) -> ResponseReturnValue:
    """In the words of the engine's API: the document shows them."""
    log.warning("the engine's own pages: %s", problem)
    return jsonify(code=14, message=gettext("Halaman mesin sedang tidak menjawab.")), 503
