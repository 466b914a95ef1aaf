"""Where products are kept, and the sensors there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sensor:
    """One sensor channel and what is declared of it.

    Attributes:
        name: As in the topic or the payload.
        channel: Such as ``probe``; empty for a sensor with one.
        max_gap_ms: The longest interval over which one of its good readings is believed.
        low_milli_c, high_milli_c: What it can measure, both ends included; beyond is a fault.
        uncertainty_milli_c: From its calibration.
        calibration: The certificate: its number, as people call it.
        calibrated_on, calibration_due: Days, as ``2026-03-01``: when it was calibrated, when it must be again.
        power_up: Whether it is known to send 85.000 °C after power-up.
        probe_kind: What the probe hangs in: a word of `coldchain.domain.probe_kinds.ProbeKind`.
        time_constant_ms: How long it takes to show 63 % of a sudden change.
        model, serial, firmware: The device, as people call it.
    """

    name: str
    channel: str = ""
    max_gap_ms: int | None = None
    low_milli_c: int | None = None
    high_milli_c: int | None = None
    uncertainty_milli_c: int = 0
    calibration: str | None = None
    calibrated_on: str | None = None
    calibration_due: str | None = None
    power_up: bool = False
    probe_kind: str | None = None
    time_constant_ms: int | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None


@dataclass(frozen=True)
class Location:
    """A refrigerator, a room, a box: where a product is kept and which sensors judge it.

    Attributes:
        name: Short, for addresses and topics: ``ward-3``.
        title: For people: ``Ward 3 refrigerator``.
        area: The ward or department.
        product, stage: By which rules it is judged; ``None`` is the product's first stage.
        sensors: Each judges by itself.
        since_ms: From when on it is judged; ``None`` for the moment at which the service first hears of it. Once it is
            recorded, a later change of it changes nothing.
    """

    name: str
    title: str
    product: str
    sensors: tuple[Sensor, ...]
    area: str = ""
    stage: str | None = None
    since_ms: int | None = None
