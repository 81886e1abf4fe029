"""What exists in demo mode only: its own mail provider, the box of its mails, and samples of all mails."""

from web.dev import gallery, outbox, sendgrid
from web.dev.blueprint import bp

__all__ = ["bp", "gallery", "outbox", "sendgrid"]
