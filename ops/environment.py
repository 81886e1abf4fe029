"""Where the project lies, and the settings as a command reads them."""

from __future__ import annotations

import os
from pathlib import Path

from ops.refusal import Refusal
from settings import Settings, SettingsError

ROOT = Path(__file__).resolve().parent.parent


def enter_project() -> None:
    """Makes every command mean the same from any folder; safe to repeat.

    `TUNTAS_HOME` becomes absolute (a relative one is relative to the caller's folder, none is `var/` of the
    project), then the project becomes the working folder, for this process and its children.
    """
    named = os.environ.get("TUNTAS_HOME")
    home = Path(named) if named else ROOT / "var"
    os.environ["TUNTAS_HOME"] = str(home.resolve())
    os.chdir(ROOT)


def named_home() -> Path:
    """The absolute home, before the settings in it can be read."""
    return Path(os.environ.get("TUNTAS_HOME") or ROOT / "var").resolve()


def read_settings() -> Settings:
    """The settings of this process. Raises: Refusal with a line for each wrong variable."""
    try:
        return Settings.from_env()
    except SettingsError as wrong:
        raise Refusal(*wrong.problems) from wrong
