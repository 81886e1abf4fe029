"""Pictures drawn anew: upright, not too large, and without a word about where and by whom they were taken."""

from __future__ import annotations

import io
import struct
import threading
import zlib
from dataclasses import dataclass

import pillow_heif
from PIL import Image, ImageCms, ImageOps

from media.error import BrokenFileError, TooManyPixelsError
from media.kind import Media

MAX_PIXELS = 64_000_000
"""More than the cameras of today's phones give; what claims more is drawn by nobody."""
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
_drawing = threading.BoundedSemaphore(2)
"""Large pictures take much memory; so many are open at once."""

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

    Raises: BrokenFileError, TooManyPixelsError.
    """
    with _drawing:
        image = _upright(content, media)
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        name = _SERVED_AS[media]
        served = _saved(image if name != "JPEG" else _without_gaps(image), name)
        width, height = image.size
        image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
        thumbnail = _saved(image, "WEBP")
    return Drawn(media_type=Image.MIME[name], content=served, thumbnail=thumbnail, width=width, height=height)


def _upright(content: bytes, media: Media) -> Image.Image:
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS[media]) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise TooManyPixelsError
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            opened.load()
            return _plain(ImageOps.exif_transpose(opened))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise TooManyPixelsError from bomb
    except _BROKEN as broken:
        raise BrokenFileError from broken


def _plain(image: Image.Image) -> Image.Image:
    """The same picture in sRGB, as RGB or RGBA, made of nothing but its pixels."""
    clear = image.has_transparency_data
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    coloured = _in_srgb(image).convert("RGBA" if clear else "RGB")
    plain = Image.new(coloured.mode, coloured.size)
    plain.paste(coloured)
    return plain


def _in_srgb(image: Image.Image) -> Image.Image:
    """Colours as they were meant, where the picture says how; a profile that lies is passed over."""
    profile = image.info.get("icc_profile")
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
