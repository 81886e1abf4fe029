"""The manifest of a backup: written last, and held against the files before anything is laid down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from ops.refusal import Refusal
from schemas.backup import BackedUpFile, Manifest

FORMAT = 1
MANIFEST = "manifest.json"
SHOWN = 5


def listed(folder: Path) -> tuple[BackedUpFile, ...]:
    """Every file in a folder with its size and hash, by path."""
    return tuple(_described(folder, path) for path in files_in(folder))


def files_in(folder: Path) -> Iterator[Path]:
    """All files below a folder but the manifest, by path."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / MANIFEST:
            yield path


def read(folder: Path) -> Manifest:
    """The manifest of a whole backup. Raises: Refusal if there is none of ours, or of a newer version."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes(), strict=False)
    except FileNotFoundError as missing:
        raise Refusal(f"{folder} is no backup: it has no {MANIFEST}.") from missing
    except (OSError, ValidationError) as problem:
        raise Refusal(f"{folder / MANIFEST} cannot be read: use another backup.") from problem
    if manifest.format != FORMAT:
        raise Refusal(f"{folder} was made by another version of Tuntas ({manifest.version}): use that one.")
    return manifest


def require_whole(folder: Path, manifest: Manifest) -> None:
    """Reads every file. Raises: Refusal naming those that are missing or are not what was backed up."""
    wrong = [file.path for file in manifest.files if not _is_whole(folder, file)]
    if wrong:
        more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        raise Refusal(
            f"{folder} is damaged: {', '.join(wrong[:SHOWN])}{more} missing or changed. Use another backup."
        )


def sha256_of(path: Path) -> str:
    """The hash of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _described(folder: Path, path: Path) -> BackedUpFile:
    return BackedUpFile(
        path=path.relative_to(folder).as_posix(), size=path.stat().st_size, sha256=sha256_of(path)
    )


def _is_whole(folder: Path, file: BackedUpFile) -> bool:
    try:
        return _described(folder, folder / file.path) == file
    except OSError:
        return False
