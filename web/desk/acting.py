"""Acting on a case: each form is checked, submitted and answered for in the same way."""

from __future__ import annotations

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from domain.case import Action
from domain.code import show_code
from schemas.command import NewCommand
from web.act import Answer, AnswerKind, submit
from web.answer_page import ActPage, respond
from web.desk.act_form import Posted, posted
from web.desk.blueprint import bp
from web.desk.case_page import render_case
from web.desk.done import done_sentence
from web.desk.opened import OpenCase, check_role, open_case, still_visible
from web.form import Form
from web.presenter.labels import ACTIONS
from web.services import services
from web.text import gettext


@bp.post("/desk/<code>/dispose")
def dispose(code: str) -> ResponseReturnValue:
    """Sends a case to an agency or an office."""
    return _act(code, Action.DISPOSE)


@bp.post("/desk/<code>/follow_up")
def follow_up(code: str) -> ResponseReturnValue:
    """Tells the reporter what the office plans or has done."""
    return _act(code, Action.FOLLOW_UP)


@bp.post("/desk/<code>/answer")
def answer(code: str) -> ResponseReturnValue:
    """Gives the final answer of the office."""
    return _act(code, Action.ANSWER)


def _act(code: str, action: Action) -> ResponseReturnValue:
    case = open_case(code)
    check_role(case, action)
    given = posted(case, action)
    if given.command is None:
        return render_case(case, {action: given.form}), 400
    answered = submit(given.command)
    if answered.kind is AnswerKind.WAITING:
        return render_case(open_case(code)), 202
    _warn_of_newer_message(case, given, answered)
    return respond(answered, _page(case, given, answered))


def _page(case: OpenCase, given: Posted, answered: Answer) -> ActPage:
    command = given.command
    assert command is not None  # noqa: S101  only checked forms come here
    return ActPage(
        label=ACTIONS[command.action],
        code=show_code(case.file.code),
        back_url=_where_next(case, command),
        done=done_sentence(case, command) if answered.succeeded else "",
        form_again=lambda objection: _form_again(case.file.code, command.action, given.form, objection),
    )


def _where_next(case: OpenCase, command: NewCommand) -> str:
    """A secret case may leave the sight of whoever sends it on; then the list comes next."""
    if command.body.unit is not None and not still_visible(case, command.body.unit.id):
        return url_for("desk.cases")
    return url_for("desk.case", code=show_code(case.file.code))


def _form_again(code: str, action: Action, form: Form, objection: str) -> str | None:
    """The case as it is now, with the words in a form of a new id; None if that form is gone."""
    case = open_case(code)
    if action not in case.actions:
        return None
    flash(objection, "warning")
    return render_case(case, {action: form.renewed()})


def _warn_of_newer_message(case: OpenCase, given: Posted, answered: Answer) -> None:
    """An answer that crossed a message of the reporter went out; its author should read that message."""
    seen = given.form.text("last_message_id")
    if not answered.succeeded or answered.again or not (seen.isdecimal() and len(seen) < 19):
        return
    messages = services().reader.messages(case.file.case_id, for_reporter=True)
    if any(message.id > int(seen) and message.author == "reporter" for message in messages):
        flash(
            gettext("Pelapor menulis pesan baru sebelum jawaban ini terkirim. Baca pesan itu di bawah."),
            "warning",
        )
