"""What a report form lets people choose from; remembered, so that no form is lost with the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app
from sqlalchemy.exc import OperationalError

from db import category_store, directory_store
from db.category_store import Category
from db.directory_store import Unit
from web.language import today
from web.presenter.category import category_name, group_name
from web.public.report_form import KINDS, Limits, Setting
from web.services import services

KNOWN = "report-choices"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Agencies and categories as they were last read."""

    agencies: tuple[Unit, ...] = ()
    categories: tuple[Category, ...] = ()

    @property
    def setting(self) -> Setting:
        """What answers are checked against."""
        return Setting(
            agency_ids=frozenset(str(agency.id) for agency in self.agencies),
            category_ids=frozenset(str(category.id) for category in self.categories),
            today=today(services().now()),
        )

    @property
    def names(self) -> Mapping[str, str]:
        """Words for the values of all fields that are chosen, by field and value: `agency:7`."""
        found = {f"kind:{kind.value}": str(label) for kind, label, _ in KINDS}
        found |= {f"agency:{agency.id}": agency.name for agency in self.agencies}
        return found | {
            f"category:{each.id}": f"{group_name(each)}: {category_name(each)}" for each in self.categories
        }

    def for_page(self) -> dict[str, object]:
        """What the templates of the form draw fields from."""
        return {
            "kinds": [(kind.value, label, hint) for kind, label, hint in KINDS],
            "agencies": [(agency.id, agency.name) for agency in self.agencies],
            "categories": [(each.id, category_name(each), group_name(each)) for each in self.categories],
            "limits": Limits(today=today(services().now()).isoformat()),
            "mails": services().settings.can_mail,
        }


def choices() -> Choices:
    """The choices as they are; while the database is away, as they were last read."""
    try:
        with services().database.read() as session:
            found = Choices(
                agencies=tuple(directory_store.agencies(session)),
                categories=tuple(category_store.categories(session)),
            )
    except OperationalError:
        known: Choices = current_app.extensions.get(KNOWN, Choices())
        return known
    current_app.extensions[KNOWN] = found
    return found
