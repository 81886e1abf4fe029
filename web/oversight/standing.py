"""How a case stands in the engine, or without it in the tables: what waits, for when, and what fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from db.case_reader import CaseFile
from domain.agenda import agenda
from schemas.inspection import LiveRun, PendingActivity, PendingTask, RunDigest, RunStatus
from web.oversight.wording import agenda_label, timer_label
from web.presenter.labels import CLOCKS
from web.text import LazyText, gettext, lazy_gettext

STUCK_AFTER = timedelta(seconds=30)
"""A task that no worker has taken for so long says that none runs."""
RUNS: dict[RunStatus, LazyText] = {
    RunStatus.RUNNING: lazy_gettext("Alur kerja berjalan"),
    RunStatus.COMPLETED: lazy_gettext("Alur kerja sudah berakhir"),
    RunStatus.CONTINUED: lazy_gettext("Potongan ini sudah dilanjutkan"),
    RunStatus.BROKEN_OFF: lazy_gettext("Alur kerja terputus sebelum berakhir"),
    RunStatus.PAUSED: lazy_gettext("Alur kerja dijeda di mesin"),
}


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Something that has not come to its end; `at` is when it is planned, or since when it waits."""

    text: str
    label: str
    at: datetime | None
    notes: list[str] = field(default_factory=list)
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The box beside the timeline. `status` is "" where the engine was not asked or had no answer."""

    status: str
    broken: bool
    waits: list[Wait]
    from_tables: bool
    events: int = 0


def standing_of(file: CaseFile, run: RunDigest | None, live: LiveRun | None, now: datetime) -> Standing:
    """From the engine if it answered, else from the state in the tables.

    A case has one timer at a time, for what comes next; what follows it is in the tables alone.
    """
    if live is None or run is None:
        return Standing(status="", broken=False, waits=_agenda(file, now), from_tables=True)
    task = [] if live.task is None else [_task(live.task, now)]
    seqs = {activity_id: (first, last) for activity_id, first, last in run.activities}
    activities = [_activity(one, seqs.get(one.activity_id, (0, 0))) for one in live.activities]
    timers = [
        _timer(timer_label(timer), timer.planned_at, now)
        for timer in sorted(run.timers, key=lambda timer: timer.planned_at)
    ]
    following = _agenda(file, now)[len(timers) :] if timers else []
    return Standing(
        status=str(RUNS[live.status]),
        broken=live.status in {RunStatus.BROKEN_OFF, RunStatus.PAUSED},
        waits=[*task, *activities, *timers, *following],
        from_tables=False,
        events=live.event_count,
    )


def _agenda(file: CaseFile, now: datetime) -> list[Wait]:
    items = [(agenda_label(item.kind, str(CLOCKS[item.clock])), item.at) for item in agenda(file.state)]
    first = [_timer(what, at, now) for what, at in items[:1]]
    return [
        *first,
        *(_planned(gettext("Sesudah itu: %(what)s", what=what), at, now) for what, at in items[1:]),
    ]


def _timer(what: str, at: datetime, now: datetime) -> Wait:
    return _planned(gettext("Pewaktu: %(what)s", what=what), at, now)


def _planned(text: str, at: datetime, now: datetime) -> Wait:
    late = now - at > STUCK_AFTER
    return Wait(
        text=text,
        label=gettext("direncanakan"),
        at=at,
        notes=[gettext("sudah lewat, belum berbunyi")] if late else [],
        late=late,
    )


def _task(task: PendingTask, now: datetime) -> Wait:
    """A decision that no worker takes, or that fails again and again."""
    stuck = task.started_at is None and now - task.scheduled_at > STUCK_AFTER
    notes = [gettext("tidak ada pekerja yang mengambilnya")] if stuck else []
    if task.attempt > 1:
        notes.append(gettext("percobaan ke-%(num)d", num=task.attempt))
    return Wait(
        text=gettext("Giliran memutuskan"),
        label=gettext("menunggu sejak"),
        at=task.scheduled_at,
        notes=notes,
        late=stuck or task.attempt > 1,
    )


def _activity(activity: PendingActivity, seqs: tuple[int, int]) -> Wait:
    notes = [gettext("percobaan ke-%(num)d", num=activity.attempt)]
    if activity.failure:
        notes.append(gettext("jenis kegagalan: %(type)s", type=activity.failure))
    first, last = seqs
    text = gettext("Pencatatan peristiwa nomor %(first)d–%(last)d", first=first, last=last)
    return Wait(
        text=text if first else gettext("Kegiatan %(name)s", name=activity.name),
        label=gettext("percobaan berikutnya") if activity.next_attempt_at else gettext("menunggu sejak"),
        at=activity.next_attempt_at or activity.last_started_at or activity.scheduled_at,
        notes=notes,
        late=activity.attempt > 1,
    )
