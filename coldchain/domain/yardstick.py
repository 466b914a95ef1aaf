"""Which yardstick judges: how long a good reading is believed, and how far a probe may be off (semantics §3)."""

from coldchain.domain.bounds import DEFAULT_MAX_GAP_MS, Yardstick
from coldchain.domain.duration import milliseconds
from coldchain.domain.product import Product


def yardstick_of(
    product: Product,
    sensor_max_gap_ms: int | None = None,
    calibrated_milli_c: int | None = None,
    *,
    max_gap_ms: int | None = None,
    uncertainty_milli_c: int | None = None,
) -> Yardstick:
    """What somebody asked for; else the smaller ``max_gap`` of product and sensor, and the calibration's uncertainty.

    Args:
        product: Its ``max_gap``, where it states one.
        sensor_max_gap_ms: As declared of the sensor; ``None`` where nothing is.
        calibrated_milli_c: The uncertainty in the probe's calibration record, m°C; ``None`` where there is none.
        max_gap_ms, uncertainty_milli_c: ``--max-gap`` and ``--uncertainty``; ``None`` where nobody asked.

    Returns:
        60 min and no uncertainty where nothing says anything else; ``max_gap_from`` names who said it.
    """
    known = {
        "product": None if product.max_gap is None else milliseconds(product.max_gap),
        "sensor": sensor_max_gap_ms,
    }
    if max_gap_ms is not None:
        known = {"option": max_gap_ms}
    said = [(gap_ms, who) for who, gap_ms in known.items() if gap_ms is not None]
    believed_ms, who = min(said, key=lambda one: one[0], default=(DEFAULT_MAX_GAP_MS, "default"))
    doubt = calibrated_milli_c if uncertainty_milli_c is None else uncertainty_milli_c
    return Yardstick(believed_ms, doubt or 0, who)
