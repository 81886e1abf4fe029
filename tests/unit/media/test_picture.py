"""Pictures drawn anew: what they keep, and what they lose on purpose."""

from __future__ import annotations

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from media.error import BrokenFileError, BusyError, TooManyPixelsError
from media.kind import Media, media_of_name
from media.picture import LONGEST_SIDE, MAX_PIXELS, MOST_WAITING, THUMBNAIL_SIDE, Drawn, redraw
from tests.pictures import CANARY, WITH_NOTES, drawing, jpeg, png

NOTES = (CANARY.encode(), b"Exif", b"xmp", b"ICC_PROFILE", b"iCCP", b"tEXt", b"iTXt", b"eXIf")


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def redrawn(name: str) -> Drawn:
    media = media_of_name(name)
    assert media is not None
    return redraw(WITH_NOTES[name](), media)


@pytest.mark.parametrize("name", WITH_NOTES)
def test_where_and_with_what_a_photo_was_taken_is_in_no_copy(name: str) -> None:
    assert CANARY.encode() in WITH_NOTES[name]()
    drawn = redrawn(name)
    for copy in (drawn.content, drawn.thumbnail):
        assert [note for note in NOTES if note in copy] == []
        assert dict(opened(copy).getexif()) == {}


@pytest.mark.parametrize(
    ("name", "served"),
    [
        ("foto.jpg", "image/jpeg"),
        ("foto.png", "image/png"),
        ("foto.webp", "image/webp"),
        ("foto.heic", "image/jpeg"),
    ],
)
def test_every_browser_can_show_the_copy(name: str, served: str) -> None:
    drawn = redrawn(name)
    assert drawn.media_type == served == Image.MIME[str(opened(drawn.content).format)]
    assert (drawn.width, drawn.height) == opened(drawn.content).size == (64, 40)
    assert opened(drawn.thumbnail).format == "WEBP"


def test_a_photo_taken_sideways_stands_upright() -> None:
    drawn = redraw(jpeg(64, 40, turned=6), Media.JPEG)
    assert (drawn.width, drawn.height) == (40, 64)
    red, green, _ = opened(drawn.content).convert("RGB").getpixel((35, 5))  # type: ignore[misc]
    assert red > 150 > green


@pytest.mark.parametrize(("size", "expected"), [((5120, 100), (2560, 50)), ((2560, 10), (2560, 10))])
def test_a_large_picture_is_made_smaller(size: tuple[int, int], expected: tuple[int, int]) -> None:
    drawn = redraw(png(*size), Media.PNG)
    assert (drawn.width, drawn.height) == expected
    assert max(opened(drawn.thumbnail).size) == THUMBNAIL_SIDE


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "I;16"])
def test_every_kind_of_pixels_can_be_drawn(mode: str) -> None:
    content = io.BytesIO()
    made = Image.new(mode, (30, 20)) if mode != "PA" else Image.new("RGBA", (30, 20)).quantize()
    made.save(content, "PNG")
    assert redraw(content.getvalue(), Media.PNG).width == 30


def test_printed_colours_become_those_of_screens() -> None:
    content = io.BytesIO()
    Image.new("CMYK", (30, 20)).save(content, "JPEG")
    assert opened(redraw(content.getvalue(), Media.JPEG).content).mode == "RGB"


def test_of_an_animation_the_first_image_is_drawn() -> None:
    content = io.BytesIO()
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "blue")]
    frames[0].save(content, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    drawn = opened(redraw(content.getvalue(), Media.WEBP).content)
    assert getattr(drawn, "n_frames", 1) == 1
    assert drawn.convert("RGB").getpixel((5, 5))[0] > 200  # type: ignore[index]


@pytest.mark.parametrize("name", WITH_NOTES)
def test_a_picture_that_was_cut_off_is_refused(name: str) -> None:
    media, content = media_of_name(name), WITH_NOTES[name]()
    assert media is not None
    for share in (0.3, 0.6):
        with pytest.raises(BrokenFileError):
            redraw(content[: int(len(content) * share)], media)


def test_a_bomb_is_refused_before_it_is_drawn() -> None:
    content = io.BytesIO()
    Image.new("L", (MAX_PIXELS[Media.PNG] // 1000 + 1, 1000)).save(content, "PNG")
    assert len(content.getvalue()) < 1_000_000
    with pytest.raises(TooManyPixelsError):
        redraw(content.getvalue(), Media.PNG)


def test_a_photo_in_endless_layers_is_refused_before_it_is_drawn() -> None:
    content = io.BytesIO()
    drawing().save(content, "JPEG", progressive=True)
    whole = content.getvalue()
    assert redraw(whole, Media.JPEG)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    before = time.process_time()
    with pytest.raises(BrokenFileError):
        redraw(whole[:-2] + last * 100_000 + whole[-2:], Media.JPEG)
    assert time.process_time() - before < 1


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "I;16"])
def test_a_picture_made_smaller_in_strips_shows_the_same(mode: str) -> None:
    image = drawing(LONGEST_SIDE * 2 + 8, 300).convert("L" if mode == "I;16" else mode)
    if mode == "I;16":
        image = image.point(lambda value: value * 257, "I").convert("I;16")
    content = io.BytesIO()
    image.save(content, "PNG")
    shown = opened(redraw(content.getvalue(), Media.PNG).content).convert("L")
    small = drawing(LONGEST_SIDE * 2 + 8, 300).convert("L").resize(shown.size)
    assert shown.size == (LONGEST_SIDE, 150)
    assert all(abs(a - b) < 20 for a, b in zip(*(sampled(one) for one in (shown, small)), strict=True))


def sampled(image: Image.Image) -> list[int]:
    """Some of the pixels of a grey picture, none of them at an edge of what it shows."""
    places = [(x, y) for x in (5, 700, 1200, 1400, 2500) for y in (5, 25, 60, 100, 145)]
    return [int(image.getpixel(place)) for place in places]  # type: ignore[arg-type]


def test_a_header_that_claims_a_giant_is_refused() -> None:
    content = bytearray(png())
    content[16:24] = (1_000_000).to_bytes(4) + (1_000_000).to_bytes(4)
    with pytest.raises((TooManyPixelsError, BrokenFileError)):
        redraw(bytes(content), Media.PNG)


@pytest.mark.parametrize("media", [Media.JPEG, Media.WEBP, Media.HEIC])
def test_only_the_decoder_of_the_promised_kind_is_asked(media: Media) -> None:
    with pytest.raises(BrokenFileError):
        redraw(png(), media)


def test_what_hangs_behind_a_picture_is_gone() -> None:
    drawn = redraw(jpeg() + b"<script>alert(1)</script>", Media.JPEG)
    assert b"script" not in drawn.content + drawn.thumbnail


@settings(max_examples=25, deadline=None)
@given(width=st.integers(1, 3000), height=st.integers(1, 300), turned=st.integers(1, 8))
def test_drawing_a_copy_again_changes_neither_its_size_nor_its_kind(
    width: int, height: int, turned: int
) -> None:
    once = redraw(jpeg(width, height, turned), Media.JPEG)
    twice = redraw(once.content, Media.JPEG)
    assert (twice.width, twice.height, twice.media_type) == (once.width, once.height, once.media_type)
    assert max(once.width, once.height) <= LONGEST_SIDE
    assert max(opened(once.thumbnail).size) <= THUMBNAIL_SIDE


@settings(max_examples=25, deadline=None)
@given(width=st.integers(1, 200), height=st.integers(1, 200))
def test_a_copy_without_loss_stays_the_same_to_the_byte(width: int, height: int) -> None:
    once = redraw(png(width, height), Media.PNG)
    assert redraw(once.content, Media.PNG) == once


@pytest.mark.filterwarnings("ignore::UserWarning")  # the decoder's own remarks on damaged notes
@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, 10_000), flipped=st.integers(1, 255), name=st.sampled_from(sorted(WITH_NOTES)))
def test_damaged_bytes_are_drawn_or_refused_and_nothing_else(at: int, flipped: int, name: str) -> None:
    media, content = media_of_name(name), bytearray(WITH_NOTES[name]())
    assert media is not None
    content[at % len(content)] ^= flipped
    try:
        drawn = redraw(bytes(content), media)
    except (BrokenFileError, TooManyPixelsError):
        return
    assert CANARY.encode() not in drawn.content


def test_of_too_many_who_draw_at_once_some_are_asked_to_come_again() -> None:
    content, many = png(4000, 3000), MOST_WAITING + 4
    together = threading.Barrier(many)

    def draw(_: int) -> bool:
        together.wait(timeout=30)
        try:
            return redraw(content, Media.PNG).width == LONGEST_SIDE
        except BusyError:
            return False

    with ThreadPoolExecutor(many) as pool:
        drawn = list(pool.map(draw, range(many)))
    assert MOST_WAITING <= sum(drawn) < many
    assert redraw(content, Media.PNG)


def test_the_drawing_of_these_tests_has_four_different_corners() -> None:
    image = drawing()
    assert image.getpixel((1, 1)) != image.getpixel((62, 1))
