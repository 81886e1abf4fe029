"""What exists in demo mode only: the mail provider of the demo and the box in which its mails can be read."""

from web.dev import outbox, sendgrid
from web.dev.blueprint import bp

__all__ = ["bp", "outbox", "sendgrid"]
