"""Runs a command that dies with the process that started it, even by kill -9.

`python -I -S tether.py PARENT COMMAND ...` becomes COMMAND. It is its own program because code between fork
and exec is unsafe in a parent with threads. Linux only: see `tethered`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tethered(command: tuple[str, ...]) -> tuple[str, ...]:
    """The command line that ties a child of this process to it; where that cannot be, the plain command."""
    if sys.platform != "linux":
        return command
    return (sys.executable, "-I", "-S", __file__, str(os.getpid()), *command)


def main() -> None:
    """Asks the kernel for the tie, then becomes the command."""
    parent, *command = sys.argv[1:]
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):
        sys.exit(1)  # the parent was gone before the tie held
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
