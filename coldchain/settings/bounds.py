"""How much one sender may bring: the section ``bounds``."""

from coldchain.settings.reader import Section
from coldchain.settings.shapes.bounds import Bounds

_MOST = 10_000_000


def read_bounds(section: Section) -> Bounds:
    """Everything below ``bounds``."""
    bounds = Bounds(
        readings_per_s=section.integer("readings_per_second", Bounds.readings_per_s, 1, _MOST),
        requests_per_s=section.integer("requests_per_second", Bounds.requests_per_s, 1, _MOST),
        messages_per_s=section.integer("messages_per_second", Bounds.messages_per_s, 1, _MOST),
        sensor_per_minute=section.integer("sensor_per_minute", Bounds.sensor_per_minute, 1, _MOST),
        new_sensors_a_day=section.integer("new_sensors_a_day", Bounds.new_sensors_a_day, 0, _MOST),
        new_sensors_waiting=section.integer("new_sensors_waiting", Bounds.new_sensors_waiting, 0, _MOST),
    )
    section.done()
    return bounds
