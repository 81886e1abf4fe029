"""The words of a report that was just sent, in a form again, for those who do mean a second one."""

from __future__ import annotations

from domain.case import UnitLevel
from web.form import Form
from web.public.grant import is_fresh
from web.services import services


def filled_again(intake_id: str) -> Form | None:
    """All fields but the attachments; None unless this browser has lately sent that form."""
    given = services()
    intake = given.intakes.find(intake_id) if is_fresh(intake_id, given.now()) else None
    found = None if intake is None else given.reader.by_id(intake.case_id)
    if intake is None or found is None:
        return None
    identity, _ = given.reader.identity(found.case_id)
    first = intake.start.state
    data: dict[str, str | bool] = {
        **found.words.model_dump(),
        **identity.model_dump(),
        "kind": first.kind.value,
        "agency": str(first.holder.id) if first.holder.level is UnitLevel.AGENCY else "",
        "event_on": "" if found.happened_on is None else found.happened_on.isoformat(),
        "category": "" if found.category is None else str(found.category.id),
        "region": found.region,
        "region_asked": found.region,
        "region_code": found.region_code or "",
        "anonymous": found.anonymous,
        "secret": found.secret,
    }
    return Form(data=data)
