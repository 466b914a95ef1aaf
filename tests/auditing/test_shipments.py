"""Simulated shipments, written as a logger would and judged from the file, against the readings they were made of."""

from datetime import UTC

import pytest

from coldchain.auditing.audited import Audited
from coldchain.auditing.file import audit_file
from coldchain.loggers import Declared
from coldchain.rulebook.book import load_rulebook
from simulators.logger_files import FORMATS, Logged
from simulators.shipment import ShipmentFault, samples, shipment
from tests.auditing.by_hand import by_hand

START_MS = 1_772_409_600_000  # 2026-03-02T00:00Z
EVERY_MS = 600_000
MAX_GAP_MS = 1_800_000  # Lemtrada's product file


@pytest.mark.parametrize("form", ["hoboware", "logtag", "qtag", "ibutton", "csv"])
@pytest.mark.parametrize("faults", [[], *([fault] for fault in ShipmentFault)], ids=str)
def test_a_shipment_is_judged_as_its_readings_ask(form: str, faults: list[ShipmentFault]) -> None:
    written = FORMATS[form]
    made = list(samples(shipment(faults), 3, START_MS, EVERY_MS))
    rows = [(sample.stamp_ms, written.fits(sample.milli_c) / 1000) for sample in made]
    content = written.content(Logged(made, EVERY_MS, "20990001", "box 7", UTC))
    product = load_rulebook().product("lemtrada")
    declared = Declared(tz=None if written.zone_in_file else "UTC", date_order="MDY" if written.month_first else None)
    (result,) = audit_file(f"box{written.suffix}", content, product, product.stages["transport"], declared)
    assert isinstance(result, Audited), result
    tests = {
        "below-2": lambda c: c < 2,
        "above-8": lambda c: c > 8,
        "at-or-below-0": lambda c: c <= 0,
    }
    for judged in result.judgement.limits:
        bounds = judged.bounds
        expected = by_hand(rows, tests[judged.limit.id], MAX_GAP_MS, result.edges.end_ms)
        assert (bounds.at_least_ms, bounds.estimate_ms, bounds.at_most_ms) == expected, judged.limit.id
    bad = any(value < 2 or value > 8 for _, value in rows)
    assert (result.verdict == "violated") == bad
