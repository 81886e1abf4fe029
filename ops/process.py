"""Names of processes by which one can tell that another one of the same machine has died."""

from __future__ import annotations

import os
import socket


def own_name() -> str:
    """The name of this process: machine, numbering of processes, number."""
    return f"{_place()}:{os.getpid()}"


def is_dead(name: str) -> bool:
    """Whether the process of that name ran where its number can be looked up, and is no more.

    False for processes of other machines and containers, of which nothing can be known.
    """
    place, _, number = name.rpartition(":")
    if place != _place() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _place() -> str:
    """Two containers may share a name, but not a numbering of processes."""
    try:
        numbering = os.readlink("/proc/self/ns/pid")
    except OSError:
        numbering = ""
    return f"{socket.gethostname()[:40]}:{numbering.strip('pid:[]')}"
