"""What the reporter of a merged case sees of the elder one: its stage and the offices' replies."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.case import ClockName, Stage
from web.language import moment
from web.presenter.chip import Chip, ChipStatus, stage_chip, undated_chip
from web.presenter.clock import clock_chip, due_of
from web.presenter.conversation import Letter, Reading, letters
from web.presenter.labels import ENDS, STAGES
from web.presenter.sentence import awaited_of
from web.presenter.stepper import Step, steps
from web.public.standing import Known
from web.services import services
from web.text import LazyText, gettext

REPLIES = frozenset({"follow_up", "answer", "correction"})
"""Words to every reporter of the same thing; questions are between an office and the first one."""


@dataclass(frozen=True, kw_only=True)
class FollowedView:
    """`followed` in `public/case.html`: neither its words nor its code, nor who sent it."""

    stage_label: LazyText
    chip: Chip
    now: str
    steps: list[Step]
    replies: list[Letter]


def followed_view(elder: Known) -> FollowedView:
    """The elder case, for the reporter of a younger one."""
    return FollowedView(
        stage_label=STAGES[elder.state.stage],
        chip=_chip(elder),
        now=_sentence(elder),
        steps=steps(
            elder.state, elder.events, elder.found.received_at, own=False, by_hand=elder.found.by_hand
        ),
        replies=_replies(elder),
    )


def _replies(elder: Known) -> list[Letter]:
    messages = [
        replace(message, attachments=())
        for message in services().reader.messages(elder.found.case_id, for_reporter=True)
        if message.author == "staff" and message.kind in REPLIES
    ]
    reading = Reading(reporter="", unit_names=elder.names, file_url=lambda file_id: "")
    return letters(messages, elder.events, reading)


def _chip(elder: Known) -> Chip:
    by_stage = stage_chip(elder.state.stage, for_reporter=False)
    if by_stage is not None:
        first = gettext("menunggu pelapor pertama")
        return Chip(by_stage.status, first) if by_stage.status is ChipStatus.WAITING else by_stage
    return undated_chip() if elder.due is None else clock_chip(elder.due, services().now())


def _sentence(elder: Known) -> str:
    state, unit = elder.state, elder.holder
    if state.end_reason is not None:
        return gettext("Laporan itu sudah berakhir: %(reason)s.", reason=str(ENDS[state.end_reason]))
    if state.stage is Stage.AWAITING_REPORTER:
        return gettext("%(unit)s menunggu kelengkapan dari pelapor pertama.", unit=unit)
    if state.stage is Stage.AWAITING_CONFIRMATION:
        return gettext("%(unit)s sudah menjawab; pelapor pertama menyatakan selesai atau belum.", unit=unit)
    due_at = None if elder.due is None else due_of(elder.due)
    if due_at is not None and due_at < services().now():
        return gettext("%(unit)s terlambat menangani laporan itu; atasannya sudah diberi tahu.", unit=unit)
    until = "" if due_at is None else gettext(", paling lambat %(due)s", due=moment(due_at))
    if awaited_of(state) is ClockName.VERIFICATION:
        return gettext("%(unit)s memeriksa laporan itu%(until)s.", unit=unit, until=until)
    return gettext("%(unit)s menangani laporan itu%(until)s.", unit=unit, until=until)
