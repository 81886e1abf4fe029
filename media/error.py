"""Why a file is not taken."""

from __future__ import annotations

from domain.errors import TuntasError


class UnfitFileError(TuntasError):
    """A file that is not taken as it is; the same bytes will never be."""


class WrongKindError(UnfitFileError):
    """The content is of no kind on the list, or not of the kind that the name promises."""


class BrokenFileError(UnfitFileError):
    """The content is cut off or damaged."""


class TooManyPixelsError(UnfitFileError):
    """The picture would need more memory than any photo does."""


class TooBigError(UnfitFileError):
    """More bytes than its kind may have."""


class MixedFilmError(UnfitFileError):
    """A film from which what else it holds cannot be taken out."""


class BusyError(TuntasError):
    """So many pictures are waiting to be drawn that another one has to come again later."""
