"""What an address or a file says of how safe it is. `settings.py` judges by it."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

KNOWN_PASSWORDS = frozenset({"postgres", "password", "changeme", "change-me", "secret", "tuntas", "temporal"})


def is_web_address(text: str) -> bool:
    """Whether a text is a whole address of the web, with a port that can be one."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_plain(address: str) -> bool:
    """Whether an address of the web is reached in clear from other machines; one that is none is not."""
    if not is_web_address(address):
        return False
    parts = urlsplit(address)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def has_known_password(url: str) -> bool:
    """Whether a database is guarded by a password that everybody tries first."""
    return url.startswith("postgresql") and (urlsplit(url).password or "").lower() in KNOWN_PASSWORDS


def is_open_to_all(file: Path) -> bool:
    """Whether every user of the machine may read a file and reach it through its folders."""
    inside = bool(file.stat().st_mode & 0o004)
    return inside and all(folder.stat().st_mode & 0o001 for folder in file.resolve().parents)
