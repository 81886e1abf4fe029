"""Pictures drawn anew: upright, not too large, and without a word about where and by whom they were taken.

Memory: one picture at a time in a process, and of each kind only so many pixels that drawing one takes less
than half a gigabyte. Measured for the largest that are taken, beyond what the process has before: JPEG 50 MP
190 MB (in layers, without subsampling 340 MB, printed colours 430 MB), HEIC 50 MP 350 MB (without subsampling
450 MB), PNG 40 MP 250 MB, WebP 16 MP 335 MB. JPEGs are decoded at a fraction of their size where they can be;
nothing but the decoder's own picture is ever held in full.
"""

from __future__ import annotations

import io
import struct
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pillow_heif
from PIL import ExifTags, Image, ImageCms, ImageOps

from media.error import BrokenFileError, BusyError, TooManyPixelsError
from media.kind import Media

MAX_PIXELS: Mapping[Media, int] = {
    Media.JPEG: 50_000_000,
    Media.HEIC: 50_000_000,
    Media.PNG: 40_000_000,
    Media.WEBP: 16_000_000,
}
"""As many as a phone's camera or screen gives, at most; what claims more is drawn by nobody."""
START_OF_SCAN, MOST_SCANS = b"\xff\xda", 100
"""Of a JPEG each scan is a walk over the whole picture; encoders make about ten."""
STRIP = 64
"""Rows of the smaller picture that are made at once."""
LONGEST_SIDE = 2560
THUMBNAIL_SIDE = 320
_FORMATS = {
    Media.JPEG: ("JPEG", "MPO"),
    Media.PNG: ("PNG",),
    Media.WEBP: ("WEBP",),
    Media.HEIC: ("HEIF",),
}
_SERVED_AS = {Media.JPEG: "JPEG", Media.HEIC: "JPEG", Media.PNG: "PNG", Media.WEBP: "WEBP"}
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""What the decoders raise for damaged bytes."""
MOST_WAITING = 8
"""So many threads at most draw or wait for it; the others of a web process go on answering."""
_drawing, _places = threading.Lock(), threading.BoundedSemaphore(MOST_WAITING)
"""Large pictures take much memory; one is open at once in a process."""

pillow_heif.register_heif_opener()


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A picture drawn anew and its thumbnail (WebP); `width` and `height` are those of the picture."""

    media_type: str
    content: bytes
    thumbnail: bytes
    width: int
    height: int


def redraw(content: bytes, media: Media) -> Drawn:
    """The picture without anything that was not drawn; of an animation its first image.

    Raises: BrokenFileError, TooManyPixelsError; BusyError, if it should be asked again later.
    """
    if media is Media.JPEG and content.count(START_OF_SCAN) > MOST_SCANS:
        raise BrokenFileError
    with _turn():
        image = _upright(content, media)
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        name = _SERVED_AS[media]
        served = _saved(image if name != "JPEG" else _without_gaps(image), name)
        width, height = image.size
        image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
        thumbnail = _saved(image, "WEBP")
    return Drawn(media_type=Image.MIME[name], content=served, thumbnail=thumbnail, width=width, height=height)


@contextmanager
def _turn() -> Iterator[None]:
    """Raises: BusyError."""
    if not _places.acquire(blocking=False):
        raise BusyError
    try:
        with _drawing:
            yield
    finally:
        _places.release()


def _upright(content: bytes, media: Media) -> Image.Image:
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS[media]) as opened:
            if opened.width * opened.height > MAX_PIXELS[media]:
                raise TooManyPixelsError
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            opened.load()
            return _plain(ImageOps.exif_transpose(_reduced(opened)), opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise TooManyPixelsError from bomb
    except _BROKEN as broken:
        raise BrokenFileError from broken


def _reduced(image: Image.Image) -> Image.Image:
    """A picture of less than twice the longest side, turned as the given one; made strip by strip.

    Whatever has to be copied or converted on the way, is so for one strip only.
    """
    factor = max(1, max(image.size) // LONGEST_SIDE)
    mode = _reducible(image)
    reduced = Image.new(mode, (-(-image.width // factor), -(-image.height // factor)))
    for top in range(0, image.height, factor * STRIP):
        strip = image.crop((0, top, image.width, min(top + factor * STRIP, image.height)))
        reduced.paste(_converted(strip, mode).reduce(factor), (0, top // factor))
    reduced.getexif()[ExifTags.Base.Orientation] = image.getexif().get(ExifTags.Base.Orientation, 1)
    return reduced


def _reducible(image: Image.Image) -> str:
    """The mode in which a picture can be made smaller."""
    if image.mode.startswith("I") or image.mode == "1":
        return "L"
    if image.has_transparency_data:
        return "RGBA"
    return image.mode if image.mode in {"L", "CMYK"} else "RGB"


def _converted(strip: Image.Image, mode: str) -> Image.Image:
    if strip.mode.startswith("I"):
        return strip.convert("I").point(lambda value: value / 256).convert("L")
    return strip if strip.mode == mode else strip.convert(mode)


def _plain(image: Image.Image, opened: Image.Image) -> Image.Image:
    """The same picture in sRGB, as RGB or RGBA, made of nothing but its pixels."""
    coloured = _in_srgb(image, opened.info.get("icc_profile"))
    coloured = coloured if coloured.mode in {"RGB", "RGBA"} else coloured.convert("RGB")
    plain = Image.new(coloured.mode, coloured.size)
    plain.paste(coloured)
    return plain


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as they were meant, where the picture says how; a profile that lies is passed over."""
    if not profile or image.mode not in {"RGB", "CMYK"}:
        return image
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, given, _SRGB, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def _without_gaps(image: Image.Image) -> Image.Image:
    """On white, for formats that know no transparency."""
    if image.mode == "RGB":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _saved(image: Image.Image, name: str) -> bytes:
    saved = io.BytesIO()
    if name == "PNG":
        image.save(saved, "PNG", optimize=False)
    elif name == "WEBP":
        image.save(saved, "WEBP", quality=82, method=3)
    else:
        image.save(saved, "JPEG", quality=86, optimize=True, progressive=True)
    return saved.getvalue()
