"""Logging in and out."""

from __future__ import annotations

import math
from datetime import timedelta
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from db.account_store import TooManyGuessesError, WrongLoginError
from settings import DEMO_PASSWORD
from web.auth import person
from web.auth.demo import demo_accounts
from web.form import Form, posted_form
from web.limit import limiter, login_limit
from web.services import services
from web.text import gettext

bp = Blueprint("auth", __name__)


@bp.route("/masuk", methods=["GET", "POST"])
@limiter.limit(login_limit, methods=["POST"])
def login() -> ResponseReturnValue:
    """The log-in page, and the log-in itself."""
    return _log_in() if request.method == "POST" else _show()


@bp.post("/keluar", endpoint="logout")
def log_out() -> ResponseReturnValue:
    """Ends the log-in at once, also for copies of the cookie."""
    if person.current_person() is None:
        raise person.LogInEndedError
    response = person.end(_redirect(url_for("auth.login")))
    flash(gettext("Anda sudah keluar."), "success")
    return response


def own_path(target: str) -> str:
    """The target if it is a path on this site, else ""; browsers read a backslash as a slash."""
    parts = urlsplit(target.replace("\\", "/"))
    clean = target.isprintable() and " " not in target
    ours = target.startswith("/") and not parts.scheme and not parts.netloc and not target.startswith("//")
    return target if clean and ours and "\\" not in target else ""


def _show() -> ResponseReturnValue:
    """Who is logged in already goes on."""
    target = own_path(request.args.get("next", ""))
    if person.current_person() is not None:
        return redirect(target or url_for("desk.cases"), 303)
    return _page(Form(), target)


def _log_in() -> ResponseReturnValue:
    """Checks the account and begins a session; what was wrong with it is never said."""
    form, target = posted_form(["login"]), own_path(request.form.get("next", ""))
    login, password = _credentials(form)
    try:
        token = services().accounts.log_in(login, password, request.remote_addr or "")
    except WrongLoginError:
        problem = gettext("Nama akun atau kata sandi salah. Periksa keduanya, lalu coba lagi.")
        return _page(form, target, problem), 400
    except TooManyGuessesError as slowed:
        return _slowed(form, target, slowed.wait_for)
    return person.begin(_redirect(target or url_for("desk.cases")), token)


def _credentials(form: Form) -> tuple[str, str]:
    """What was typed, or in a demo the account whose button was pressed."""
    chosen = request.form.get("demo", "")
    if chosen and not services().settings.demo:
        abort(403)
    if chosen:
        return chosen.replace("\x00", ""), DEMO_PASSWORD
    return form.text("login"), request.form.get("password", "")


def _slowed(form: Form, target: str, wait_for: timedelta) -> ResponseReturnValue:
    seconds = max(1, math.ceil(wait_for.total_seconds()))
    problem = gettext(
        "Terlalu banyak percobaan yang gagal. Tunggu %(seconds)d detik, lalu coba lagi.", seconds=seconds
    )
    response = make_response(_page(form, target, problem), 429)
    response.headers["Retry-After"] = str(seconds)
    return response


def _page(form: Form, target: str, problem: str = "") -> str:
    return render_template(
        "auth/login.html", form=form, problem=problem, next=target, demo_accounts=demo_accounts()
    )


def _redirect(target: str) -> Response:
    return make_response(redirect(target, 303))
