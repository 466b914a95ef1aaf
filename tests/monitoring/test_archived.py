"""The judge does not notice that a day is archived; and what is being judged is not archived."""

from pathlib import Path

import pytest

from coldchain.monitoring.ingest import Incoming, ingest
from coldchain.payloads import Decoded
from coldchain.records import Store, excursions, places, readings
from coldchain.records.archive import retention, sealing
from coldchain.records.archive.day_file import ReadingsRemoved
from coldchain.records.archive.shelf import DAY_MS
from coldchain.rulebook.book import load_rulebook
from tests.empty import empty_store

HOUR = 3_600_000
LATER = 40 * DAY_MS


def refrigerator() -> Store:
    """A record of one refrigerator that began on the first day."""
    store = empty_store()
    rulebook = load_rulebook()
    product, text = rulebook.product("refrigerated-2-8"), rulebook.text("refrigerated-2-8")
    with store.transaction() as tx:
        location = places.put_location(tx, "fridge", "Refrigerator")
        sensor = places.put_sensor(tx, "s", now_ms=0)
        places.place(tx, sensor, location, 0, 0)
        places.assign(tx, location, product, text, product.first_stage.name, 0, 0)
    return store


def hear(store: Store, readings: dict[int, int]) -> None:
    """Take in readings (instant: m°C) long after they were measured."""
    decoded = tuple(
        Decoded("s", "", at_ms, milli_c, None, str(milli_c / 1000), position=place)
        for place, (at_ms, milli_c) in enumerate(readings.items())
    )
    ingest(store, [Incoming("mqtt", "t", "t", b"{}", LATER, decoded)], LATER, ())


def known(store: Store) -> list[tuple[str, object, list[str]]]:
    """Every excursion as it is known now, and why it was revised."""
    with store.reading() as tx:
        return [
            (one.number, one.current.known, [each.because for each in excursions.revisions(tx, one.id)])
            for one in excursions.excursions(tx)
        ]


def seal(store: Store, folder: Path) -> None:
    """Archive whole days, as far as nothing holds them back."""
    with store.reading() as tx:
        until_ms, _ = sealing.until(tx, 5 * DAY_MS, LATER)
    for _ in sealing.seal(store, until_ms, lambda: LATER, folder):
        pass


@pytest.mark.parametrize(
    "late",
    [
        pytest.param({3 * HOUR + 1: 4_000}, id="one that is good, within a bad stretch: two excursions of one"),
        pytest.param({2 * HOUR: 9_900}, id="another value for an instant: a conflict"),
        pytest.param({2 * HOUR: 5_000}, id="the same again: a duplicate"),
        pytest.param({30 * HOUR + 5: 15_000, 26 * HOUR + 5: -1_000}, id="bad ones on a good day"),
    ],
)
def test_what_comes_late_for_an_archived_day_is_judged_as_ever(late: dict[int, int], tmp_path: Path) -> None:
    archived, plain = refrigerator(), refrigerator()
    warm = {2 * HOUR + 1, 2 * HOUR + 1_800_000, 4 * HOUR, 5 * HOUR}
    first = dict.fromkeys(range(0, 60 * HOUR, HOUR // 2), 5000) | dict.fromkeys(sorted(warm), 11_000)
    for store in (archived, plain):
        hear(store, dict(sorted(first.items())))
    seal(archived, tmp_path)
    for store in (archived, plain):
        hear(store, late)
    seal(archived, tmp_path)
    for store in (archived, plain):
        hear(store, {3 * HOUR + 7: 12_000})
    assert known(archived) == known(plain)
    assert known(plain)
    archived.close()
    plain.close()


def test_an_open_excursion_keeps_its_days_in_the_database() -> None:
    store = refrigerator()
    hear(store, {HOUR: 5_000, DAY_MS + HOUR: 11_000, 3 * DAY_MS: 12_000})
    with store.reading() as tx:
        until_ms, held = sealing.until(tx, 4 * DAY_MS, LATER)
    assert until_ms == DAY_MS + HOUR
    assert held is not None
    assert held.by.startswith("excursion ")
    hear(store, {4 * DAY_MS: 5_000})
    with store.reading() as tx:
        assert sealing.until(tx, 4 * DAY_MS, LATER) == (4 * DAY_MS, None)
        assert sealing.until(tx, 4 * DAY_MS, 3 * DAY_MS) == (DAY_MS, None)  # too young
    store.close()


def test_what_comes_late_for_removed_readings_is_refused_and_changes_no_verdict(tmp_path: Path) -> None:
    store = refrigerator()
    hear(store, {2 * HOUR: 11_000} | dict.fromkeys(range(3 * HOUR, 9 * DAY_MS, HOUR // 2), 5_000))
    for _ in sealing.seal(store, 9 * DAY_MS, lambda: LATER, tmp_path):
        pass
    before = known(store)
    gone = list(retention.remove(store, LATER - 8 * DAY_MS, lambda: LATER, "A", tmp_path))
    assert [one.day.day_ms // DAY_MS for one in gone] == [2, 3, 4, 5, 6, 7]  # the first two days are the excursion's
    for late in ({5 * DAY_MS: 5_000}, {5 * DAY_MS + 7: 12_000}):  # the worker puts such a message aside and goes on
        with pytest.raises(ReadingsRemoved, match="readings of 1970-01-06 were removed"):
            hear(store, late)
    hear(store, {8 * DAY_MS + 7: 5_000})
    assert known(store) == before
    with store.reading() as tx:
        assert len(readings.trace(tx, 1, 8 * DAY_MS - 1)) == 49
    store.close()
