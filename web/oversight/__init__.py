"""The pages of those who oversee: what happened to a case, and why."""

from web.oversight import inspector_page, landing, past_page, raw, replay_page, stuck_page
from web.oversight.blueprint import bp

__all__ = ["bp", "inspector_page", "landing", "past_page", "raw", "replay_page", "stuck_page"]
