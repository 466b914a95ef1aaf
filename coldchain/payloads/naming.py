"""Which of a device's values are temperatures of something, told by their names.

Devices name their values freely: ``temperature``, ``TempC_SHT``, ``externalTemperature``, ``temperature_3``. A name
counts where it says temperature in so many words and nothing that makes it another thing: a set-point, an alarm
limit, a day's minimum, a dew point, the heat of the device's own chip.
"""

import re
from dataclasses import dataclass

from coldchain.domain.temperature import Unit

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_TEMPERATURE = {"temperature": None, "temp": None, "tempc": Unit.C, "tempf": Unit.F, "thermometer": None}
_UNITS = {"c": Unit.C, "celsius": Unit.C, "degc": Unit.C, "f": Unit.F, "fahrenheit": Unit.F, "degf": Unit.F}
_ANOTHER_THING = frozenset(
    """set setpoint target limit threshold alarm alert warning high low min minimum max maximum avg average mean
    internal chip device board cpu mcu soc processor core dew dp point calibration cal offset correction unit status
    state valid event count counter history log delta trend rate change interval heat index feels apparent wet bulb
    control config local desired comfort eco mode range resolution precision dewpoint internals""".split()  # noqa: SIM905 - words
)

_UNIT_SIGNS = {
    "°c": Unit.C, "c": Unit.C, "cel": Unit.C, "celsius": Unit.C, "degc": Unit.C, "℃": Unit.C, "deg c": Unit.C,
    "degrees c": Unit.C, "degrees celsius": Unit.C,
    "°f": Unit.F, "f": Unit.F, "fahrenheit": Unit.F, "degf": Unit.F, "℉": Unit.F, "deg f": Unit.F,
    "degrees f": Unit.F, "degrees fahrenheit": Unit.F,
    "k": Unit.K, "kelvin": Unit.K,
}  # fmt: skip


@dataclass(frozen=True)
class Named:
    """What a name says of a temperature.

    Attributes:
        channel: What is left of the name: which probe.
        unit: The unit in the name, ``None`` where it says none.
    """

    channel: str
    unit: Unit | None


def temperature_named(name: str) -> Named | None:
    """What a value's name says, or ``None`` where it is no measured temperature's.

    Args:
        name: A key of a decoded payload, a metric's name, a property's: ``TempC_SHT`` gives channel ``sht`` in °C.
    """
    words = [word.lower() for word in _WORD.findall(name)]
    if not any(word in _TEMPERATURE for word in words) or any(word in _ANOTHER_THING for word in words):
        return None
    unit: Unit | None = None
    channel = []
    for word in words:
        if word in _TEMPERATURE:
            unit = _TEMPERATURE[word] or unit
        elif word in _UNITS:
            unit = _UNITS[word]
        elif word not in ("sensor", "value", "degrees", "deg", "data"):
            channel.append(word)
    return Named("-".join(channel), unit)


def unit_written(text: str) -> Unit | None:
    """The temperature unit that a unit's sign or name stands for (``°C``, ``degF``, ``K``), or ``None``."""
    return _UNIT_SIGNS.get(text.strip().lower())
