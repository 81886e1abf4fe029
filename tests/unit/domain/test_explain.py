"""Derivations in plain sentences, in both languages and never in the machine's."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from domain.calendar import Holiday, WorkCalendar, parse_weekly
from domain.deadline import derive
from domain.derivation import Derivation
from domain.duration import Amount, Ends, Pause, Unit
from domain.explain import explain, explain_overdue, explain_remaining
from domain.instant import NaiveInstantError
from domain.remaining import Overdue, Remaining
from domain.wording import UnknownLanguageError, format_due, format_figure, format_instant

HOLIDAYS = (
    Holiday(date(2026, 12, 24), "Cuti bersama Natal", "Christmas joint leave"),
    Holiday(date(2026, 12, 25), "Natal", "Christmas"),
)
JAKARTA = WorkCalendar(
    "nasional",
    1,
    "Asia/Jakarta",
    parse_weekly("mon-fri 08:00-16:00"),
    HOLIDAYS,
    frozenset(),
    frozenset({2026}),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+07:00")


def derived(amount: Amount, *pauses: Pause, start: str = "2026-12-12T10:00", least: int = 0) -> Derivation:
    return derive(JAKARTA, at(start), amount, pauses, min_after_resume=least)


def test_a_derivation_is_explained_in_indonesian() -> None:
    assert explain(derived(Amount(10, Unit.WORKING_DAYS)), "id") == [
        "10 hari kerja sejak Sabtu, 12 Desember 2026.",
        "Tidak dihitung: 2 akhir pekan; 1 hari akhir pekan; "
        "Kamis, 24 Desember 2026 (Cuti bersama Natal); Jumat, 25 Desember 2026 (Natal).",
        "Batas waktu: Selasa, 29 Desember 2026, 16.00 WIB.",
    ]


def test_a_derivation_is_explained_in_english_with_the_english_names() -> None:
    lines = explain(derived(Amount(10, Unit.WORKING_DAYS)), "en", JAKARTA)
    assert lines == [
        "10 working days since Saturday, 12 December 2026.",
        "Not counted: 2 weekends; 1 weekend day; "
        "Thursday, 24 December 2026 (Christmas joint leave); Friday, 25 December 2026 (Christmas).",
        "Due: Tuesday, 29 December 2026, 16:00 WIB.",
    ]


def test_without_the_calendar_the_recorded_names_are_shown() -> None:
    assert "(Natal)" in explain(derived(Amount(10, Unit.WORKING_DAYS)), "en")[1]


def test_pauses_are_told() -> None:
    pause = Pause(at("2026-12-15T09:00"), at("2026-12-16T09:30"))
    lines = explain(derived(Amount(2, Unit.WORKING_DAYS), pause), "id")
    assert "Selasa, 15 Desember 2026 (jeda)" in lines[1]
    assert lines[2] == "Jeda: Selasa, 15 Desember 2026, 09.00 WIB sampai Rabu, 16 Desember 2026, 09.30 WIB."


def test_an_open_pause_says_that_due_is_unknown() -> None:
    lines = explain(derived(Amount(2, Unit.WORKING_DAYS), Pause(at("2026-12-15T09:00"))), "en")
    assert lines[-1] == (
        "Paused since Tuesday, 15 December 2026, 09:00 WIB; "
        "the due date is unknown until the reporter answers."
    )


def test_a_provisional_date_says_so() -> None:
    lines = explain(derived(Amount(20, Unit.WORKING_DAYS)), "id")
    assert lines[-1] == "Sementara: hari libur tahun 2027 belum ditetapkan, jadi tanggal ini dapat berubah."


def test_a_minimum_that_moved_the_end_is_told() -> None:
    pause = Pause(at("2026-12-14T09:00"), at("2026-12-15T09:00"))
    lines = explain(derived(Amount(1, Unit.WORKING_DAYS), pause, least=2), "en")
    assert "Wednesday, 16 December 2026 (minimum time)" in lines[1]
    assert lines[-2] == "Due: Thursday, 17 December 2026, 16:00 WIB."
    assert lines[-1] == "By the count alone it would be due Tuesday, 15 December 2026, 16:00 WIB."


def test_people_see_the_last_day_of_a_clock_that_ends_at_midnight() -> None:
    lines = explain(derived(Amount(2, Unit.WORKING_DAYS, ends=Ends.MIDNIGHT)), "id")
    assert lines[-1] == "Batas waktu: Selasa, 15 Desember 2026, 23.59 WIB."


def test_hours_tell_the_time_of_the_start_and_no_days() -> None:
    assert explain(derived(Amount(Decimal("2.5"), Unit.HOURS)), "id") == [
        "2,5 jam sejak Sabtu, 12 Desember 2026, 10.00 WIB.",
        "Batas waktu: Sabtu, 12 Desember 2026, 12.30 WIB.",
    ]


def test_a_weekday_without_windows_is_told() -> None:
    short = WorkCalendar("kota", 1, "Asia/Jakarta", parse_weekly("mon-thu 08:00-16:00"))
    lines = explain(derive(short, at("2026-12-10T10:00"), Amount(1, Unit.WORKING_DAYS)), "id")
    assert lines[1] == "Tidak dihitung: 1 akhir pekan; Jumat, 11 Desember 2026 (tidak ada jam kerja)."


@pytest.mark.parametrize(
    ("zone", "language", "text"),
    [
        ("Asia/Jakarta", "id", "Selasa, 24 November 2026, 16.00 WIB"),
        ("Asia/Makassar", "id", "Selasa, 24 November 2026, 17.00 WITA"),
        ("Asia/Jayapura", "en", "Tuesday, 24 November 2026, 18:00 WIT"),
        ("Europe/Berlin", "en", "Tuesday, 24 November 2026, 10:00 UTC+01:00"),
    ],
)
def test_an_instant_is_written_in_the_zone_and_language(zone: str, language: str, text: str) -> None:
    assert format_instant(at("2026-11-24T16:00"), zone, language) == text


def test_months_and_days_have_their_own_tables() -> None:
    days = [
        format_instant(at(f"2026-{month:02d}-0{month % 7 + 1}T10:00"), "Asia/Jakarta", "id")
        for month in range(1, 13)
    ]
    months = [day.split()[2] for day in days]
    assert (
        months[:3] == ["Januari", "Februari", "Maret"] and months[7] == "Agustus" and len(set(months)) == 12
    )
    week = [format_due(at("2026-11-23T10:00") + timedelta(days=n), "Asia/Jakarta", "id") for n in range(7)]
    assert [day.split(",")[0] for day in week] == [
        "Senin",
        "Selasa",
        "Rabu",
        "Kamis",
        "Jumat",
        "Sabtu",
        "Minggu",
    ]


def test_an_instant_without_offset_or_an_unknown_language_is_refused() -> None:
    with pytest.raises(NaiveInstantError):
        format_instant(datetime(2026, 11, 24), "Asia/Jakarta", "id")  # noqa: DTZ001
    with pytest.raises(UnknownLanguageError):
        format_instant(at("2026-11-24T16:00"), "Asia/Jakarta", "fr")
    with pytest.raises(UnknownLanguageError):
        explain(derived(Amount(1, Unit.WORKING_DAYS)), "fr")


def test_figures_agree_with_their_number() -> None:
    assert format_figure(1, Unit.WORKING_DAYS, "en") == "1 working day"
    assert format_figure(Decimal("0.5"), Unit.WORKING_HOURS, "en") == "0.5 working hours"
    assert format_figure(Decimal("1.50"), Unit.WORKING_HOURS, "id") == "1,50 jam kerja"


def test_what_remains_while_paused_depends_on_the_reporter() -> None:
    assert explain_remaining(Remaining(3, Unit.WORKING_DAYS, paused=False), "id") == "Sisa 3 hari kerja."
    paused = Remaining(3, Unit.WORKING_DAYS, paused=True)
    assert explain_remaining(paused, "id") == "Sisa 3 hari kerja setelah pelapor menjawab."
    assert explain_remaining(paused, "en") == "3 working days left once the reporter answers."


def test_overdue_is_told_as_its_own_figure() -> None:
    late = Overdue(2, Unit.WORKING_DAYS, timedelta(days=2))
    assert explain_overdue(late, "id") == "Terlambat 2 hari kerja."
    assert explain_overdue(late, "en") == "Late by 2 working days."
