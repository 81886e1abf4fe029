"""What other machines tell us, each in its own signed way."""

from web.hooks import sendgrid
from web.hooks.blueprint import bp, take_keys

__all__ = ["bp", "sendgrid", "take_keys"]
