"""What is taken, by content and name, and at which sizes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.error import BrokenFileError, TooBigError, UnfitFileError, WrongKindError
from media.kind import EXTENSIONS, MOST_BYTES, Media, media_of_content
from media.preparation import prepare
from tests.pictures import CANARY, WITH_NOTES, box, heic, jpeg, mp4, pdf, png, webp

WHOLE = {
    "a.jpg": jpeg,
    "a.JPEG": jpeg,
    "a.png": png,
    "a.webp": webp,
    "a.heic": heic,
    "a.pdf": pdf,
    "a.mp4": mp4,
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_on_the_list_is_taken(name: str) -> None:
    assert prepare(name, WHOLE[name]()).media_type in set(Media)


@pytest.mark.parametrize("name", sorted(EXTENSIONS))
@pytest.mark.parametrize(
    "content", [b"GIF89a;", b"<html>", b"MZ\x90\x00", b"<svg/>", b"PK\x03\x04", b"\x00" * 64]
)
def test_no_name_makes_a_file_what_it_is_not(name: str, content: bytes) -> None:
    with pytest.raises(WrongKindError):
        prepare(f"a{name}", content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("foto.jpg", png()),
        ("foto.png", jpeg()),
        ("surat.pdf", jpeg()),
        ("foto.jpg", pdf()),
        ("foto.jpg.exe", jpeg()),
        ("foto", jpeg()),
        ("film.mov", mp4()),
        ("halaman.pdf", b"<html>" + pdf()),
        ("foto.heic", mp4()),
        ("film.mp4", heic()),
        ("foto.heic", box(b"ftyp", b"avif\x00\x00\x00\x00mif1heic")),
        ("film.mp4", box(b"ftyp", b"qt  \x00\x00\x00\x00qt  ")),
    ],
)
def test_name_and_content_have_to_agree(name: str, content: bytes) -> None:
    with pytest.raises(WrongKindError):
        prepare(name, content)


@pytest.mark.parametrize("name", ["surat.pdf", "film.mp4", "foto.jpg"])
def test_a_size_is_allowed_to_its_very_edge(name: str) -> None:
    media = EXTENSIONS[f".{name[-3:]}"]
    most = MOST_BYTES[media]
    content = {"surat.pdf": pdf().rjust, "foto.jpg": jpeg().ljust}.get(name)
    if name == "surat.pdf":
        filled = pdf()[:9] + b" " * (most - len(pdf())) + pdf()[9:]
    else:
        filled = mp4(most) if content is None else content(most, b"\x00")
    assert len(filled) == most
    assert prepare(name, filled).media_type == media
    with pytest.raises(TooBigError):
        prepare(name, filled + b"\x00")


@pytest.mark.parametrize("name", WHOLE)
def test_half_a_file_is_refused(name: str) -> None:
    content = WHOLE[name]()
    with pytest.raises(UnfitFileError):
        prepare(name, content[: len(content) // 2])


def test_a_document_without_an_end_is_refused() -> None:
    with pytest.raises(BrokenFileError):
        prepare("surat.pdf", b"%PDF-1.7\n" + b" " * 5000)


@pytest.mark.parametrize("name", WITH_NOTES)
def test_of_a_picture_there_is_a_copy_and_a_thumbnail(name: str) -> None:
    found = prepare(name, WITH_NOTES[name]())
    assert found.served and found.thumbnail and found.width == 64


def test_a_document_is_served_as_it_is() -> None:
    found = prepare("surat.pdf", pdf())
    assert (found.served, found.thumbnail, found.served_type) == (None, None, "application/pdf")


def test_a_film_loses_its_notes_and_no_byte_moves() -> None:
    content = mp4()
    found = prepare("film.mp4", content)
    assert found.served is not None and len(found.served) == len(content)
    assert CANARY.encode() in content and CANARY.encode() not in found.served
    assert found.served.index(b"moving") == content.index(b"moving")
    assert prepare("film.mp4", found.served).served is None


@pytest.mark.parametrize(
    "content",
    [
        mp4()[:-1],
        box(b"ftyp", b"mp42\x00\x00\x00\x00") + box(b"mdat"),
        mp4() + b"\x00\x00\x00\x04free",
        mp4() + b"tail",
        box(b"ftyp", b"mp42\x00\x00\x00\x00") + box(b"moov", b"\xff\xff\xff\xffudta") + box(b"mdat"),
    ],
)
def test_a_film_whose_boxes_do_not_fit_is_refused(content: bytes) -> None:
    with pytest.raises(BrokenFileError):
        prepare("film.mp4", content)


@given(st.binary(max_size=200))
def test_any_bytes_are_of_a_kind_or_of_none(content: bytes) -> None:
    assert media_of_content(content) in {None, *Media}
