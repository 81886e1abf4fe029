"""The engine's own pages, behind our log-in and read only."""

from web.engine_ui import page
from web.engine_ui.blueprint import bp

__all__ = ["bp", "page"]
