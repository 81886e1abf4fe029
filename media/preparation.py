"""A file as it came, made ready: checked, and with the copy and the thumbnail that people are shown."""

from __future__ import annotations

from dataclasses import dataclass

from media.error import BrokenFileError, TooBigError, WrongKindError
from media.film import without_notes
from media.kind import IMAGES, MOST_BYTES, Media, media_of_content, media_of_name
from media.picture import redraw

END_OF_PDF = b"%%EOF"
END_WITHIN = 4096


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What is served of a file.

    Attributes:
        served: the copy that is served; None where it is the file itself.
        thumbnail: a small WebP picture; None for what is no picture.
        width, height: of the served picture; 0 for what is no picture.
    """

    media_type: str
    served_type: str
    served: bytes | None = None
    thumbnail: bytes | None = None
    width: int = 0
    height: int = 0


def prepare(name: str, content: bytes) -> Prepared:
    """The file, ready to be kept. Raises: UnfitFileError, in one of its kinds; BusyError."""
    media = media_of_content(content)
    if media is None or media is not media_of_name(name):
        raise WrongKindError
    if len(content) > MOST_BYTES[media]:
        raise TooBigError
    if media in IMAGES:
        return _picture(media, content)
    if media is Media.MP4:
        film = without_notes(content)
        return Prepared(media_type=media, served_type=media, served=None if film == content else film)
    if END_OF_PDF not in content[-END_WITHIN:]:
        raise BrokenFileError
    return Prepared(media_type=media, served_type=media)


def _picture(media: Media, content: bytes) -> Prepared:
    drawn = redraw(content, media)
    return Prepared(
        media_type=media,
        served_type=drawn.media_type,
        served=drawn.content,
        thumbnail=drawn.thumbnail,
        width=drawn.width,
        height=drawn.height,
    )
