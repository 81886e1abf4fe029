"""What people ask before they trust us: what can be reported, who sees it, and what we keep."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from web.public.blueprint import bp


@bp.get("/bantuan")
def help_page() -> ResponseReturnValue:
    """Help and privacy, in plain words. Reads no database, so it is there on bad days too."""
    return render_template("public/help.html")
