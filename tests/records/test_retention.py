"""What the policy lets go is removed and said, what something rests on stays, what is gone is no silence."""

import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import insert

from coldchain.records import Store, readings, tables
from coldchain.records.archive import retention, sealing, shelf, tidying
from coldchain.records.archive.day_file import ReadingsRemoved
from coldchain.records.readings import Row
from coldchain.records.verifying import verify
from tests.empty import empty_store
from tests.records.test_archive import _die_at, killed

__all__: list[str] = []

DAY = shelf.DAY_MS
NOW = 1_000 * DAY
KEEP = 900 * DAY
"""Of a record that is a thousand days old: the first hundred may go."""


def clock_ms() -> int:
    """Now."""
    return NOW


def a_record(store: Store, folder: Path) -> None:
    """Ten sealed days of three sensors, four readings a day each; two hang at one place, one at another."""
    with store.transaction() as tx:
        for of in (1, 2):
            tx.execute(insert(tables.location).values(id=of, name=f"l{of}", title="L", area=""))
        tx.execute(
            insert(tables.assignment).values(
                id=1, location_id=1, product_id="p", stage="s", version=1, sha256="x", product_file="", from_ms=0
            )
        )
        tx.execute(
            insert(tables.account).values(
                id=1, name="a", full_name="A", role="pharmacist", password_hash="", created_ms=0
            )
        )
        for of in (1, 2, 3):
            tx.execute(insert(tables.sensor).values(id=of, name=f"s{of}", created_ms=0))
            tx.execute(insert(tables.placement).values(id=of, sensor_id=of, location_id=1 + of // 3, from_ms=0))
        readings.put(tx, [
            Row(of, day * DAY + hour * 3_600_000, 4_000 + of, day * DAY, 1, 0)
            for of in (1, 2, 3) for day in range(10) for hour in (0, 6, 12, 18)
        ])  # fmt: skip
    assert len(list(sealing.seal(store, 10 * DAY, clock_ms, folder))) == 10


def left(store: Store) -> set[tuple[int, int]]:
    """Sensors and days of which there are readings; of the others it is said that they were removed."""
    return {(of, day) for of in (1, 2, 3) for day in range(10) if is_left(store, of, day)}


def is_left(store: Store, of: int, day: int) -> bool:
    """Whether the four readings of a day are there, or removed."""
    with store.reading() as tx:
        try:
            found = len(readings.trace(tx, of, day * DAY - 1, day * DAY + DAY - 1))
        except ReadingsRemoved as error:
            return f"readings of 1970-01-{day + 1:02} were removed" not in str(error)
    return found == 4


AT, MEANWHILE = 4 * DAY + 3_600_000, 4 * DAY + 7_200_000
EXCURSION = {
    "id": 1, "number": "1970-0001", "assignment_id": 1, "location_id": 1, "sensor_id": 1, "placement_id": 1,
    "limit_id": "above-8", "yardstick": {}, "known_ms": AT,
}  # fmt: skip
REVISION = {
    "excursion_id": 1, "known_ms": AT, "at_least_ms": 0, "estimate_ms": 0, "at_most_ms": 0, "extreme_milli_c": 9,
    "readings": 1, "certainty": "certain", "because": "opened",
}  # fmt: skip
EVENT = {"item_id": 1, "stage": "s", "comment": "", "recorded_ms": 0, "by_name": "A"}
STEP = {"preparation_id": 1, "recorded_ms": 0, "account_id": 1}
ITEM = {
    "id": 1, "kind": "lot", "name": "B1", "quantity": 1, "product_id": "p", "version": 1, "sha256": "",
    "product_file": "", "recorded_ms": 0, "by_name": "A",
}  # fmt: skip
SHIPMENT = {
    "id": 1, "sha256": "f", "read_as": "", "name": "f.csv", "format": "f", "signature": "none", "evidence": {},
    "recorded_ms": 0, "by_name": "A",
}  # fmt: skip
FINDING = {
    "sensor_id": 1, "other_id": 3, "complaint": "drift", "location_id": 1, "since_ms": AT, "raised_ms": AT,
    "sentence": "", "cleared_ms": MEANWHILE,
}  # fmt: skip
Rows = list[tuple[str, dict[str, object]]]
RESTING: dict[str, tuple[Rows, set[tuple[int, int]]]] = {
    "nothing": ([], set()),
    "an excursion, with the readings around it": (
        [
            ("excursion", EXCURSION),
            ("excursion_revision", REVISION | {"revision": 1, "start_ms": AT, "end_ms": MEANWHILE}),
        ],
        {(1, 3), (1, 4), (1, 5)},
    ),
    "what an excursion was before it was withdrawn": (
        [
            ("excursion", EXCURSION),
            ("excursion_revision", REVISION | {"revision": 1, "start_ms": 2 * DAY, "end_ms": MEANWHILE}),
            ("excursion_revision", REVISION | {"revision": 2, "start_ms": AT, "end_ms": AT, "withdrawn": True}),
        ],
        {(1, day) for day in range(6)},
    ),
    "an excursion that is open": (
        [("excursion", EXCURSION), ("excursion_revision", REVISION | {"revision": 1, "start_ms": AT})],
        {(1, day) for day in range(3, 10)},
    ),
    "an alert": (
        [("alert", {"id": "a", "kind": "no-data", "location_id": 1, "sensor_id": 2, "since_ms": AT, "raised_ms": AT,
                    "cleared_ms": MEANWHILE, "body": {}})],
        {(2, 3), (2, 4), (2, 5)},
    ),
    "a lot that is gone, at its place": (
        [
            ("item", ITEM), ("item_event", EVENT | {"kind": "arrived", "at_ms": AT, "location_id": 1}),
            ("item_event", EVENT | {"kind": "used", "at_ms": MEANWHILE}),
        ],
        {(of, day) for of in (1, 2) for day in (3, 4, 5)},
    ),
    "a lot in stock": (
        [("item", ITEM), ("item_event", EVENT | {"kind": "arrived", "at_ms": AT, "location_id": 2})],
        {(3, day) for day in range(3, 10)},
    ),
    "a preparation": (
        [
            ("preparation", {"id": 1, "number": "P1", "product_id": "p", "version": 1, "sha256": "", "product_file": "",
                             "item": "", "recorded_ms": 0, "account_id": 1, "location_id": 2}),
            ("preparation_event", STEP | {"event": "received", "at_ms": AT, "location_id": 2}),
            ("preparation_event", STEP | {"event": "discarded", "at_ms": MEANWHILE}),
        ],
        {(3, 3), (3, 4), (3, 5)},
    ),
    "an imported logger file": (
        [
            ("kept_file", {"sha256": "f", "content": b"f", "recorded_ms": 0}), ("shipment", SHIPMENT),
            ("shipment_channel", {"shipment_id": 1, "sensor_id": 2}),
        ],
        {(2, day) for day in range(10)},
    ),
    "probes that drift apart": ([("device_finding", FINDING)], {(of, day) for of in (1, 3) for day in (3, 4, 5)}),
}  # fmt: skip


@pytest.mark.parametrize("what", RESTING)
def test_what_something_rests_on_stays(what: str, tmp_path: Path) -> None:
    store = empty_store()
    a_record(store, tmp_path / "archive")
    rows, stays = RESTING[what]
    with store.transaction() as tx:
        for name, values in rows:
            known = {column.name for column in tables.metadata.tables[name].columns}
            tx.execute(insert(tables.metadata.tables[name]).values({k: v for k, v in values.items() if k in known}))
    with store.reading() as tx:
        planned = list(retention.going(tx, NOW - KEEP, NOW))
    assert left(store) == {(of, day) for of in (1, 2, 3) for day in range(10)}  # looking changes nothing
    done = list(retention.remove(store, KEEP, clock_ms, "A. Miller", tmp_path / "archive"))
    assert done == planned
    assert left(store) == stays
    assert sum(one.readings for one in done) == 4 * (30 - len(stays))
    assert list(retention.remove(store, KEEP, clock_ms, "A. Miller", tmp_path / "archive")) == []
    with store.reading() as tx:
        assert [one for one in verify(tx).findings if "archive" in one.what or "sealed" in one.what] == []
        assert list(shelf.damaged(tx)) == []
        assert sum(one.readings for one in shelf.removals(tx)) == 4 * (30 - len(stays))
        named = {shelf.place_of(tx, one) for one in shelf.days(tx, *shelf.ALWAYS)}
    assert set((tmp_path / "archive").rglob("*.day")) == named  # nothing is left of the files as they were
    store.close()


def test_on_every_database_only_old_sealed_days_go_and_the_ledger_says_so(store: Store, tmp_path: Path) -> None:
    a_record(store, tmp_path / "archive")
    with store.transaction() as tx:
        readings.put(tx, [Row(1, 3 * DAY + 5, 9_000, 1, 1, 0)])  # came late: its day has a row in the table again
    done = list(retention.remove(store, NOW - 5 * DAY, clock_ms, "A. Miller", tmp_path / "archive"))
    assert [one.day.name for one in done] == ["1970-01-01", "1970-01-02", "1970-01-03", "1970-01-05"]
    with store.reading() as tx:
        assert retention.unsealed(tx, 5 * DAY) == 1
        assert verify(tx).findings == ()
        (first, *_) = shelf.removals(tx)
        assert vars(first) == {"day_ms": 0, "readings": 12, "at_ms": NOW, "by": "A. Miller", "keep_ms": NOW - 5 * DAY}
        with pytest.raises(ReadingsRemoved):
            readings.trace(tx, 1)
        assert len(readings.trace(tx, 1, 5 * DAY - 1)) == 20
    with store.transaction() as tx, pytest.raises(ReadingsRemoved):
        readings.put(tx, [Row(1, DAY, 4_001, DAY, 1, 0)])  # whether it is a repeat nobody can say any more
    with store.transaction() as tx:
        readings.put(tx, [Row(4, DAY, 4_004, DAY, 1, 0)])  # this one had none that day
    list(sealing.seal(store, 5 * DAY, clock_ms, tmp_path / "archive"))
    with store.reading() as tx:
        assert len(readings.trace(tx, 4)) == 1
        with pytest.raises(ReadingsRemoved):
            readings.trace(tx, 1, DAY - 1, 2 * DAY)
        assert verify(tx).findings == ()


def test_a_file_that_a_later_one_replaces_is_deleted_a_month_afterwards(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    a_record(store, folder)
    before = set(folder.rglob("*.day"))
    stranger = folder / "1970" / "1970-01-04.0123456789abcdef.day"
    stranger.write_bytes(b"somebody else's")
    with store.transaction() as tx:
        readings.put(tx, [Row(1, 3 * DAY + 5, 9_000, 1, 1, 0)])
    list(sealing.seal(store, 5 * DAY, clock_ms, folder))
    assert tidying.tidy(store, NOW + tidying.SUPERSEDED_MS - 1) == []
    (gone,) = tidying.tidy(store, NOW + tidying.SUPERSEDED_MS)
    assert gone in before
    assert not gone.exists()
    assert stranger.exists()
    with store.reading() as tx:
        assert list(shelf.damaged(tx)) == []
    part = folder / "1970" / "1970-01-09.00.part"
    part.write_bytes(b"half")
    os.utime(part, (NOW / 1000, NOW / 1000))
    assert tidying.tidy(store, NOW + DAY) == []
    assert tidying.tidy(store, NOW + DAY + 1) == [part]


def test_killed_at_any_step_of_removing_what_stays_is_whole(tmp_path: Path) -> None:
    original = tmp_path / "original" / "coldchain.db"
    original.parent.mkdir()
    store = empty_store(original)
    a_record(store, original.with_name("coldchain.db.archive"))
    with store.transaction() as tx:
        for name, values in RESTING["an excursion, with the readings around it"][0]:
            tx.execute(insert(tables.metadata.tables[name]).values(values))
    store.close()
    step, stride = 0, 1 if os.environ.get("COLDCHAIN_EVERY_STEP") else 41
    while True:
        record = tmp_path / str(step) / "coldchain.db"
        shutil.copytree(original.parent, record.parent)
        url = f"sqlite:///{record}"

        def removing(url: str = url, step: int = step) -> None:
            _die_at(step)
            list(retention.remove(Store(url), KEEP, clock_ms, "A. Miller"))

        if not killed(removing):
            break
        store = Store(url)
        assert left(store) >= {(1, 3), (1, 4), (1, 5)}
        with store.reading() as tx:
            assert list(shelf.damaged(tx)) == []
        list(retention.remove(store, KEEP, clock_ms, "A. Miller"))
        tidying.tidy(store, NOW)
        assert left(store) == {(1, 3), (1, 4), (1, 5)}
        with store.reading() as tx:
            assert list(shelf.damaged(tx)) == []
            named = {shelf.place_of(tx, one) for one in shelf.days(tx, *shelf.ALWAYS)}
        assert set(record.parent.rglob("*.day")) == named
        store.close()
        shutil.rmtree(record.parent)
        step += stride
    assert step > 30
