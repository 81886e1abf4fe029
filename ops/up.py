"""`tuntas up`: all of Tuntas on one machine, under one supervisor."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import sys
from contextlib import suppress
from ipaddress import ip_address

from db.restored import restored
from ops import engine_file, engine_process
from ops.child import Backoff, ChildSpec
from ops.console import Console
from ops.environment import ROOT, named_home, read_settings
from ops.home import held, make_contents, make_home
from ops.ports import LOOPBACK, free_ui_port, require_free_ports
from ops.preparation import prepare_database, seed, used_database
from ops.reconciliation import reconcile
from ops.supervisor import Supervisor
from settings import Settings

POLL_SECONDS = 0.1
REMIND_AFTER = 300
"""Polls without an answer from the web after which we say so: about half a minute."""


def run() -> int:
    """Runs until Ctrl-C or SIGTERM and returns the exit code.

    Raises: Refusal, before anything was started or after everything was stopped.
    """
    home = named_home()
    make_home(home)
    with held(home):
        settings = prepare()
        asyncio.run(serve(settings, Console(sys.stdout)))
    return 0


def prepare() -> Settings:
    """Checks all that can be checked, makes what is missing and migrates. Raises: Refusal."""
    settings = read_settings()
    require_free_ports(settings)
    make_contents(settings)
    settings = read_settings()  # now with the master key
    if settings.embedded_engine:
        engine_file.require_usable(settings.home)
    prepare_database(settings)
    return settings


async def serve(settings: Settings, console: Console) -> None:
    """Starts everything, and stops everything when a signal asks for it. Raises: Refusal."""
    stop = _stop_on_signals()
    backoff = Backoff(limit=float(settings.restart_seconds))
    async with Supervisor(console, backoff) as supervisor:
        starting = asyncio.create_task(start_all(settings, supervisor, console))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
            await stopping
        finally:
            starting.cancel()
            stopping.cancel()
            with suppress(asyncio.CancelledError):
                await starting


async def start_all(settings: Settings, supervisor: Supervisor, console: Console) -> None:
    """Engine, seeds, worker, web; then says where to go, and fills a demo's public pages. Raises: Refusal."""
    shown: dict[str, str] = {}
    if settings.embedded_engine:
        ui_port = free_ui_port(settings)
        shown = {"TUNTAS_ENGINE_UI_URL": f"http://{LOOPBACK}:{ui_port}"}
        supervisor.start(engine_process.engine_child(settings, ui_port))
        await engine_process.make_ready(settings)
        engine_file.mark_finished(settings.home)
    await asyncio.to_thread(seed, settings)
    await asyncio.to_thread(_reconcile, settings, console)
    supervisor.start(python_child("worker", **_metrics_beside(settings)))
    supervisor.start(python_child("web", **shown))
    host = LOOPBACK if ip_address(settings.host).is_unspecified else settings.host
    await until_healthy(host, settings.port, console)
    console.announce(f"ready http://{host}:{settings.port}")
    if settings.demo:
        console.announce(demo_log_in_help())
        await fill_public_pages(settings)


def _reconcile(settings: Settings, console: Console) -> None:
    """After a restore, and before anything is sent or fired."""
    with used_database(settings) as database:
        if restored(database) is None:
            return
    for line in reconcile(settings):
        console.say(line)


def _metrics_beside(settings: Settings) -> dict[str, str]:
    """Web and worker cannot share a port: the worker's figures are on the next one."""
    port = settings.metrics_port
    return {} if port is None else {"TUNTAS_METRICS_PORT": str(port + 1)}


def python_child(module: str, **variables: str) -> ChildSpec:
    """One of our own processes, with the environment of this one and more variables."""
    return ChildSpec(
        name=module,
        command=(sys.executable, "-m", module),
        folder=ROOT,
        environment={**os.environ, "PYTHONUNBUFFERED": "1", **variables},
    )


async def until_healthy(host: str, port: int, console: Console) -> None:
    """Waits for the web's 200, however long that takes, and says now and then that it waits."""
    polls = 0
    while not await asyncio.to_thread(is_healthy, host, port):
        polls += 1
        if polls % REMIND_AFTER == 0:
            console.say("the web does not answer yet: read its lines above")
        await asyncio.sleep(POLL_SECONDS)


def is_healthy(host: str, port: int) -> bool:
    """Whether `GET /healthz` there answers 200 within 5 seconds."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def demo_log_in_help() -> str:
    """How to log in to the demo, for people."""
    from ops.seed import DEMO_LOGIN_HELP

    return DEMO_LOGIN_HELP


async def fill_public_pages(settings: Settings) -> None:
    """Publishes some of the demo's cases once the worker has applied what was done about them."""
    from ops.seed_publication import publish_when_ready

    await publish_when_ready(settings)


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    return stop
