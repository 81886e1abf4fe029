"""Who is at the desk: logging in and out, and the person behind a request."""

from __future__ import annotations

from web.auth.login import bp
from web.auth.person import Viewer, current_person, locale_of_viewer, require_staff, viewer

__all__ = ["Viewer", "bp", "current_person", "locale_of_viewer", "require_staff", "viewer"]
