"""Reports that may be about the same thing: candidates, side by side, and what a merge would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue

from db.account_store import Person
from db.duplicate_query import MOST, Candidate, DuplicateQuery, Sought
from domain.case import OPEN_STAGES, Action, UnitLevel
from domain.code import show_code
from domain.command import Body, OtherCase
from schemas.command import NewCommand
from schemas.report import NewReport
from web.desk.act_card import ActCard, Shown, act_card
from web.desk.blueprint import bp
from web.desk.choice import category_name, unit_name
from web.desk.likeness import Alike, Features, likest
from web.desk.offer import offered
from web.desk.opened import OpenCase, onlooker, open_case
from web.desk.preview import Preview, preview_of
from web.form import Form
from web.presenter.labels import KINDS, STAGES, reporter_mask
from web.services import services
from web.text import LazyText

SHOWN = 8
TWINS, TWIN = 3, 80.0
NO_CASE = 0
TWINS_AMONG = 100
"""So many of the newest cases are compared for a page that is opened for something else."""


@dataclass(frozen=True, kw_only=True)
class CandidateLine:
    """A case that may be the same."""

    code: str
    title: str
    place: str
    holder: str
    received_at: datetime
    reasons: list[str]
    url: str


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of two reports beside the other."""

    code: str
    url: str
    title: str
    text: str
    place: str
    category: str
    region: str
    kind: LazyText
    stage: LazyText
    holder: str
    reporter: str
    event_on: date | None
    received_at: datetime


@bp.get("/desk/<code>/serupa")
def duplicates(code: str) -> ResponseReturnValue:
    """The open cases most like this one."""
    case = open_case(code)
    lines = [_line(case, alike) for alike in alike_cases(case)]
    return render_template("desk/duplicates.html", case=_side(case), candidates=lines)


@bp.get("/desk/<code>/serupa/<other>")
def compare(code: str, other: str) -> ResponseReturnValue:
    """Two reports side by side; the younger one can be merged into the elder one."""
    case, second = open_case(code), open_case(other)
    if case.file.case_id == second.file.case_id or case.file.secret is not second.file.secret:
        abort(404)
    younger, elder = (case, second) if case.file.case_id > second.file.case_id else (second, case)
    card = _merge_card(younger, elder)
    return render_template(
        "desk/compare.html",
        younger=_side(younger),
        elder=_side(elder),
        card=card,
        preview=_merge_preview(younger, elder) if card else None,
        back_url=url_for("desk.duplicates", code=show_code(case.file.code)),
    )


def likely_twins(case: OpenCase, offered_now: list[Action]) -> list[CandidateLine]:
    """For whoever may merge: the few that are so alike that the page of the case names them."""
    if Action.MERGE not in offered_now:
        return []
    found = alike_cases(case, TWINS, TWINS_AMONG)
    return [_line(case, alike) for alike in found if alike.likeness >= TWIN]


def alike_cases(case: OpenCase, most: int = SHOWN, among: int = MOST) -> list[Alike]:
    """The open cases of the same agency and secrecy that are most like this one, among the newest."""
    holder = case.state.holder
    agency = None if holder.level is UnitLevel.NATIONAL else holder.agency_id
    sought = Sought(case_id=case.file.case_id, secret=case.file.secret, agency_id=agency)
    file = case.file
    mine = Features(
        title=file.words.title,
        place=file.words.place,
        category_id=file.state.facts.category_id,
        region_code=file.region_code,
        received_at=file.received_at,
    )
    return likest(mine, _candidates(case.person, sought, among), most)


def twins_of_entry(person: Person, report: NewReport, received_at: datetime) -> list[CandidateLine]:
    """Open cases so like a report that is about to be recorded that they may be the same."""
    mine = Features(
        title=report.words.title,
        place=report.words.place,
        category_id=report.category_id,
        region_code=report.region_code,
        received_at=received_at,
    )
    sought = Sought(case_id=NO_CASE, secret=report.secret, agency_id=report.agency_id)
    found = likest(mine, _candidates(person, sought), TWINS)
    return [
        _candidate_line(alike, url_for("desk.case", code=show_code(alike.candidate.code)))
        for alike in found
        if alike.likeness >= TWIN
    ]


def _candidates(person: Person, sought: Sought, among: int = MOST) -> list[Candidate]:
    query = DuplicateQuery(services().database, services().keyring)
    return query.candidates(onlooker(person), sought, among)


def _merge_card(younger: OpenCase, elder: OpenCase) -> ActCard | None:
    """The form of the merge, if this person may do it now and the elder case is open."""
    waiting = services().reader.commands(younger.file.case_id, "waiting")
    may = Action.MERGE in offered(younger, waiting, services().now())
    if not may or elder.state.stage not in OPEN_STAGES:
        return None
    form = Form(data={"code": show_code(elder.file.code)})
    return act_card(younger, Action.MERGE, Shown(forms={Action.MERGE: form}))


def _merge_preview(younger: OpenCase, elder: OpenCase) -> Preview:
    other = OtherCase(id=elder.file.case_id, code=elder.file.code, secret=elder.file.secret)
    return preview_of(
        younger,
        NewCommand(
            id=Form().command_id,
            case_id=younger.file.case_id,
            action=Action.MERGE,
            actor=younger.actor,
            version=younger.state.version,
            body=Body(other=other),
        ),
    )


def _line(case: OpenCase, alike: Alike) -> CandidateLine:
    own, other = show_code(case.file.code), show_code(alike.candidate.code)
    return _candidate_line(alike, url_for("desk.compare", code=own, other=other))


def _candidate_line(alike: Alike, url: str) -> CandidateLine:
    found = alike.candidate
    return CandidateLine(
        code=show_code(found.code),
        title=found.title,
        place=found.place,
        holder=found.holder,
        received_at=found.received_at,
        reasons=alike.reasons,
        url=url,
    )


def _side(case: OpenCase) -> Side:
    file, code = case.file, show_code(case.file.code)
    return Side(
        code=code,
        url=url_for("desk.case", code=code),
        title=file.words.title,
        text=file.words.text,
        place=file.words.place,
        category=category_name(case.state.facts.category_id),
        region=file.region,
        kind=KINDS[case.state.kind],
        stage=STAGES[case.state.stage],
        holder=unit_name(case.state.holder.id),
        reporter=reporter_mask(file.mask),
        event_on=file.happened_on,
        received_at=file.received_at,
    )
