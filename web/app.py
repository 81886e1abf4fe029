"""The web application: what every audience sees, put together from its blueprints."""

from __future__ import annotations

from flask import Flask, g

from settings import Settings
from web import auth, desk, engine_ui, health, hooks, oversight, public
from web.asset import serve_static
from web.auth.person import Viewer
from web.errors import Application, answer_errors
from web.glance import share_looks
from web.language import speak
from web.limit import count_visits
from web.metrics import measure
from web.security import protect
from web.services import EXTENSION, Services, build_services


def create_app(settings: Settings, services: Services | None = None) -> Flask:
    """The application on its services; without given ones it builds its own.

    Raises: SettingsError without a master key, or with a webhook key that is none.
    """
    given = services or build_services(settings)
    app = Application(__name__)
    app.extensions[EXTENSION] = given
    measure(app)
    share_looks(app, given)
    protect(app, given)
    count_visits(app)
    speak(app, auth.locale_of_viewer)
    answer_errors(app)
    app.context_processor(lambda: {"demo": settings.demo, "viewer": _viewer()})
    _register(app, settings)
    serve_static(app)
    return app


def _register(app: Flask, settings: Settings) -> None:
    hooks.take_keys(app, settings)
    for bp in (public.bp, auth.bp, desk.bp, oversight.bp, engine_ui.bp, health.bp, hooks.bp):
        app.register_blueprint(bp)
    if settings.demo:
        from web import dev  # outside of a demo its routes do not exist

        app.register_blueprint(dev.bp)


def _viewer() -> Viewer | None:
    """Who is logged in; nobody on the pages of a fault, which must not ask the database again."""
    return None if g.get("without_viewer") else auth.viewer()
