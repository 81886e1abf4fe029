from __future__ import annotations

import pytest

from domain.redaction import HIDDEN, Personal, left_over, redact


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Personal.EMAIL, "warga.satu+lapor@contoh.example"),
        (Personal.LINK, "https://contoh.example/u/12345?id=9"),
        (Personal.LINK, "www.contoh.example/profil"),
        (Personal.HANDLE, "@warga_kota"),
        (Personal.POSITION, "-6.20001, 106.81234"),
        (Personal.ID_NUMBER, "3276014507890001"),
        (Personal.ID_NUMBER, "3276 0145 0789 0001"),
        (Personal.PHONE, "081234567890"),
        (Personal.PHONE, "+62 812-3456-7890"),
        (Personal.PHONE, "62812 3456 789"),
        (Personal.PHONE, "(021) 5551234"),
        (Personal.PLATE, "B 1234 XYZ"),
        (Personal.PLATE, "ad 4321 ab"),
        (Personal.NUMBER, "1234-5678-901"),
    ],
)
def test_what_is_plainly_personal_is_hidden(kind: Personal, words: str) -> None:
    found = redact(f"Hubungi saya: {words} segera.")
    assert found.text == f"Hubungi saya: {HIDDEN} segera."
    assert found.replaced == ((kind, words),)


@pytest.mark.parametrize(
    "text",
    [
        "Jalan Melati RT 03 RW 05 No. 12 rusak sejak 2024.",
        "Kerugian Rp 1.500.000.000 dan Rp1.500.000.000 sejak 17 Agustus 2026 pukul 14.30.",
        "Antre 2 jam di loket 3, nomor 045, suhu 36.5.",
        "Lihat contoh.example untuk jadwal; harga naik 10.000 menjadi 12.500.",
        "PT 12 unit; A 10 kg; B 20 m.",
    ],
)
def test_what_a_report_needs_stays(text: str) -> None:
    assert redact(text).text == text


def test_names_after_titles_are_pointed_at_and_left_for_a_person_to_decide() -> None:
    text = "Menurut Bapak Contoh Nama dan Bu Contoh, Pak Lurah dan Ibu Kota tahu. Nama saya Contoh Warga."
    found = redact(text)
    assert found.names == ("Bapak Contoh Nama", "Bu Contoh", "Nama saya Contoh Warga")
    assert found.text == text


def test_a_redacted_text_has_nothing_left_over() -> None:
    text = "Surel a@contoh.example, telepon 081234567890, NIK 3276014507890001, mobil B 1234 XYZ."
    assert len(left_over(text)) == 4
    assert left_over(redact(text).text) == ()


def test_the_same_thing_twice_is_left_over_once() -> None:
    assert left_over("081234567890 atau 081234567890") == ("081234567890",)


def test_a_long_text_without_any_pattern_is_read_quickly() -> None:
    text = "1 " * 5_000 + "a@" * 5_000
    assert redact(text).text.endswith("@")
