"""The files that simulated loggers write: in each maker's layout, and read back as what was measured."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from coldchain.loggers import Declared, read
from simulators.device import DISCONNECTED_MILLI_C, Device, Sample, Setting
from simulators.faults import FaultName, Faults, somewhere
from simulators.logger_files import FORMATS, Logged, LoggerFormat
from simulators.probe import Probe
from simulators.shipment import ShipmentFault, samples, shipment

START_MS = 1_772_409_600_000  # 2026-03-02T00:00Z
EVERY_MS = 600_000
BERLIN, ST_JOHNS = ZoneInfo("Europe/Berlin"), ZoneInfo("America/St_Johns")


def refrigerator(form: LoggerFormat, faults: Faults | None = None) -> list[Sample]:
    probe = Probe(steps_per_degree=form.steps_per_degree, wakes_at_milli_c=None)
    device = Device(Setting(probe=probe, faults=faults or Faults(), on_battery=True), 4, START_MS - EVERY_MS)
    return list(device.samples(EVERY_MS, START_MS + 30 * 3_600_000))


def logged(made: list[Sample], zone: tzinfo = UTC) -> Logged:
    return Logged(made, EVERY_MS, "20990001", "box 7", zone)


def read_back(form: LoggerFormat, made: list[Sample], zone: ZoneInfo | None = None) -> tuple[list[int], list[int]]:
    """The instants and temperatures that the importer finds."""
    content = form.content(logged(made, zone or UTC))
    zone_name = None if form.zone_in_file else zone.key if zone else "UTC"
    declared = Declared(tz=zone_name, date_order="MDY" if form.month_first else None)
    file = read(f"x{form.suffix}", content, declared)
    assert file.format == {"qtag": "berlinger"}.get(form.name, form.name)
    (channel,) = [each for each in file.channels if len(each.at_ms)]
    order = np.argsort(channel.at_ms, kind="stable")
    return channel.at_ms[order].tolist(), channel.milli_c[order].tolist()


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS.keys())
@pytest.mark.parametrize("zone", [None, BERLIN, ST_JOHNS], ids=["UTC", "Berlin", "St John's"])
def test_what_is_read_is_what_was_measured(form: LoggerFormat, zone: ZoneInfo | None) -> None:
    made = refrigerator(form, somewhere([FaultName.FREEZING_THERMOSTAT], START_MS, START_MS + 86_400_000, 1))
    assert min(sample.milli_c for sample in made) < 0, "signs are part of the trial"
    assert read_back(form, made, zone) == ([s.stamp_ms for s in made], [s.milli_c for s in made])


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS.keys())
@pytest.mark.parametrize("fault", list(ShipmentFault))
def test_a_shipment_is_read_as_it_was(form: LoggerFormat, fault: ShipmentFault) -> None:
    made = [
        Sample(each.at_ms, each.stamp_ms, form.fits(each.milli_c), each.sent_ms)
        for each in samples(shipment([fault]), 3, START_MS, EVERY_MS)
    ]
    assert read_back(form, made) == ([s.stamp_ms for s in made], [s.milli_c for s in made])


@pytest.mark.parametrize("form", [form for form in FORMATS.values() if form.probe_on_plug], ids=lambda form: form.name)
def test_a_lost_probe_is_no_temperature(form: LoggerFormat) -> None:
    made = refrigerator(form, somewhere([FaultName.PROBE_DISCONNECT], START_MS, START_MS + 86_400_000, 1))
    good = [sample for sample in made if sample.milli_c != DISCONNECTED_MILLI_C]
    assert len(good) < len(made)
    assert read_back(form, made) == ([s.stamp_ms for s in good], [s.milli_c for s in good])


LAYOUTS = {
    "csv": ("utf-8", ["Timestamp,Temperature (°C)", "2026-03-02T00:00:00Z,{}"]),
    "hoboware": (
        "utf-8",
        [
            '\ufeff"Plot Title: box 7"',
            '"#","Date Time, GMT+00:00","Temp, °C (LGR S/N: 20990001, SEN S/N: 20990001)",'
            '"Coupler Detached (LGR S/N: 20990001)","Coupler Attached (LGR S/N: 20990001)",'
            '"Host Connected (LGR S/N: 20990001)","Stopped (LGR S/N: 20990001)","End Of File (LGR S/N: 20990001)"',
            "1,03/02/26 12:00:00 AM,{},Logged,,,,",
        ],
    ),
    "logtag": ("utf-8", ["\ufeff\ufeffIndex,Date,Time,Readings (°C),Readings(%RH),Type"]),
    "ibutton": ("cp1252", ["1-Wire/iButton Part Number: DS1923\r", "1-Wire/iButton Registration Number: 20990001\r"]),
    "qtag": ("utf-8", ["Device: Q-tag CLm doc LR\r", "Vers: 1.9\r"]),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_file_begins_as_its_makers_program_writes_it(name: str) -> None:
    encoding, beginning = LAYOUTS[name]
    form = FORMATS[name]
    made = refrigerator(form)
    lines = form.content(logged(made)).decode(encoding).split("\n")
    shown = f"{made[0].milli_c // 1000}.{made[0].milli_c % 1000:03d}"
    assert lines[: len(beginning)] == [line.format(shown) for line in beginning]


def test_a_minus_between_minus_one_and_nothing_is_kept() -> None:
    made = [Sample(START_MS + n * EVERY_MS, START_MS + n * EVERY_MS, -500, 0) for n in range(3)]
    assert b",-0,5," in FORMATS["logtag"].content(logged(made))
    assert b"\t-0.5\tx" in FORMATS["qtag"].content(logged(made))


def test_a_qtag_says_its_own_extremes_mean_and_mkt_cut_off_to_tenths() -> None:
    made = [Sample(START_MS + n * EVERY_MS, START_MS + n * EVERY_MS, t, 0) for n, t in enumerate((5_000, 5_100, 9_900))]
    text = FORMATS["qtag"].content(logged(made)).decode()
    assert " Min T: 5.0, TS Min T: 2026-03-02 00:00\r\n Max T: 9.9, TS Max T: 2026-03-02 00:20\r\n" in text
    assert " MKT: 6.9\r\n Avrg T: 6.6\r\n" in text
