"""The desk of operators, liaison officers, verifiers and their supervisors."""

from __future__ import annotations

from web.desk import acting, reading
from web.desk.blueprint import bp

__all__ = ["acting", "bp", "reading"]
