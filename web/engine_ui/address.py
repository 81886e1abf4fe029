"""Where the engine's own pages are, for those to whom they may be shown."""

from __future__ import annotations

from urllib.parse import quote

from engine.ids import case_workflow_id
from settings import ENGINE_UI_PATH
from web.auth import current_person
from web.auth.person import runs_platform
from web.services import services

API = f"{ENGINE_UI_PATH}/api/"


def engine_pages_url() -> str:
    """The list of workflows; "" if there is none for the person behind this request."""
    person = current_person()
    if services().settings.engine_ui_url is None or person is None or not runs_platform(person):
        return ""
    namespace = quote(services().settings.temporal_namespace, safe="")
    return f"{ENGINE_UI_PATH}/namespaces/{namespace}/workflows"


def workflow_url(code: str) -> str:
    """The page of a case's workflow; "" if there is none for the person behind this request."""
    all_of_them = engine_pages_url()
    return all_of_them and f"{all_of_them}/{quote(case_workflow_id(code), safe='')}"
