"""A case as it was then, rebuilt from its events, and what is different at another instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from db.rebuild_store import Past, UnreadableLogError, UnreadableReportError
from domain.agenda import agenda
from domain.code import show_code
from domain.event import Event
from domain.state import CaseState
from web.desk.case_people import KNOW_THE_ACCUSED
from web.desk.choice import category_name
from web.desk.opened import OpenCase, desk_query
from web.form import Form, clean
from web.oversight.blueprint import bp
from web.oversight.fact import Difference, Fact, Names, differences, facts_of, unit_ids
from web.oversight.inspector_page import head_of
from web.oversight.moment_asked import Moment, moment_of
from web.oversight.opened import overseen_case
from web.oversight.wording import agenda_label
from web.presenter.clock import ClockView, Running, clock_view
from web.presenter.happening import event_label
from web.presenter.labels import CLOCKS, actor_label
from web.services import services
from web.text import gettext

LONGEST = 40
FIELDS = ("pada", "dengan")


@dataclass(frozen=True, kw_only=True)
class Then:
    """An instant: the last event until then, in words, and how the case stood, if it was there."""

    past: Past
    at: datetime
    text: str
    who: str
    facts: list[Fact]

    @property
    def seq(self) -> int:
        """The number of the last event; 0 before the first."""
        return self.past.state.seq


@bp.get("/kasus/<code>/keadaan")
def past(code: str) -> ResponseReturnValue:
    """The case at `?pada=` (an event's number or an instant), and what differs at `?dengan=`."""
    found = overseen_case(code)
    typed = {name: clean(request.args.get(name, ""))[:LONGEST] for name in FIELDS}
    form, newest = Form(data=dict(typed)), services().reader.seq_of(found.file.case_id)
    asked = {name: _asked(name, text, form, newest) for name, text in typed.items()}
    try:
        then = _then(found, asked["pada"] or Moment(at=services().now()), newest)
        other = None if asked["dengan"] is None else _then(found, asked["dengan"], newest)
    except (UnreadableReportError, UnreadableLogError):
        return render_template("oversight/past.html", case=head_of(found), form=form, then=None), 200
    return render_template(
        "oversight/past.html",
        **_context(found, then, other, newest),
        form=form,
    ), 400 if form.errors else 200


def _asked(name: str, text: str, form: Form, newest: int) -> Moment | None:
    found = moment_of(text) if text else None
    if text and found is None:
        form.errors[name] = gettext("Tulis nomor peristiwa, atau saat seperti 2026-11-20 10.00.")
    if found is not None and (found.seq or 0) > newest:
        form.errors[name] = gettext(
            "Peristiwa itu belum ada: yang terakhir di laporan ini bernomor %(seq)d.", seq=newest
        )
        return None
    return found


def _then(found: OpenCase, asked: Moment, newest: int) -> Then:
    past = services().past.as_of(found.file.case_id, seq=asked.seq, at=asked.at)
    state, event = past.state, past.event
    at = asked.at or (state.received_at if event is None else event.at)
    names = _names(found, state)
    there = event is not None or (newest == 0 and at >= state.received_at)
    return Then(
        past=past,
        at=at,
        text=_last_words(event, names, there=there),
        who="" if event is None else actor_label(event.actor, names.units),
        facts=facts_of(state, names) if there else [],
    )


def _last_words(event: Event | None, names: Names, *, there: bool) -> str:
    if event is not None:
        return event_label(event, names.units)
    return gettext("Belum ada peristiwa") if there else gettext("Laporan ini belum ada")


def _names(found: OpenCase, state: CaseState) -> Names:
    knows = bool(KNOW_THE_ACCUSED & {one.role for one in found.person.memberships})
    ids = [one for one in (state.facts.claimed_by, state.facts.accused_person_id) if one is not None]
    actor = state.last.actor.unit_id if state.last is not None else None
    category_id = state.facts.category_id
    return Names(
        units=services().inspection.unit_names(unit_ids(state) | {actor or 0}),
        people=desk_query().people(ids) if ids else {},
        categories={} if category_id is None else {category_id: category_name(category_id)},
        accused=knows,
    )


def _context(found: OpenCase, then: Then, other: Then | None, newest: int) -> dict[str, Any]:
    code = show_code(found.file.code)
    earlier, later = (then, other) if other is None or other.seq >= then.seq else (other, then)
    return {
        "case": head_of(found),
        "then": then,
        "earlier": earlier,
        "later": later,
        "changes": [] if later is None else _changes(earlier, later),
        "clocks": _clock_views(found, then),
        "nexts": _nexts(then),
        "before_url": url_for("oversight.past", code=code, pada=then.seq - 1) if then.seq > 0 else None,
        "after_url": url_for("oversight.past", code=code, pada=then.seq + 1) if then.seq < newest else None,
        "step_url": url_for("oversight.past", code=code, pada=then.seq - 1, dengan=then.seq),
        "newest": newest,
    }


def _changes(earlier: Then, later: Then) -> list[Difference]:
    return differences(earlier.facts, later.facts)


def _clock_views(found: OpenCase, then: Then) -> list[ClockView]:
    """The clocks that ran then, as they stood then, with how their dates had come about."""
    live = then.past.state.live_clocks
    dated = services().inspection.dated(found.file.case_id, live) if live else []
    runnings = [
        Running(clock=one.clock, derivation=one.derivation, calendar=one.calendar, earlier=one.earlier)
        for one in dated
    ]
    return [clock_view(one, max(then.at, one.derivation.start_at)) for one in runnings]


def _nexts(then: Then) -> list[tuple[datetime, str]]:
    """What time alone would have done next."""
    items = agenda(then.past.state)
    return [(item.at, agenda_label(item.kind, str(CLOCKS[item.clock]))) for item in items]
