"""Errors as people meet them: one table from the type of an error to its status and its page."""

from __future__ import annotations

import logging
import math
import secrets
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from flask import Flask, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)

from db.bucket import BucketError
from db.command_store import NotYourCommandError, TooManyMessagesError
from db.intake_store import OtherReportSentError
from db.sealed_file import LostFileError
from db.upload_store import UnknownUploadError
from mail.link import ExpiredMailTokenError, ForgedMailTokenError
from media.error import BusyError
from web.access import ROUTES, Who
from web.auth.person import LogInEndedError, current_person
from web.draft import drafts
from web.engine_ui.line import EngineUiError
from web.limit import limiter
from web.public.upload import MAX_FILE_MB, MAX_FILES
from web.text import LazyText, lazy_gettext

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ErrorPage:
    """A status and, where the usual words of that status are not exact enough, better ones."""

    status: int
    title: LazyText | None = None
    happened: LazyText | None = None
    kept: LazyText | None = None
    todo: LazyText | None = None


PAGES: Mapping[type[Exception], ErrorPage] = {
    CSRFError: ErrorPage(
        400,
        title=lazy_gettext("Sesi Anda berakhir"),
        happened=lazy_gettext("Formulir ini dari kunjungan yang sudah berakhir, jadi tidak kami terima."),
        todo=lazy_gettext("Salin kata-kata Anda, buka lagi halamannya, lalu kirim dari sana."),
    ),
    BadRequest: ErrorPage(400),
    LogInEndedError: ErrorPage(401),
    Forbidden: ErrorPage(403),
    NotYourCommandError: ErrorPage(
        403, happened=lazy_gettext("Hanya pengirimnya yang dapat membatalkan tindakan yang menunggu.")
    ),
    NotFound: ErrorPage(404),
    ForgedMailTokenError: ErrorPage(
        404,
        happened=lazy_gettext("Tautan ini terpotong atau bukan dari kami."),
        todo=lazy_gettext("Buka lagi dari surel aslinya, atau buka laporan dengan kode dan kuncinya."),
    ),
    ExpiredMailTokenError: ErrorPage(
        404,
        happened=lazy_gettext("Tautan ini sudah lebih dari 90 hari."),
        todo=lazy_gettext("Buka tautan di surel yang lebih baru, atau pakai kode dan kunci laporan."),
    ),
    LostFileError: ErrorPage(
        404,
        happened=lazy_gettext("Berkas lampiran ini hilang atau rusak di tempat penyimpanan kami."),
        kept=lazy_gettext("Laporan, pesan, dan lampiran lainnya tidak berubah."),
        todo=lazy_gettext("Beri tahu pengelola; kalau Anda masih memiliki berkasnya, kirim sekali lagi."),
    ),
    MethodNotAllowed: ErrorPage(405),
    OtherReportSentError: ErrorPage(409),
    UnknownUploadError: ErrorPage(
        409,
        happened=lazy_gettext(
            "Salah satu lampiran tidak tersimpan lagi atau belum utuh. Pilih lagi berkasnya."
        ),
        kept=lazy_gettext("Isian Anda masih ada di halaman sebelumnya."),
        todo=lazy_gettext("Kembali, hapus lampiran itu, lalu pilih lagi berkasnya."),
    ),
    RequestEntityTooLarge: ErrorPage(413),
    UnsupportedMediaType: ErrorPage(415),
    RateLimitExceeded: ErrorPage(429),
    TooManyMessagesError: ErrorPage(
        429,
        happened=lazy_gettext("Laporan ini sudah menerima sebanyak mungkin pesan untuk saat ini."),
        kept=lazy_gettext("Pesan yang sudah terkirim tetap tersimpan; yang terakhir belum terkirim."),
        todo=lazy_gettext("Gabungkan yang ingin Anda sampaikan, lalu kirim lagi nanti."),
    ),
    InternalServerError: ErrorPage(500),
    BusyError: ErrorPage(
        503,
        happened=lazy_gettext("Sedang banyak gambar yang kami olah, jadi yang ini belum dapat giliran."),
        kept=lazy_gettext("Kiriman terakhir belum tersimpan; isian Anda masih ada di halaman sebelumnya."),
        todo=lazy_gettext("Kembali, tunggu satu menit, lalu kirim lagi: tidak akan terkirim dua kali."),
    ),
    BucketError: ErrorPage(
        503,
        happened=lazy_gettext("Tempat penyimpanan lampiran kami sedang tidak menjawab."),
        kept=lazy_gettext(
            "Kiriman terakhir belum tersimpan. Yang sudah Anda kirim sebelumnya tetap aman, "
            "dan isian Anda masih ada di halaman sebelumnya."
        ),
        todo=lazy_gettext("Kembali, tunggu satu menit, lalu kirim lagi: tidak akan terkirim dua kali."),
    ),
    EngineUiError: ErrorPage(
        503,
        title=lazy_gettext("Halaman mesin tidak menjawab"),
        happened=lazy_gettext("Halaman milik mesin alur kerja sedang mati, lambat, atau belum diatur."),
        kept=lazy_gettext(
            "Tidak ada yang berubah. Laporan dan tenggatnya tidak bergantung pada halaman itu."
        ),
        todo=lazy_gettext("Coba lagi sebentar lagi; riwayat setiap laporan tetap ada di Pengawasan."),
    ),
    OperationalError: ErrorPage(
        503,
        happened=lazy_gettext("Basis data kami sedang tidak dapat dipakai."),
        kept=lazy_gettext(
            "Kiriman terakhir belum tersimpan. Yang sudah Anda kirim sebelumnya tetap aman, "
            "dan isian Anda masih ada di halaman sebelumnya."
        ),
        todo=lazy_gettext("Kembali, tunggu satu menit, lalu kirim lagi: tidak akan terkirim dua kali."),
    ),
}
"""The most exact type wins; an HTTP error that is not listed keeps its own status."""
SAVED_BEFORE = lazy_gettext(
    "Belum ada yang terkirim. Yang sudah tersimpan sebagai draf ada lagi di formulirnya setelah Anda masuk."
)
KEEPS_WORDS = (PAGES[CSRFError], PAGES[LogInEndedError])
"""Pages of forms that were refused before anybody read them: they show what was typed, to be copied."""


class Application(Flask):
    """Flask, except that no address of a page reaches the log: an address may hold a key."""

    def log_exception(
        self,
        exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> None:
        """Logs a fault of ours under a reference that its page shows too."""
        g.reference = secrets.token_hex(4).upper()
        log.error("fault %s in %s %s", g.reference, request.method, request.endpoint, exc_info=exc_info)


def answer_errors(app: Flask) -> None:
    """Every error of the table gets its page."""
    app.register_error_handler(HTTPException, _http_page)
    for kind in PAGES:
        if not issubclass(kind, HTTPException):
            app.register_error_handler(kind, page_of)


def page_of(error: Exception) -> ResponseReturnValue:
    """The page of an error, with its status."""
    page = next((PAGES[kind] for kind in type(error).__mro__ if kind in PAGES), ErrorPage(500))
    status = error.code if isinstance(error, HTTPException) and type(error) not in PAGES else page.status
    if isinstance(error, OperationalError):
        log.error("the database is away, in %s %s", request.method, request.endpoint, exc_info=sys.exc_info())
    return error_page(status or page.status, page)


def error_page(status: int, page: ErrorPage | None = None) -> ResponseReturnValue:
    """The page of a status; pages of a database that is away do not ask it who is looking."""
    g.without_viewer = status >= 500
    words: dict[str, Any] = {"file_count": MAX_FILES, "file_mb": MAX_FILE_MB}
    words |= {
        name: value
        for name in ("title", "happened", "kept", "todo")
        if page is not None and (value := getattr(page, name)) is not None
    }
    if any(page is one for one in KEEPS_WORDS):
        words |= _kept_words()
    if status >= 500:
        words["reference"] = g.get("reference", "")
    if status == 429 and (wait := _wait_minutes()):
        words["retry_after"] = wait
    response = make_response(render_template("errors/error.html", status=status, **words), status)
    if "retry_after" in words:
        response.headers["Retry-After"] = str(words["retry_after"] * 60)
    return response


def _http_page(error: HTTPException) -> ResponseReturnValue:
    """Redirects of the routing are HTTP errors too; they pass."""
    if error.code is None or error.code < 400:
        return error
    return page_of(error)


def _kept_words() -> dict[str, Any]:
    """What was typed, and the way back to the desk for those who are not logged in any more."""
    ended = ROUTES.get(request.endpoint or "") is Who.STAFF and current_person() is None
    code = (request.view_args or {}).get("code")
    back = url_for("desk.case", code=code) if code else url_for("desk.cases")
    words = {"drafts": drafts(), "log_in_url": url_for("auth.login", next=back) if ended else ""}
    return words | ({"kept": SAVED_BEFORE} if ended else {})


def _wait_minutes() -> int:
    """Until the limit that was reached is counted afresh; 0 if it was none of the limiter's."""
    reached = limiter.current_limit
    if reached is None or not reached.breached:
        return 0
    return max(1, math.ceil((reached.reset_at - time.time()) / 60))
