"""The form for reports that reach us at the counter, on paper or on the telephone: its fields and checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from db.region_store import Region
from domain.case import Channel
from schemas.report import NewReport
from web.form import Form
from web.public.region import settle_region
from web.public.report_choices import Choices
from web.public.report_form import FIELDS as REPORT_FIELDS
from web.public.report_form import NAME_MAX, TICKS, find_errors, to_report
from web.public.upload import Uploads
from web.text import LazyText, gettext, lazy_gettext

OWN_FIELDS = ("channel", "received_on", "address", "on_behalf_of")
FIELDS = (*OWN_FIELDS, *(name for name in REPORT_FIELDS if name != "agency"))
ADDRESS_MAX = 300
EARLIEST_DAYS = 366
"""An older letter has been answered, or is for the archive."""
NOON = time(12)
"""Of a day that has passed only the date is recorded; at noon it is that date all over the country."""
CHANNELS: Mapping[Channel, LazyText] = {
    Channel.WALK_IN: lazy_gettext("Datang langsung"),
    Channel.LETTER: lazy_gettext("Surat"),
    Channel.TELEPHONE: lazy_gettext("Telepon"),
}


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where a report is entered: the agency that gets it, and its day now."""

    person_id: int
    agency_id: int
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        """The civil day at the agency."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A form after its checks: what its words for the region may mean, if that is not clear."""

    regions: list[Region]


def check_entry(form: Form, choices: Choices, desk: Desk) -> Checked:
    """Puts what is wrong beside each field, in the order of the form."""
    regions = settle_region(form)
    errors = {name: said for name, said in _own_errors(form, desk) if said}
    errors |= find_errors(form, form.uploads or Uploads(), choices.setting)
    form.errors = errors
    return Checked(regions=regions)


def entered_report(form: Form, intake_id: str, locale: str, policy_name: str, desk: Desk) -> NewReport:
    """The report of a form without errors, under the name of whoever entered it."""
    report = to_report(form, form.uploads or Uploads(), intake_id, locale, policy_name)
    identity = report.identity.model_copy(
        update={"address": form.text("address"), "on_behalf_of": form.text("on_behalf_of")}
    )
    changes = {
        "identity": identity,
        "agency_id": desk.agency_id,
        "channel": Channel(form.text("channel")),
        "entered_by": desk.person_id,
    }
    return report.model_copy(update=changes)


def receipt_instant(form: Form, desk: Desk) -> datetime | None:
    """When a report counts as received, if that is not now. Source: CLOCKS, General, 5."""
    on = date.fromisoformat(form.text("received_on"))
    return None if on == desk.today else datetime.combine(on, NOON, desk.zone)


def empty_entry(desk: Desk) -> Form:
    """A form for a report that comes in today."""
    return Form(data={"received_on": desk.today.isoformat(), **dict.fromkeys(TICKS, False)})


def _own_errors(form: Form, desk: Desk) -> Iterator[tuple[str, str | None]]:
    known = {channel.value for channel in CHANNELS}
    yield "channel", None if form.text("channel") in known else gettext("Pilih lewat apa laporan ini masuk.")
    yield "received_on", _received_error(form.text("received_on"), desk.today)
    yield "address", _too_long(form.text("address"), ADDRESS_MAX)
    yield "on_behalf_of", _too_long(form.text("on_behalf_of"), NAME_MAX)


def _received_error(text: str, today: date) -> str | None:
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return gettext("Tulis tanggal laporan diterima.")
    if on > today:
        return gettext("Tanggal diterima belum tiba. Pilih hari ini atau sebelumnya.")
    if (today - on).days > EARLIEST_DAYS:
        return gettext("Tanggal diterima lebih dari setahun yang lalu. Periksa tahunnya.")
    return None


def _too_long(text: str, longest: int) -> str | None:
    if len(text) <= longest:
        return None
    return gettext(
        "Terlalu panjang: %(length)d huruf, paling banyak %(longest)d.", length=len(text), longest=longest
    )
