"""Days, months, zones and figures in Indonesian ("id") and English ("en"): our own tables, no locale."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from domain.duration import Unit
from domain.instant import last_day_before, to_utc

_DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "id": (
        "Januari", "Februari", "Maret", "April", "Mei", "Juni",
        "Juli", "Agustus", "September", "Oktober", "November", "Desember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_UNITS = {
    "id": {
        Unit.WORKING_DAYS: "hari kerja",
        Unit.WORKING_HOURS: "jam kerja",
        Unit.CALENDAR_DAYS: "hari kalender",
        Unit.HOURS: "jam",
        Unit.MINUTES: "menit",
    },
    "en": {
        Unit.WORKING_DAYS: "working day",
        Unit.WORKING_HOURS: "working hour",
        Unit.CALENDAR_DAYS: "calendar day",
        Unit.HOURS: "hour",
        Unit.MINUTES: "minute",
    },
}
_ZONES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Ujung_Pandang": "WITA",
    "Asia/Jayapura": "WIT",
}


class UnknownLanguageError(ValueError):
    """A language other than "id" and "en" was asked for."""


def format_day(on: date, language: str) -> str:
    """The day as `Selasa, 24 November 2026` or `Tuesday, 24 November 2026`. Raises: UnknownLanguageError."""
    check_language(language)
    return f"{_DAYS[language][on.weekday()]}, {on.day} {MONTHS[language][on.month - 1]} {on.year}"


def format_instant(at: datetime, zone: str, language: str) -> str:
    """The instant as `Selasa, 24 November 2026, 16.00 WIB` or `Tuesday, 24 November 2026, 16:00 WIB`.

    Zones outside Indonesia are written as their offset (`UTC+02:00`); seconds are left out.
    Raises: NaiveInstantError, UnknownLanguageError.
    """
    local = to_utc(at).astimezone(ZoneInfo(zone))
    time = _time(local.hour, local.minute, language)
    return f"{format_day(local.date(), language)}, {time} {_label(local, zone)}"


def format_due(due_at: datetime, zone: str, language: str) -> str:
    """A due instant, in which 00:00 is written as 23:59 of the day that people see as the last one.

    No clock shows 24:00, and 00:00 of the next day would name a day on which it is too late.

    Raises: NaiveInstantError, UnknownLanguageError.
    """
    local = to_utc(due_at).astimezone(ZoneInfo(zone))
    if (local.hour, local.minute, local.second, local.microsecond) != (0, 0, 0, 0):
        return format_instant(due_at, zone, language)
    last = last_day_before(due_at, ZoneInfo(zone))
    return f"{format_day(last, language)}, {_time(23, 59, language)} {_label(local, zone)}"


def format_figure(value: Decimal | int, unit: Unit, language: str) -> str:
    """A figure with its unit: `2,5 jam kerja`, `1 working day`. Raises: UnknownLanguageError."""
    check_language(language)
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if language == "id":
        return f"{text.replace('.', ',')} {_UNITS['id'][unit]}"
    return f"{text} {_UNITS['en'][unit]}{'' if value == 1 else 's'}"


def check_language(language: str) -> None:
    """Nothing, for "id" and "en". Raises: UnknownLanguageError."""
    if language not in _DAYS:
        raise UnknownLanguageError(f"'{language}' is neither id nor en")


def _time(hour: int, minute: int, language: str) -> str:
    return f"{hour:02d}{'.' if language == 'id' else ':'}{minute:02d}"


def _label(local: datetime, zone: str) -> str:
    return _ZONES.get(zone) or f"UTC{local.isoformat()[-6:]}"
