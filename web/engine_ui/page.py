"""The views of the engine's own pages: their one document, its files, and what it asks the engine."""

from __future__ import annotations

import json
import logging
from urllib.parse import parse_qsl, quote, urlencode

from flask import Response, abort, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from settings import ENGINE_UI_PATH
from web.engine_ui.blueprint import bp
from web.engine_ui.line import Answer, EngineUiError, ask
from web.engine_ui.shell import shell
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
    answer = _of_type("text/html", _ask(f"{ENGINE_UI_PATH}/"))
    found = shell(answer.small())
    return Response(found.body, mimetype="text/html", headers={"Content-Security-Policy": found.policy})


@bp.get("/_app/<path:rest>", endpoint="file")
@bp.get("/favicon.ico", endpoint="file")
def page_file(rest: str = "") -> ResponseReturnValue:
    """A file of the document. Raises: EngineUiError."""
    name = f"_app/{rest}" if rest else "favicon.ico"
    answer = _ask(_plain(f"{ENGINE_UI_PATH}/{name}"), packed=True)
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
        told = json.loads(_ask(f"{ENGINE_UI_PATH}/api/v1/settings").small())
        return jsonify(told | READ_ONLY)
    except (EngineUiError, ValueError, TypeError) as problem:
        return _away(problem)


@bp.get("/api/<path:rest>")
def api(rest: str) -> ResponseReturnValue:
    """What the document asks the engine."""
    path = _plain(f"{ENGINE_UI_PATH}/api/{rest}")
    try:
        return _passed_on(_of_type(JSON, _ask(f"{path}?{_query()}", packed=True)))
    except EngineUiError as problem:
        return _away(problem)


def _ask(path: str, *, packed: bool = False) -> Answer:
    accepted = "gzip" in request.headers.get("Accept-Encoding", "")
    return ask(services().settings.engine_ui_url or "", path, packed=packed and accepted)


def _of_type(media_type: str, answer: Answer) -> Answer:
    if answer.media_type == media_type:
        return answer
    answer.close()
    raise EngineUiError(f"{answer.status} {answer.media_type}")


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
    """An answer with no header of theirs but type, packing and length. Raises: EngineUiError."""
    media_type = answer.media_type or "application/octet-stream"
    response = Response(answer.body(), answer.status, mimetype=media_type)
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
