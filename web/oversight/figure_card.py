"""The headline figures: what was promised and kept, how long it took, and what reporters said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from domain.figure import Figures, Promises, Speed, Standing, Target
from domain.measure import Measure
from web.desk.list_figure import figure_url
from web.oversight.figure_asked import FigureAsked
from web.oversight.figure_target import target_text
from web.presenter.chip import Chip, ChipStatus
from web.presenter.number import percent, tenths, whole
from web.text import LazyText, gettext, lazy_gettext, ngettext

STANDINGS: Mapping[Standing, tuple[ChipStatus, LazyText]] = {
    Standing.REACHED: (ChipStatus.ON_TIME, lazy_gettext("target tercapai")),
    Standing.NEAR: (ChipStatus.SOON, lazy_gettext("mendekati target")),
    Standing.BELOW: (ChipStatus.LATE, lazy_gettext("di bawah target")),
}
NOTHING_DUE = lazy_gettext("Tidak ada tenggat yang jatuh di masa ini.")
TOO_MANY_WAIT = lazy_gettext("Belum diketahui: lebih dari separuhnya masih menunggu.")
NOTHING_ANSWERED = lazy_gettext("Belum ada jawaban yang nasibnya diketahui di masa ini.")
FOLLOW_UP_MEANING = lazy_gettext(
    "Dihitung: setiap kali sebuah unit mendapat laporan dan tenggat tindak lanjut pertamanya jatuh di masa "
    "ini dan sudah lewat. Tepat waktu berarti ada rencana, tindakan, atau jawaban sebelum tenggat itu; "
    "ucapan terima kasih tidak dihitung. Yang belum ditindaklanjuti dihitung sebagai tidak tepat waktu; "
    "laporan yang tenggatnya belum tiba tidak dihitung, supaya laporan baru tidak memperindah angka. "
    "Hitungannya untuk unit yang harus bertindak waktu itu, juga bila laporan kemudian pindah."
)
RESOLUTION_MEANING = lazy_gettext(
    "Dihitung: laporan yang tenggat penyelesaiannya jatuh di masa ini dan sudah lewat. Tepat waktu berarti "
    "jawaban akhir diberikan sebelum tenggat. Yang pernah lewat tenggat tetap tercatat terlambat, juga bila "
    "waktunya kemudian diperpanjang. Laporan yang berakhir tanpa jawaban sebelum tenggatnya (dicabut, "
    "digabung, diarsipkan) tidak dihitung."
)
SPEED_MEANING = lazy_gettext(
    "Hari kerja sejak laporan diterima, menurut kalender unit; hari menunggu pelapor tidak dihitung. Laporan "
    "yang masih menunggu ikut dihitung sebagai yang paling lama, jadi angka ini tidak bisa membaik dengan "
    "membiarkan laporan sulit."
)
REFUSED_MEANING = lazy_gettext(
    "Dihitung: jawaban akhir yang nasibnya diketahui di masa ini: pelapor menyatakan selesai, menyanggah, "
    "atau diam sampai laporan ditutup. Yang ditutup lalu dibuka kembali dihitung di sini juga."
)
SATISFACTION_MEANING = lazy_gettext(
    "Rata-rata bintang 1 sampai 5 dari pelapor yang memberi nilai, dan hanya dari mereka. Yang diam tidak "
    "dianggap puas."
)
SILENCE_MEANING = lazy_gettext(
    "Laporan yang ditutup karena pelapor tidak menjawab sampai batas waktunya. Diam bukan kepuasan, maka "
    "angka ini berdiri sendiri."
)


@dataclass(frozen=True, kw_only=True)
class Link:
    """Words that lead to cases."""

    text: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """A figure; `value` is "" where there is nothing to count, and `empty` says so."""

    key: str
    title: LazyText
    value: str
    unit: str
    chip: Chip | None
    sentence: str
    links: tuple[Link, ...]
    meaning: LazyText
    empty: LazyText
    target: str = ""


def cards(asked: FigureAsked, found: Figures, targets: Mapping[Measure, Target]) -> list[Card]:
    """The two promises, the big numbers of the page."""
    return [
        _promise(
            asked,
            "follow_up",
            lazy_gettext("Ditindaklanjuti tepat waktu"),
            FOLLOW_UP_MEANING,
            found.follow_up,
            targets.get(Measure.FOLLOW_UP),
        ),
        _promise(
            asked,
            "resolution",
            lazy_gettext("Diselesaikan tepat waktu"),
            RESOLUTION_MEANING,
            found.resolution,
            targets.get(Measure.RESOLUTION),
        ),
    ]


def small_cards(asked: FigureAsked, found: Figures) -> list[Card]:
    """Speed and verdicts."""
    return [
        _speed(
            "follow_up_speed",
            lazy_gettext("Sampai tindak lanjut pertama"),
            found.follow_up_speed,
            Link(
                text=_reports(found.follow_up_speed.count),
                url=figure_url("follow_up.due", asked.months, asked.unit.id),
            ),
        ),
        _speed(
            "resolution_speed",
            lazy_gettext("Sampai jawaban akhir"),
            found.resolution_speed,
            Link(
                text=_reports(found.resolution_speed.count),
                url=figure_url("resolution.due", asked.months, asked.unit.id),
            ),
        ),
        _refused(asked, found),
        _satisfaction(asked, found),
        _silence(asked, found),
    ]


def standing_chip(reached: Fraction, target: Target) -> Chip:
    """Colour, icon and words."""
    status, words = STANDINGS[target.standing(reached)]
    return Chip(status, str(words))


def _promise(
    asked: FigureAsked,
    key: str,
    title: LazyText,
    meaning: LazyText,
    found: Promises,
    target: Target | None,
) -> Card:
    on_time, done = found.on_time, found.done_at_all
    links: tuple[Link, ...] = ()
    sentence = ""
    if on_time is not None and done is not None:
        sentence = gettext("%(share)s sudah dikerjakan, tepat waktu atau terlambat.", share=percent(done))
        links = tuple(
            Link(text=text, url=figure_url(f"{key}.{name}", asked.months, asked.unit.id))
            for name, count, text in (
                ("kept", found.kept, _of(found.kept, found.total)),
                ("missed", found.missed, gettext("%(n)s tidak tepat waktu", n=whole(found.missed))),
                ("open", found.open, gettext("di antaranya %(n)s masih menunggu", n=whole(found.open))),
            )
            if count
        )
    return Card(
        key=key,
        title=title,
        value="" if on_time is None else percent(on_time),
        unit="",
        chip=None if on_time is None or target is None else standing_chip(on_time, target),
        sentence=sentence,
        links=links,
        meaning=meaning,
        empty=NOTHING_DUE,
        target="" if target is None else gettext("Target %(share)s.", share=target_text(target)),
    )


def _speed(key: str, title: LazyText, found: Speed, link: Link) -> Card:
    return Card(
        key=key,
        title=title,
        value="" if found.median is None else whole(found.median),
        unit=gettext("hari kerja (median)"),
        chip=None,
        sentence="" if found.median is None else _ninth(found),
        links=(link,) if found.count else (),
        meaning=SPEED_MEANING,
        empty=TOO_MANY_WAIT if found.count else NOTHING_DUE,
    )


def _ninth(found: Speed) -> str:
    if found.ninth is not None:
        return ngettext(
            "Sembilan dari sepuluh dalam %(num)d hari kerja.",
            "Sembilan dari sepuluh dalam %(num)d hari kerja.",
            found.ninth,
        )
    return gettext("Sembilan dari sepuluh belum diketahui: %(n)s masih menunggu.", n=whole(found.waiting))


def _refused(asked: FigureAsked, found: Figures) -> Card:
    verdicts, shared = found.verdicts, found.verdicts.refused_share
    return Card(
        key="refused",
        title=lazy_gettext("Disanggah atau dibuka kembali"),
        value="" if shared is None else percent(shared),
        unit="",
        chip=None,
        sentence=gettext(
            "%(disputed)s disanggah, %(reopened)s dibuka kembali.",
            disputed=whole(verdicts.disputed),
            reopened=whole(verdicts.reopened),
        ),
        links=_verdict_links(asked, "refused", verdicts.refused, verdicts.total),
        meaning=REFUSED_MEANING,
        empty=NOTHING_ANSWERED,
    )


def _satisfaction(asked: FigureAsked, found: Figures) -> Card:
    verdicts, mean = found.verdicts, found.verdicts.satisfaction
    return Card(
        key="satisfaction",
        title=lazy_gettext("Kepuasan pelapor yang menilai"),
        value="" if mean is None else tenths(mean),
        unit=gettext("dari 5"),
        chip=None,
        sentence="",
        links=_verdict_links(asked, "rated", verdicts.rated, verdicts.total),
        meaning=SATISFACTION_MEANING,
        empty=lazy_gettext("Belum ada yang memberi nilai di masa ini."),
    )


def _silence(asked: FigureAsked, found: Figures) -> Card:
    verdicts, shared = found.verdicts, found.verdicts.silent_share
    return Card(
        key="silence",
        title=lazy_gettext("Ditutup karena pelapor diam"),
        value="" if shared is None else percent(shared),
        unit="",
        chip=None,
        sentence="",
        links=_verdict_links(asked, "silence", verdicts.silence, verdicts.total),
        meaning=SILENCE_MEANING,
        empty=NOTHING_ANSWERED,
    )


def _verdict_links(asked: FigureAsked, name: str, count: int, total: int) -> tuple[Link, ...]:
    if not total:
        return ()
    return (Link(text=_of(count, total), url=figure_url(f"verdict.{name}", asked.months, asked.unit.id)),)


def _of(part: int, total: int) -> str:
    return gettext("%(part)s dari %(total)s", part=whole(part), total=whole(total))


def _reports(count: int) -> str:
    return ngettext("%(n)s laporan", "%(n)s laporan", count, n=whole(count))
