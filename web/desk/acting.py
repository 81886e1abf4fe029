"""Acting on a case: each form is checked, submitted and answered for in the same way."""

from __future__ import annotations

import logging
from collections.abc import Callable

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from domain.case import Action
from domain.code import show_code
from domain.command import Body
from schemas.command import NewCommand
from web.act import Answer, AnswerKind, submit
from web.answer_page import ActPage, respond
from web.desk.act_form import FORMS, Posted, posted
from web.desk.blueprint import bp
from web.desk.came_from import came_from, case_url, list_again
from web.desk.case_page import render_case
from web.desk.done import done_sentence
from web.desk.draft import kept_fields, operator_units
from web.desk.handing import HANDING
from web.desk.offer import offered
from web.desk.opened import OpenCase, check_role, desk_query, open_case, still_visible
from web.desk.step import answer_step, posted_step
from web.form import Form, checked_id, posted_form
from web.presenter.labels import ACTIONS
from web.services import services
from web.text import gettext

log = logging.getLogger(__name__)


def case_again(code: str) -> ResponseReturnValue:
    """For those who reload the address of an act, or switch its language."""
    return redirect(url_for("desk.case", code=code, **came_from()), 303)


def act(code: str, action: Action) -> ResponseReturnValue:
    """Takes the form of one row of the table."""
    with services().database.glance():
        case = open_case(code)
    check_role(case, action)
    step = posted_step()
    if step is not None:
        return answer_step(case, action, step)
    kept = _kept_by_another(case, action)
    if kept is not None:
        return kept
    given = posted(case, action)
    if given.command is None:
        return render_case(case, {action: given.form}), 400
    answered = submit(given.command)
    if answered.succeeded or answered.kind is AnswerKind.WAITING:
        _forget_draft(case, action)
    if answered.kind is AnswerKind.WAITING:
        return render_case(open_case(code)), 202
    _warn_of_newer_message(case, given, answered)
    return respond(answered, _page(case, given, answered))


def _kept_by_another(case: OpenCase, action: Action) -> ResponseReturnValue | None:
    """Nobody lets go of what another has taken, nor takes it from them by a key in the list."""
    by_key = action is Action.CLAIM and "stay" in request.args
    other = case.taken_by_other
    if other is None or not (by_key or action is Action.RELEASE):
        return None
    name = desk_query().people([other]).get(other, "")
    flash(gettext("Laporan ini sedang diambil %(name)s; tidak ada yang berubah.", name=name), "warning")
    return redirect(_row_again(case) if by_key else case_url(case.file.code), 303)


def _forget_draft(case: OpenCase, action: Action) -> None:
    """The act is recorded: nothing that fails now may look as if it were not."""
    try:
        services().drafts.discard(case.file.case_id, action, case.person.id, operator_units(case))
    except OperationalError:
        log.warning("the draft of a recorded act stays")


def _keep_draft(case: OpenCase, action: Action, form: Form) -> None:
    """The words stand on the page that comes next as well, so a database that is away costs nothing."""
    fields = kept_fields(FORMS[action], form)
    try:
        if fields:
            services().drafts.save(case.file.case_id, action, case.actor, fields)
    except OperationalError:
        log.warning("the words of a refused act are not kept as a draft")


@bp.post("/desk/<code>/cancel")
def cancel(code: str) -> ResponseReturnValue:
    """Calls back one's own act that still waits. What came to an end meanwhile is told as it is."""
    case = open_case(code)
    check_role(case, Action.CANCEL)
    cancels, form = checked_id(request.form.get("cancels", "")), posted_form(())
    found = services().commands.find(cancels)
    if found is None or (found.case_id, found.command.actor.person_id) != (case.file.case_id, case.person.id):
        abort(404)
    if found.outcome not in {"waiting", "cancelling"}:
        flash(gettext("Tindakan itu sudah tidak menunggu lagi; lihat keadaannya di bawah."), "info")
        return case_again(show_code(case.file.code))
    command = NewCommand(
        id=form.command_id,
        case_id=case.file.case_id,
        action=Action.CANCEL,
        actor=case.actor,
        body=Body(cancels=cancels),
    )
    answered = submit(command)
    if answered.kind is AnswerKind.WAITING:
        return render_case(open_case(code)), 202
    return respond(answered, _page(case, Posted(form=form, command=command), answered))


def _register() -> None:
    """One address for each row of the table, so that each has its own row in `web.access`."""
    for action in FORMS:
        rule = f"/desk/<code>/{action.value}"
        bp.add_url_rule(rule, action.value, _view(action), methods=["POST"])
    for action in (*FORMS, Action.CANCEL):
        bp.add_url_rule(f"/desk/<code>/{action.value}", "case_again", case_again, methods=["GET"])


def _view(action: Action) -> Callable[[str], ResponseReturnValue]:
    def view(code: str) -> ResponseReturnValue:
        return act(code, action)

    view.__name__ = action.value
    return view


_register()


def _page(case: OpenCase, given: Posted, answered: Answer) -> ActPage:
    command = given.command
    assert command is not None  # noqa: S101  only checked forms come here
    return ActPage(
        label=ACTIONS[command.action],
        code=show_code(case.file.code),
        back_url=_where_next(case, command, answered),
        done=done_sentence(case, command) if answered.succeeded else "",
        form_again=lambda objection: _form_again(case.file.code, command.action, given.form, objection),
    )


def _where_next(case: OpenCase, command: NewCommand, answered: Answer) -> str:
    """A case may leave the sight of whoever sends it on; the list comes next, as for who claims in it."""
    leaving = answered.kind is AnswerKind.FOLLOWS and case.file.secret and command.action in HANDING
    if answered.succeeded and (leaving or not still_visible(case)):
        return list_again()
    if answered.succeeded and command.action is Action.CLAIM and request.args.get("stay"):
        return _row_again(case)
    return case_url(case.file.code)


def _row_again(case: OpenCase) -> str:
    """The list again, at the row of the case."""
    return list_again(_anchor=f"laporan-{show_code(case.file.code)}")


def _form_again(code: str, action: Action, form: Form, objection: str) -> str | None:
    """The case as it is now, with the words in a form of a new id.

    None if that form is gone; what was typed in it comes back as a draft if it is offered once more.
    """
    case = open_case(code)
    waiting = services().reader.commands(case.file.case_id, "waiting")
    if action not in offered(case, waiting, services().now()):
        _keep_draft(case, action, form)
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
