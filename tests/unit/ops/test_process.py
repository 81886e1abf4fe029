"""By its name one can tell that a process of this machine has died, and of no other."""

from __future__ import annotations

import subprocess
import sys

from ops.process import is_dead, own_name


def test_a_living_process_is_not_dead() -> None:
    assert not is_dead(own_name())


def test_a_process_that_has_ended_is_dead() -> None:
    place = own_name().rpartition(":")[0]
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert is_dead(f"{place}:{ended.pid}")


def test_of_other_machines_and_old_names_nothing_is_known() -> None:
    assert not is_dead("elsewhere:4026531836:1")
    assert not is_dead("host:77")
    assert not is_dead("")
