"""The worker: runs the cases' workflows, writes what they decide, sweeps and sends mail."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from prometheus_client import REGISTRY, Counter
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.case_record import CaseRecordActivities
from db.bucket import file_place
from db.case_record import SqlCaseRecorder
from db.command_store import CommandStore
from db.database import Database
from db.file_place import FilePlace
from db.file_sweep import FileSweep
from db.intake_store import IntakeStore
from db.keyring import Keyring
from db.mail_failure_store import MailFailureStore
from db.operation_store import OperationStore
from db.outbox_store import OutboxStore
from db.start import start_problems
from db.upload_store import UploadStore
from domain.errors import TuntasError
from engine.access import access
from engine.bridge import Bridge
from engine.case_client import CaseClient
from engine.command_delivery import CommandDelivery
from engine.ids import CASES_QUEUE
from engine.payload import case_data_converter
from mail.link import MailLinks
from mail.relay import WAITING_FOR_KEY, MailRelay
from mail.sendgrid_client import SendGridMailer
from ops.file_keeping import FileKeeper
from ops.lease import Lease
from ops.search_fill import SearchFill
from ops.sweeper import ALIVE_WITHIN, Heartbeat, Sweeper, SweptStores
from ops.upkeep import upkeep_of
from settings import Settings, SettingsError
from telemetry.log import start_logging
from telemetry.metrics import figures_at, figures_of, free_loopback_address, serve_metrics
from workflows.case import CaseWorkflow

log = logging.getLogger("worker")

Work = Callable[[threading.Event], None]

CACHED_CASES = 200
"""Each takes some 0.2 MB; one that is not held is replayed, which costs some 20 ms."""
THREADS = 16
STOP_WITHIN = timedelta(seconds=15)
RELAY_EVERY_SECONDS = 1.0
POLL_SECONDS = 0.5
CONNECT_AGAIN_SECONDS = 2.0
RESTART_SECONDS = 5.0

FAILURES = Counter(
    "tuntas_part_failures", "How often a part of the worker failed and started again", ["part"]
)


def main() -> int:
    """Runs until SIGTERM or Ctrl-C; 2 if it cannot start as told."""
    try:
        settings = Settings.from_env()
        start_logging(settings.log_format, with_messages=settings.demo)
        asyncio.run(serve(settings))
    except (SettingsError, TuntasError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


async def serve(settings: Settings) -> None:
    """Serves the chosen roles until a signal comes, then lets running work finish.

    Raises: SettingsError, EngineAccessError.
    """
    require_fit(settings)
    database = Database(settings.database_url)
    stop = _stop_on_signals()
    background = Background(settings, database)
    runtime = _runtime(settings)
    background.start()
    try:
        if "cases" in settings.worker_roles:
            await _run_cases(settings, database, runtime, stop)
        else:
            log.info("ready")
            await stop.wait()
    finally:
        await asyncio.to_thread(background.stop)
        database.dispose()


def require_fit(settings: Settings) -> None:
    """Raises: SettingsError with all that forbids to work with this key and this database."""
    if settings.master_key is None:
        raise SettingsError(["There is no master key: set TUNTAS_MASTER_KEY or TUNTAS_MASTER_KEY_FILE."])
    found = start_problems(
        settings.database_url, demo=settings.demo, keyring=_keyring(settings), place=settings.engine_place
    )
    if found:
        raise SettingsError(found)


class Background:
    """The threads beside the workflows, each of which fails and starts again alone.

    With the cases goes the heartbeat: a worker that runs no workflow must not hide that none does.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=keep_running, args=(work, self._stopping), name=name)
            for name, work in works(settings, database).items()
        ]

    def start(self) -> None:
        """Starts all threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends all threads after what they are just doing."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=STOP_WITHIN.total_seconds())


def works(settings: Settings, database: Database) -> dict[str, Work]:
    """What the chosen roles do in threads, by the names of the threads."""
    operation = OperationStore(database)
    found: dict[str, Work] = {}
    if "cases" in settings.worker_roles:
        found["heartbeat"] = Heartbeat(operation).run
    if "sweeper" in settings.worker_roles:
        found |= {
            "sweeper": after_heartbeat(operation, _sweep(settings, database)),
            "upkeep": _keep_up(settings, database),
            "files": _keep_files(settings, database),
            "search": SearchFill(database, _keyring(settings)).run,
        }
    if "mail" in settings.worker_roles:
        if settings.can_mail:
            found["relay"] = _relay(settings, database)
        else:
            log.warning(WAITING_FOR_KEY)
    return found


def keep_running(work: Work, stopping: threading.Event, pause: float = RESTART_SECONDS) -> None:
    """Runs a thread's work until told to stop; work that fails is started again after a pause."""
    while not stopping.is_set():
        try:
            work(stopping)
        except Exception as problem:
            name = threading.current_thread().name
            FAILURES.labels(name).inc()
            log.error("%s failed and starts again: %s\n%s", name, type(problem).__name__, _places(problem))
        stopping.wait(pause)


def _places(problem: Exception) -> str:
    """Where it happened; without the message, which may repeat what was read."""
    return "".join(traceback.format_tb(problem.__traceback__))


def _sweep(settings: Settings, database: Database) -> Work:
    keyring = _keyring(settings)
    commands = CommandStore(database, keyring)
    bridge = Bridge(settings.temporal_address, settings.temporal_namespace, settings.temporal_access)
    cases = CaseClient(bridge)
    stores = SweptStores(
        database=database,
        intakes=IntakeStore(database, keyring, _files(settings)),
        commands=commands,
        operation=OperationStore(database),
        failures=MailFailureStore(database),
    )
    return Sweeper(stores, cases, CommandDelivery(cases, commands), _now).run


def after_heartbeat(operation: OperationStore, work: Work) -> Work:
    """Sweeping begins once cases are run and an outage that has just ended is known.

    Reports that it starts must hear of that outage. The heartbeat may be another process's.
    """

    def wait_and_work(stopping: threading.Event) -> None:
        while not (stopping.is_set() or _cases_run(operation)):
            stopping.wait(POLL_SECONDS)
        work(stopping)

    return wait_and_work


def _cases_run(operation: OperationStore) -> bool:
    try:
        return operation.is_worker_alive(ALIVE_WITHIN)
    except SQLAlchemyError:
        return False


def _keep_up(settings: Settings, database: Database) -> Work:
    bridge = Bridge(settings.temporal_address, settings.temporal_namespace, settings.temporal_access)
    return upkeep_of(database, bridge, settings.histories_folder, _now).run


def _keep_files(settings: Settings, database: Database) -> Work:
    files = _files(settings)
    uploads = UploadStore(database, _keyring(settings), files)
    lease = Lease(OperationStore(database), "files", _now)
    return FileKeeper(uploads, FileSweep(database, files), lease, _now).run


def _files(settings: Settings) -> FilePlace:
    return file_place(settings.files_url, settings.files_access, settings.files_folder)


def _relay(settings: Settings, database: Database) -> Work:
    keyring = _keyring(settings)
    mailer = SendGridMailer(settings.sendgrid_api_key or "demo", settings.sendgrid_url, settings.mail_from)
    links = MailLinks(keyring.secret("mail-token"), settings.public_url)
    relay = MailRelay(OutboxStore(database, keyring), mailer, links, _now)

    def work(stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                relay.run(stopping, RELAY_EVERY_SECONDS)
            except SQLAlchemyError as problem:
                log.warning("mails wait for the database: %s", type(problem).__name__)
                stopping.wait(CONNECT_AGAIN_SECONDS)

    return work


async def _run_cases(settings: Settings, database: Database, runtime: Runtime, stop: asyncio.Event) -> None:
    client = await _connect(settings, runtime, stop)
    if client is None:
        return
    recorder = CaseRecordActivities(SqlCaseRecorder(database, demo=settings.demo))
    with ThreadPoolExecutor(THREADS) as pool:
        worker = Worker(
            client,
            task_queue=CASES_QUEUE,
            workflows=[CaseWorkflow],
            activities=[recorder.record],
            activity_executor=pool,
            workflow_runner=UnsandboxedWorkflowRunner(),  # tests forbid what the sandbox would find
            max_cached_workflows=CACHED_CASES,
            max_concurrent_activities=THREADS,
            max_concurrent_workflow_tasks=20,
            graceful_shutdown_timeout=STOP_WITHIN,
            sticky_queue_schedule_to_start_timeout=timedelta(seconds=5),
        )
        async with worker:
            log.info("ready")
            await stop.wait()


def _runtime(settings: Settings) -> Runtime:
    """The engine's library; with a metrics port, its figures and ours are served there.

    Raises: SettingsError if that port is taken.
    """
    metrics = None
    if settings.metrics_port is not None:
        inner = free_loopback_address()
        metrics = PrometheusConfig(
            bind_address=inner, counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True
        )
        sources = (figures_of(REGISTRY), figures_at(inner))
        try:
            serve_metrics(settings.host, settings.metrics_port, sources)
        except OSError as problem:
            raise SettingsError([f"TUNTAS_METRICS_PORT cannot be used: {problem.strerror}."]) from problem
    lines = LoggingConfig(
        filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
        forwarding=LogForwardingConfig(
            logger=logging.getLogger("engine"),
            append_target_to_name=False,
            append_log_fields_to_message=settings.demo,  # they may repeat what an error says
        ),
    )
    return Runtime(telemetry=TelemetryConfig(logging=lines, metrics=metrics))


async def _connect(settings: Settings, runtime: Runtime, stop: asyncio.Event) -> Client | None:
    """A client once the engine answers; None if we are told to stop before. Raises: EngineAccessError."""
    reached_by = access(settings.temporal_access)
    while not stop.is_set():
        try:
            return await Client.connect(
                settings.temporal_address,
                namespace=settings.temporal_namespace,
                data_converter=case_data_converter,
                runtime=runtime,
                **reached_by,
            )
        except RuntimeError:
            log.warning("waiting for the engine")
            await asyncio.sleep(CONNECT_AGAIN_SECONDS)
    return None


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def _keyring(settings: Settings) -> Keyring:
    assert settings.master_key is not None  # noqa: S101  checked before anything starts
    return Keyring(settings.master_key)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # the engine's client may crash an ordinary exit
