"""Sealed bytes in an S3-compatible store. Only sealed bytes and random names ever get there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from db.file_place import FilePlace, FolderPlace

if TYPE_CHECKING:
    from obstore.store import S3Config

PATIENCE = timedelta(seconds=30)
"""So long one request may take; then whoever waits is told that the store does not answer."""
RETRIES = 3


class BucketError(OSError):
    """The store refused, or did not answer in time; told to people like a full disk."""


class BucketPlace:
    """Objects under a prefix. A put is whole or not at all, and lasts, by what such stores promise."""

    def __init__(self, store: S3Store, folder: str = "") -> None:
        self._store = store
        self._folder = folder

    def inside(self, folder: str) -> BucketPlace:
        """A longer prefix."""
        return BucketPlace(self._store, f"{self._folder}{folder}/")

    def put(self, name: str, content: bytes) -> None:
        """One request for small files; the store's own parts for large ones."""
        with _told():
            self._store.put(f"{self._folder}{name}", content)

    def get(self, name: str) -> bytes:
        """The bytes. Raises: FileNotFoundError, BucketError."""
        with _told():
            return self._store.get(f"{self._folder}{name}").bytes().to_bytes()

    def remove(self, name: str) -> None:
        """Nothing has that name any more."""
        with _told():
            self._store.delete(f"{self._folder}{name}")

    def move(self, name: str, to: FilePlace, at: datetime) -> None:
        """Copied, then deleted: the store itself notes the instant. Who is killed in between begins again."""
        assert isinstance(to, BucketPlace)  # noqa: S101  parts of one place are of one kind
        with _told():
            self._store.copy(f"{self._folder}{name}", f"{to._folder}{name}")
        self.remove(name)

    def names(self, beginning: str = "", before: datetime | None = None) -> Iterator[str]:
        """As the store lists them, page by page."""
        with _told():
            for page in self._store.list(self._folder.rstrip("/") or None):
                for one in page:
                    name = one["path"].removeprefix(self._folder)
                    old = before is None or one["last_modified"].astimezone(UTC) < before
                    if old and "/" not in name and name.startswith(beginning):
                        yield name


def file_place(url: str | None, access: Mapping[str, str], folder: Path) -> FilePlace:
    """The bucket of an address like `s3://name/prefix`, or else the folder.

    `access`: the variables that S3 tools read (`AWS_…`), by name.
    """
    if url is None:
        return FolderPlace(folder)
    plain = access.get("AWS_ENDPOINT_URL", "").startswith("http://")
    store = S3Store.from_url(
        url,
        config=cast("S3Config", {name.lower(): value for name, value in access.items()}),
        client_options={"timeout": PATIENCE, "allow_http": plain},
        retry_config={"max_retries": RETRIES, "retry_timeout": PATIENCE},
    )
    return BucketPlace(store)


@contextmanager
def _told() -> Iterator[None]:
    """Says in the standard's words what went wrong. No message goes on: it may name the store's address."""
    try:
        yield
    except (FileNotFoundError, NotFoundError) as missing:
        raise FileNotFoundError("no such object") from missing
    except BaseError as problem:
        raise BucketError(type(problem).__name__) from problem
