"""Lists, searches and likenesses of what is public: the same on both databases."""

from __future__ import annotations

import pytest

from db import publication_filter, publication_search
from db.publication_query import PublishedFilter, PublishedOrder, PublishedPlace, excerpt
from db.publication_store import Edition
from db.region_table import RegionRow
from db.support_store import SupportStore
from domain.case import Kind, Stage
from tests.factories import CaseFactory
from tests.offices import Offices
from tests.publications import Publisher

SUPPORTED = PublishedFilter(order=PublishedOrder.SUPPORTED)


@pytest.fixture
def publisher(offices: Offices) -> Publisher:
    return Publisher(CaseFactory(offices))


def titles(publisher: Publisher, wanted: PublishedFilter, place: PublishedPlace | None = None) -> list[str]:
    return [row.title for row in publisher.query.page(wanted, place).rows]


def walk(publisher: Publisher, wanted: PublishedFilter, size: int) -> list[str]:
    """All titles, page by page, and the same back again."""
    found, place, pages = [], None, []
    while True:
        page = publisher.query.page(wanted, place, size)
        found += [row.title for row in page.rows]
        pages.append(page)
        if not page.more_after:
            break
        last = page.rows[-1]
        place = PublishedPlace(supports=last.supports, id=last.id)
    back = []
    first = pages[-1].rows[0]
    while True:
        before = PublishedPlace(supports=first.supports, id=first.id, backwards=True)
        page = publisher.query.page(wanted, before, size)
        back = [row.title for row in page.rows] + back
        if not page.more_before:
            break
        first = page.rows[0]
    assert back == found[: len(back)] and len(back) == len(found) - len(pages[-1].rows)
    return found


def test_pages_go_on_where_the_last_one_ended_in_both_orders(publisher: Publisher) -> None:
    made = [publisher.publish(f"Laporan {number}") for number in range(7)]
    store = SupportStore(publisher.factory.offices.database)
    for number, supporters in ((2, "abc"), (5, "ab"), (0, "ab")):
        for supporter in supporters:
            store.give(made[number].publication.id, supporter)
    assert walk(publisher, PublishedFilter(), 3) == [f"Laporan {number}" for number in (6, 5, 4, 3, 2, 1, 0)]
    assert walk(publisher, SUPPORTED, 2) == [f"Laporan {number}" for number in (2, 5, 0, 6, 4, 3, 1)]


@pytest.mark.parametrize("few", [500, -1])
def test_filters_keep_what_they_say(publisher: Publisher, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication_filter, "FEW", few)
    done, fresh = publisher.publish("Sudah dijawab"), publisher.publish("Masih baru")
    publisher.factory.answer(done.case)
    publisher.change_view(fresh.case, category_id=7, region_code="32.76.01.1001")
    units = publisher.factory.offices.units
    for wanted, found in (
        (PublishedFilter(stage=Stage.AWAITING_CONFIRMATION), ["Sudah dijawab"]),
        (PublishedFilter(kind=Kind.ASPIRATION), []),
        (PublishedFilter(agency_id=units["kota"]), ["Masih baru", "Sudah dijawab"]),
        (PublishedFilter(agency_id=units["hulu"]), []),
        (PublishedFilter(category_id=7), ["Masih baru"]),
        (PublishedFilter(region_code="32.76"), ["Masih baru"]),
        (PublishedFilter(region_code="32.7"), []),
        (PublishedFilter(words="baru", category_id=7), ["Masih baru"]),
    ):
        assert titles(publisher, wanted) == found, wanted


def test_a_search_needs_all_words_in_any_form(publisher: Publisher) -> None:
    publisher.publish("Perbaikan jalan tertunda", "Jalan berlubang dekat sekolah.")
    publisher.publish("Lampu jalan padam", "Gelap sekali.", place="Jalan Kenanga")
    both = titles(publisher, PublishedFilter(words="jalanan"))
    assert both == ["Lampu jalan padam", "Perbaikan jalan tertunda"]
    assert titles(publisher, PublishedFilter(words="diperbaiki sekolahnya")) == ["Perbaikan jalan tertunda"]
    assert titles(publisher, PublishedFilter(words="KENANGA jln")) == ["Lampu jalan padam"]
    assert titles(publisher, PublishedFilter(words="lampu sekolah")) == []
    assert titles(publisher, PublishedFilter(words="!!! '\"%_")) == both


def test_a_common_word_and_a_rare_one_find_the_same_either_way(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        publisher.publish(f"Banjir ke-{number}")
    wanted = PublishedFilter(words="banjir")
    led = titles(publisher, wanted)
    monkeypatch.setattr(publication_search, "SELDOM", 2)
    assert titles(publisher, wanted) == led and len(led) == 5


def test_a_change_is_found_by_its_new_words_alone(publisher: Publisher) -> None:
    made = publisher.publish("Pasar kotor")
    edition = publisher.of(made.case).publication.edition
    publisher.edit(made.case, type(edition)(title="Terminal kotor", text="Bau."))
    assert titles(publisher, PublishedFilter(words="pasar")) == []
    assert titles(publisher, PublishedFilter(words="terminal")) == ["Terminal kotor"]


def test_what_is_hidden_is_neither_listed_nor_proposed_nor_alike(publisher: Publisher) -> None:
    made = publisher.publish("Jembatan gantung rapuh", "Papan jembatan lapuk.")
    query = publisher.query
    assert query.spelled_right("jembattan rapuh") == "jembatan rapuh"
    assert query.spelled_right("jembatan") == "" and query.spelled_right("zzzzzz") == ""
    assert [row.title for row in query.alike("jembatan rapuh lapuk", None, 3)] == ["Jembatan gantung rapuh"]
    publisher.change_view(made.case, secret=True)
    assert titles(publisher, PublishedFilter()) == [] == titles(publisher, PublishedFilter(words="jembatan"))
    assert query.report(made.publication.slug) is None
    assert query.spelled_right("jembattan") == ""
    assert query.alike("jembatan rapuh lapuk", None, 3) == []


def test_leave_that_a_later_disposal_withdraws_hides_the_report(publisher: Publisher) -> None:
    made = publisher.publish()
    factory = publisher.factory
    state = factory.cases.state(made.case.code)
    assert state.facts.publish and publisher.query.report(made.publication.slug) is not None
    view = factory.view(made.case)
    publisher.change_view(made.case, state={**view.state, "facts": {**view.state["facts"], "publish": False}})
    assert publisher.query.report(made.publication.slug) is None
    assert titles(publisher, PublishedFilter()) == []


def test_likeness_counts_open_reports_and_double_in_the_same_region(publisher: Publisher) -> None:
    near, far = publisher.publish("Got mampet dan bau"), publisher.publish("Got mampet serta bau busuk")
    publisher.publish("Sekolah kekurangan guru")
    publisher.change_view(near.case, region_code="32.76")
    found = publisher.query.alike("Got mampet, bau busuk", None, 3)
    assert [row.id for row in found] == [far.publication.id, near.publication.id]
    found = publisher.query.alike("Got mampet, bau busuk", "32.76", 3)
    assert [row.id for row in found] == [near.publication.id, far.publication.id]
    assert publisher.query.alike("bau", None, 3) == []
    publisher.change_view(far.case, end_reason="resolved")
    assert [row.id for row in publisher.query.alike("got mampet", None, 3)] == [near.publication.id]


def test_words_of_place_time_and_request_make_no_likeness(publisher: Publisher) -> None:
    publisher.publish("Lubang di Jalan Melati", "Sudah dua minggu, warga mohon segera ditambal.")
    for text in (
        "Lampu mati di Jalan Mawar\nSudah dua minggu warga menunggu, mohon segera.",
        "Pohon tumbang\nMenutup jalan sejak tadi malam, belum ada petugas.",
    ):
        assert publisher.query.alike(text, None, 3) == []
    assert len(publisher.query.alike("Jalan Melati berlubang\nBan motor saya pecah.", None, 3)) == 1


def test_a_long_report_needs_more_in_common_than_a_short_one(publisher: Publisher) -> None:
    publisher.publish("Got mampet", "Bau busuk.")
    publisher.publish("Sekolah kekurangan guru", "Kelas enam digabung, buku rusak, kursi patah, atap bocor.")
    long = "Kelas bocor, buku rusak, kursi patah, guru sakit, sekolah libur, got mampet."
    assert [row.title for row in publisher.query.alike(long, None, 3)] == ["Sekolah kekurangan guru"]
    assert [row.title for row in publisher.query.alike("got mampet", None, 3)] == ["Got mampet"]


def test_readers_may_ask_for_cities_in_which_something_was_published(publisher: Publisher) -> None:
    with publisher.factory.offices.database.write() as session:
        for code, name in (("98", "Provinsi"), ("98.01", "Kota Contoh"), ("98.02", "Kabupaten Contoh")):
            level = code.count(".") + 1
            session.add(RegionRow(code=code, level=level, name=name, parent_code=None, path=name, search=""))
    for region in ("98.01.02.1001", "98.01"):
        case = publisher.allowed()
        publisher.change_view(case, region_code=region)
        publisher.edit(case, Edition(title="Judul", text="Isi."))
    assert publisher.query.regions() == [("98.01", "Kota Contoh")]
    assert len(titles(publisher, PublishedFilter(region_code="98.01"))) == 2


def test_the_beginning_of_a_text_ends_between_words() -> None:
    assert excerpt("satu\n\ndua") == "satu dua"
    long = excerpt("kata " * 200)
    assert long.endswith("kata…") and len(long) <= 321
