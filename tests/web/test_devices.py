"""Sensors as devices on the pages: what is declared is kept and used, what is the matter is seen and acknowledged."""

import json
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import select

from coldchain.monitoring.ingest import ingest
from coldchain.payloads import Report
from coldchain.records import Store, places
from coldchain.records.tables import ledger
from coldchain.reviewing.device_rounds import Rounds, go_round
from tests.web.hospital import CHANNELS, MINUTE, READER, Hospital, Pages

WHOLE = {
    "low": "-40", "high": "60", "uncertainty": "0,2", "probe": "glycol", "time_constant": "10 min",
    "calibration": "K-17", "calibrated_on": "2026-03-01", "calibration_due": "2027-03-01", "model": "ERS Eye",
    "serial": "A81758", "firmware": "2.3.1", "power_up": "yes",
}  # fmt: skip


@pytest.fixture
def pharmacist(pages: Pages) -> Iterator[httpx.Client]:
    with pages.person("pharmacist") as client:
        yield client


@pytest.fixture
def listed(hospital: Hospital) -> int:
    """A sensor that hangs at a place that people made on the pages; returns its number."""
    with hospital.store.transaction() as tx:
        place = places.put_location(tx, "ward-3", "Ward 3", listed=True)
        found = places.put_sensor(tx, "ward-3-probe", now_ms=hospital.now_ms - 60 * MINUTE)
        places.place(tx, found, place, hospital.now_ms - 60 * MINUTE, hospital.now_ms - 60 * MINUTE)
    return found


def says(hospital: Hospital, report: Report) -> None:
    """A device speaks of itself, and of no temperature."""
    message = replace(hospital.message(report.device, hospital.now_ms, 0), decoded=(), reports=(report,))
    ingest(hospital.store, [message], hospital.now_ms, CHANNELS)


def test_what_is_declared_on_the_page_is_kept_shown_and_in_the_ledger(
    hospital: Hospital, pharmacist: httpx.Client, listed: int
) -> None:
    assert pharmacist.post(f"/sensors/{listed}/declare", data=WHOLE).status_code == 303
    page = pharmacist.get(f"/sensors/{listed}").text
    for words in (
        "in glycol, time constant 10 min; measures −40.0 °C to 60.0 °C",
        "± 0.2 °C", "K-17, of 1 Mar 2026, due 1 Mar 2027",
        "ERS Eye, serial A81758, firmware 2.3.1",
        "in glycol it shows 63 % of a sudden change after 10 min and 95 % after 30 min",
    ):  # fmt: skip
        assert words in page
    with hospital.store.reading() as tx:
        body = json.loads(tx.execute(select(ledger.c.body).where(ledger.c.kind == "sensor.declared")).scalar_one())
    assert (body["by"], body["time_constant_ms"]) == ("pharmacist", 600_000)


def test_hanging_it_somewhere_else_forgets_nothing_that_was_declared(
    hospital: Hospital, pharmacist: httpx.Client, listed: int
) -> None:
    pharmacist.post(f"/sensors/{listed}/declare", data=WHOLE)
    page = pharmacist.get(f"/sensors/{listed}").text
    form = page[page.index(f'action="/sensors/{listed}/hang"') :]
    assert 'value="K-17"' in form
    assert '<option value="glycol" selected>' in form


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("low", "70", "The lower end of its range lies below"),
        ("uncertainty", "much", "Its uncertainty is a number"),
        ("time_constant", "10", "Its time constant is a duration with its unit"),
        ("time_constant", "25 h", "at most a day"),
        ("calibration_due", "2026-02-30", "is a day such as"),
        ("calibration_due", "2026-01-01", "due again after it was calibrated"),
        ("probe", "soup", "Choose what the probe hangs in"),
        ("model", "x" * 201, "more than 200 characters"),
    ],
)
def test_what_cannot_be_declared_stays_in_its_field_with_one_sentence(
    pharmacist: httpx.Client, listed: int, field: str, text: str, sentence: str
) -> None:
    answer = pharmacist.post(f"/sensors/{listed}/declare", data=WHOLE | {field: text})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert field == "probe" or f'value="{text}"' in answer.text


def test_a_sensor_of_the_settings_is_declared_there(hospital: Hospital, pharmacist: httpx.Client) -> None:
    hospital.refrigerator("a")
    assert "it is changed there" in pharmacist.get("/sensors/1").text
    answer = pharmacist.post("/sensors/1/declare", data=WHOLE)
    assert (answer.status_code, "change it there" in answer.text) == (422, True)


def test_an_auditor_declares_nothing_and_acknowledges_nothing(hospital: Hospital, pages: Pages, listed: int) -> None:
    says(hospital, Report("ward-3-probe", 3))
    go_round(hospital.store, hospital.now_ms)
    with pages.person("auditor") as auditor:
        assert auditor.post(f"/sensors/{listed}/declare", data=WHOLE).status_code == 403
        assert auditor.post(f"/sensors/{listed}/findings/1/acknowledge", data={"comment": "x"}).status_code == 403
        assert "I have seen it" not in auditor.get(f"/sensors/{listed}").text


def test_what_a_device_says_of_itself_is_shown_with_its_age(
    hospital: Hospital, pharmacist: httpx.Client, listed: int
) -> None:
    says(hospital, Report("ward-3-probe", 63, 2_950, None, -87, 75, 120, "1.4"))
    hospital.now_ms += 5 * MINUTE
    page = pharmacist.get(f"/sensors/{listed}").text
    assert "63 %, 2.95 V, <span" in page
    assert "−87 dBm, SNR 7.5 dB, quality 120, <span" in page
    assert "5 min ago" in page
    assert "firmware 1.4 " in page
    assert "(it says so)" in page
    row = pharmacist.get("/sensors").text
    assert "63 %, 2.95 V" in row
    assert "−87 dBm" in row


def test_what_is_the_matter_is_acknowledged_and_stays_until_it_is_over(
    hospital: Hospital, pharmacist: httpx.Client, listed: int
) -> None:
    says(hospital, Report("ward-3-probe", battery_low=True))
    go_round(hospital.store, hospital.now_ms)
    assert "It says that its battery is low: change it" in pharmacist.get(f"/sensors/{listed}").text
    refused = pharmacist.post(f"/sensors/{listed}/findings/1/acknowledge", data={"comment": " "})
    assert (refused.status_code, "Say what you saw or did" in refused.text) == (422, True)
    address = f"/sensors/{listed}/findings/1/acknowledge"
    assert pharmacist.post(address, data={"comment": "ordered <two>"}).status_code == 303
    assert "Seen by Pharmacist Example" in pharmacist.get(f"/sensors/{listed}").text
    assert "ordered &lt;two&gt;" in pharmacist.get("/sensors").text
    hospital.now_ms += 90 * MINUTE
    says(hospital, Report("ward-3-probe", battery_low=False))
    go_round(hospital.store, hospital.now_ms)
    assert "What was the matter with it" in pharmacist.get(f"/sensors/{listed}").text
    assert "To be looked at" not in pharmacist.get("/sensors").text
    answer = pharmacist.post(address, data={"comment": "again"})
    assert (answer.status_code, "nothing to acknowledge" in answer.text) == (422, True)


def test_a_slow_probe_is_explained_under_the_chart_and_its_uncertainty_stands_at_the_value(
    hospital: Hospital, pharmacist: httpx.Client
) -> None:
    hospital.refrigerator("a", probe_kind="glycol", time_constant_ms=600_000, uncertainty_milli_c=300)
    hospital.hears("a", "5x3 9x3 5x2")
    for address in ("/locations/a", "/excursions/2026-0001"):
        assert "shows 63 % of a sudden change after 10 min" in pharmacist.get(address).text, address
    assert "± 0.3 °C,</span>" in pharmacist.get("/locations/a").text


def test_a_locations_page_says_what_is_the_matter_with_its_sensors(
    hospital: Hospital, pharmacist: httpx.Client, pages: Pages
) -> None:
    hospital.refrigerator("a").hears("a", "5x3")
    hospital.now_ms += MINUTE
    says(hospital, Report("a-probe", 7))
    go_round(hospital.store, hospital.now_ms)
    page = pharmacist.get("/locations/a").text
    assert "battery 7 %" in page
    assert 'To be looked at: <a href="/sensors/1#finding-1">a-probe</a> has a battery at 7 %' in page
    with pages.program(READER) as program:
        assert program.get("/api/v1/locations/a").json()["sensors"][0]["battery_pct"] == 7


def test_many_of_one_kind_are_one_line(hospital: Hospital, pharmacist: httpx.Client) -> None:
    for number in range(5):
        hospital.refrigerator(f"r{number}", calibration_due="2026-11-01")
    go_round(hospital.store, hospital.now_ms)
    page = pharmacist.get("/sensors").text
    assert 'Calibration <span class="count">5</span>' in page


def test_the_clock_is_measured_and_shown_also_where_it_is_right(hospital: Hospital, pharmacist: httpx.Client) -> None:
    hospital.refrigerator("a")
    for minute in range(20):
        at_ms = hospital.now_ms - (20 - minute) * MINUTE
        message = replace(hospital.message("a-probe", at_ms - 7_000, 5_000 + minute), received_ms=at_ms)
        ingest(hospital.store, [message], at_ms, CHANNELS)
    assert "7 s behind ours, by its 20 newest readings" in pharmacist.get("/sensors/1").text


def test_programs_read_it_all_and_prometheus_the_numbers(hospital: Hospital, pages: Pages, listed: int) -> None:
    says(hospital, Report("ward-3-probe", 12, 2_950, None, -87, 75, 120, "1.4"))
    go_round(hospital.store, hospital.now_ms)
    with pages.program(READER) as program:
        (found,) = program.get("/api/v1/sensors").json()
        numbers = program.get("/metrics").text
    assert found["battery"] == {"percent": 12, "millivolts": 2950, "says_low": False, "at": "2026-11-21T12:00:00.000Z"}
    assert (found["radio"]["rssi_dbm"], found["radio"]["snr_db"], found["radio"]["link_quality"]) == (-87, 7.5, 120)
    assert (found["number"], found["location"], found["firmware"]) == (listed, "ward-3", "1.4")
    assert [each["complaint"] for each in found["findings"]] == ["battery"]
    for line in (
        'coldchain_battery_percent{location="ward-3",sensor="ward-3-probe"} 12.0',
        'coldchain_battery_volts{location="ward-3",sensor="ward-3-probe"} 2.95',
        'coldchain_radio_rssi_dbm{location="ward-3",sensor="ward-3-probe"} -87.0',
        'coldchain_device_findings{complaint="battery"} 1.0',
        'coldchain_device_findings{complaint="stuck"} 0.0',
    ):
        assert line in numbers


@pytest.mark.postgres
def test_the_whole_of_it_over_postgresql(postgres_url: str) -> None:
    store = Store(postgres_url)
    store.migrate()
    hospital = Hospital(store).people().refrigerator("a", calibration_due="2026-11-01").hears("a", "5x5 40 5x5")
    says(hospital, Report("a-probe", 63, 2_950, False, -87, 75, 120, "1.4"))
    hospital.now_ms += 2 * 60 * MINUTE
    says(hospital, Report("a-probe", 9, rssi_dbm=-90))
    service = Rounds(store, lambda: hospital.now_ms, CHANNELS, tell_at_minute=None)
    assert (service.turn(), service.turn()) == (True, False)
    with hospital.open() as pages, pages.person("nurse") as nurse, pages.program(READER) as program:
        assert nurse.post("/sensors/1/findings/1/acknowledge", data={"comment": "seen"}).status_code == 303
        for path in ("/sensors", "/sensors/1", "/metrics"):
            assert nurse.get(path).status_code == 200, path
        (found,) = program.get("/api/v1/sensors").json()
    assert (found["battery"]["percent"], found["radio"]["rssi_dbm"], found["firmware"]) == (9, -90, "1.4")
    assert sorted(each["complaint"] for each in found["findings"]) == ["battery", "calibration", "jumps"]
    hospital.worker.close()
    store.close()
