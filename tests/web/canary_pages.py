"""Every page that a site has once the story of `canary_story` is told, by the address map."""

from __future__ import annotations

from itertools import product

from werkzeug.routing import Rule

from mail.render import LANGUAGES
from schemas.mail import MailTemplate
from tests.web.canary_story import Story

ENGINE_UI = {"engine_ui.page", "engine_ui.file", "engine_ui.settings", "engine_ui.api"}
SHOWS_NOTHING = {"static", "health.healthz", "health.readyz", *ENGINE_UI}
"""Files of ours, numbers, and what the engine knows, in which `test_canaries` looks for words."""
READERS = {
    "public": (("pelapor", "id"), ("pembaca", "en"), ("pejalan", "id"), ("pengunggah", "id")),
    "desk": (("pu.penghubung", "id"), ("kota.admin", "en"), ("pu.atasan", "id"), ("pu.operator", "id")),
    "oversight": (("pu.atasan", "id"), ("kota.admin", "en")),
    "auth": (("orang lain", "en"),),
    "dev": (("pembaca", "en"), ("pelapor", "id")),
}


def pages(story: Story) -> list[Rule]:
    """The pages of the address map that can show words."""
    rules = story.site.app.url_map.iter_rules()
    return [rule for rule in rules if "GET" in (rule.methods or ()) and rule.endpoint not in SHOWS_NOTHING]


def paths(story: Story, rule: Rule) -> list[str]:
    """The addresses of a page: with everything that may stand in them."""
    values = story.values | {
        "code": [story.cases["filed"].code],
        "file_id": file_ids(story),
        "language": list(LANGUAGES),
        "name": [MailTemplate.RECEIVED, MailTemplate.FOLLOW_NEWS],
        "_act": ["pesan"] if "lacak" in rule.rule else ["komentar"],
    }
    names = sorted(rule.arguments)
    made = [
        dict(zip(names, chosen, strict=True)) for chosen in product(*(values.get(name, []) for name in names))
    ]
    adapter = story.site.app.url_map.bind("localhost")
    return [adapter.build(rule.endpoint, one) for one in made if rule.suitable_for(one)]


def file_ids(story: Story) -> list[str]:
    """The attachments of the case that was filed with some."""
    messages = story.site.services.reader.messages(story.cases["filed"].id, for_reporter=True)
    return [str(one.id) for message in messages for one in message.attachments]
