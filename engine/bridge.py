"""One Temporal client per process, on a loop of its own, called from ordinary threads."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from temporalio.client import Client

from engine.access import access
from engine.payload import case_data_converter

T = TypeVar("T")
CONNECT_SECONDS = 10.0


class EngineTimeoutError(Exception):
    """The engine did not answer in time: whether it did the thing is unknown."""


class Bridge:
    """Calls an async client from threads. Connects on first use, and again after a fork.

    Raises: EngineAccessError if what says how to reach the engine cannot be used.
    """

    def __init__(
        self, address: str, namespace: str, temporal_access: Mapping[str, str] | None = None
    ) -> None:
        self._address = address
        self._namespace = namespace
        self._access = access(temporal_access or {})
        self._lock = threading.Lock()
        self._process: int | None = None
        self._loop: asyncio.AbstractEventLoop
        self._client: Client

    def call(self, ask: Callable[[Client], Awaitable[T]], seconds: float) -> T:
        """The answer of `ask(client)`, waiting at most that long.

        Raises: EngineTimeoutError, and what `ask` raises.
        """
        self._ensure()

        async def asked() -> T:
            return await ask(self._client)

        future = asyncio.run_coroutine_threadsafe(asked(), self._loop)
        try:
            return future.result(seconds)
        except concurrent.futures.TimeoutError as timeout:
            future.cancel()
            raise EngineTimeoutError from timeout

    def _ensure(self) -> None:
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process == os.getpid():
                return
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=self._loop.run_forever, name="engine-bridge", daemon=True).start()
            connecting = asyncio.run_coroutine_threadsafe(self._connect(), self._loop)
            try:
                self._client = connecting.result(CONNECT_SECONDS)
            except concurrent.futures.TimeoutError as timeout:
                raise EngineTimeoutError from timeout
            self._process = os.getpid()

    async def _connect(self) -> Client:
        return await Client.connect(
            self._address,
            namespace=self._namespace,
            data_converter=case_data_converter,
            lazy=True,
            **self._access,
        )
