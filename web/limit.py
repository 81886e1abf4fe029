"""How often one address may do a thing. Addresses are kept in memory only, as keyed hashes."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets

from flask import Flask, request
from flask_limiter import Limiter

from web.services import services

_SALT = secrets.token_bytes(16)
IPV6_PREFIX = 64
DEMO_FACTOR = 10


def hashed_address() -> str:
    """Tells visitors apart for the life of this process; nobody can read an address out of it."""
    return hashlib.blake2b(
        _network(request.remote_addr or "").encode(), key=_SALT, digest_size=12
    ).hexdigest()


def allowance(per_hour: int, per_minute: int | None = None) -> str:
    """A limit in the limiter's words; a demo, where many share one address, is ten times as generous."""
    factor = DEMO_FACTOR if services().settings.demo else 1
    hourly = f"{per_hour * factor}/hour"
    return hourly if per_minute is None else f"{hourly};{per_minute * factor}/minute"


def intake_limit() -> str:
    """For filing reports."""
    return allowance(20)


def look_up_limit() -> str:
    """For trying codes: ten characters are an identifier, not a secret, yet nobody needs to try many."""
    return allowance(300, 30)


def key_limit() -> str:
    """For trying keys and tokens."""
    return allowance(60, 10)


def act_limit() -> str:
    """For messages and verdicts of reporters."""
    return allowance(60, 10)


def upload_limit() -> str:
    """For pieces of files that are sent ahead of their form; an office behind one address sends many."""
    return allowance(3000, 600)


def step_limit() -> str:
    """For the steps of a form on its way, of which a report takes three or more."""
    return allowance(300)


def step_page_limit() -> str:
    """For looking at those steps; the last one searches for reports that say the same."""
    return allowance(1200, 60)


def suggest_limit() -> str:
    """For suggestions while somebody types; an office behind one address types much."""
    return allowance(6000, 300)


def login_limit() -> str:
    """For log-ins, above the slowing down that every account has by itself."""
    return allowance(120, 20)


limiter = Limiter(hashed_address, storage_uri="memory://", strategy="fixed-window")


def count_visits(app: Flask) -> None:
    """Starts counting afresh for this application."""
    limiter.init_app(app)


def _network(address: str) -> str:
    """An IPv6 visitor owns a whole network of addresses."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((found, IPV6_PREFIX), strict=False))
