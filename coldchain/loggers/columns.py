"""What a column heading says: a time, a temperature and its unit, an event, or something else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """What a column is for."""

    TIME = "time"
    TEMPERATURE = "temperature"
    STATISTIC = "statistic"
    NUMBER = "number"
    EVENT = "event"
    UNIT = "unit"
    INDEX = "index"
    SERIAL = "serial"
    SOURCE = "source"
    OTHER = "other"


@dataclass(frozen=True)
class Column:
    """One heading.

    Attributes:
        index: The cell's place in a row, from 0.
        label: The heading as written, blanks tidied.
        name: The heading without its unit and serial number.
        unit: ``C``, ``F`` or ``K`` where the heading says so.
        serial: Of the logger, where the heading names it.
    """

    index: int
    label: str
    name: str
    kind: Kind
    unit: str | None = None
    serial: str | None = None


_WORD = r"(?<![^\W_]){}(?![^\W_])"


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(_WORD.format(word) for word in words), re.IGNORECASE)


_TIME = _any(
    "date", "time", "datetime", "timestamp", "date.?time", "time.?stamp", "datum", "zeit", "uhrzeit", "zeitpunkt", "zeitstempel",
    "fecha", "hora", "heure", "horodatage", "data", "ora", "orario", "data.?hora", "tijd", "tijdstip", "datum", "čas", "cas", "datum.?čas",
    "pvm", "päivämäärä", "aika", "kello", "klo", "tid", "tidpunkt", "dato", "klokkeslæt", "dátum", "idő", "tarih", "saat", "godzina",
    "measured", "measured_at", "measured.?at", "recorded", "recorded_at", "created_at", "logged_at", "sampled_at", "iso8601",
    "last_changed", "last_updated", "when", "utc", "unixtime", "epoch", "unix", "ts", "_time",
    "дата", "время", "日付", "日時", "時刻", "时间", "日期", "날짜", "시간",
)  # fmt: skip
_CELSIUS = re.compile(
    r"(?:°|º|˚|�|\?|\*|Â°|(?<![^\W_])o|(?<![^\W_])deg(?:rees?)?[\s.]?)\s?C(?![^\W_])|(?i:(?<![^\W_])celsius)|℃|[(\[]\s*C\s*[)\]]|(?<=[a-z])_c(?![^\W_])|^T[ _]?C$|(?<=temp)C$|(?<=emperature)C$|(?i:(?<=temp)|(?<=temperature))[\s/,:]+C$",
)
_FAHRENHEIT = re.compile(
    r"(?:°|º|˚|�|\?|\*|Â°|(?<![^\W_])o|(?<![^\W_])deg(?:rees?)?[\s.]?)\s?F(?![^\W_])|℉|[(\[]\s*F\s*[)\]]|(?<=[a-z])_f(?![^\W_])|(?i:(?<![^\W_])fahrenheit)|^T[ _]?F$|(?<=temp)F$|(?<=emperature)F$|(?i:(?<=temp)|(?<=temperature))[\s/,:]+F$",
)
_KELVIN = re.compile(
    r"(?i:(?<![^\W_])kelvin)|[(\[]\s*K\s*[)\]]|(?<=[a-z])_k(?![^\W_])|(?i:(?<=temp)|(?<=temperature))[\s/,:]+K$"
)
_NAMED_TEMPERATURE = re.compile(
    r"temp(?:erature?s?|eratura|érature|\.)?(?![a-zé])|teplot|lämpötila|lampotila|hőmérséklet|homerseklet|sıcaklık|sicaklik|temperatuur|θερμοκρασία|температур|温度|온도",
    re.IGNORECASE,
)
_NOT_THE_PROBE = _any(
    r"dew(?:\s?p(?:oin)?t)?\w*", "dp", "td", "taupunkt", "rosný", "rosn\\w*", "punto.de.roc\\w*", "point.de.ros\\w*", "wet.?bulb", "heat.?index", "feels.?like", "wind.?chill",
    "set.?point\\w*", "setpoint", "target", "alarm\\w*", "alert\\w*", "limit\\w*", "threshold\\w*", "offset", "calib\\w*", "correction",
    "hk", "internal.?cpu", "cpu", "chip", "mkt", "delta", "diff\\w*", "rate", "uncertainty", "error", "out.?of.?limits?",
)  # fmt: skip
_STATISTIC = _any(
    "max", "maximum", "min", "minimum", "avg", "average", "mean", "std", "std\\.?.?dev\\w*", "stdev", "deviation", "median", "mittel\\w*",
    "durchschnitt\\w*", "moyenne", "promedio", "media", "range", "sum", "count",
)  # fmt: skip
_QUANTITY = re.compile(
    r"%|(?<![^\W_])(?:r\.?h|humidity|hum|feuchte|luftfeuchte|lux|lx|volts?|v|mv|batt?|battery|intensity|light|pressure|hpa|mbar|kpa|ppm|co2|pm2\.?5|uv|rssi|dbm|mg/l|swp|do)(?![^\W_])",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"coupler|host connect|stopped|end of file|bad battery|good battery|interval change|button|marker|event|started|detached|attached|water detect|new interval|chan(?:nel)? ?off",
    re.IGNORECASE,
)
_SERIALS = (
    re.compile(r"LGR\s+S/N:?\s*(\w+)", re.IGNORECASE),
    re.compile(r"S/N:?\s*(\w+)", re.IGNORECASE),
    re.compile(r"#\s?(\d{5,})"),
)
_TRIMMINGS = (
    re.compile(r"\((?:LGR|SEN)\s+S/N.*$", re.IGNORECASE),
    re.compile(r"(?:LGR|SEN)\s+S/N.*$", re.IGNORECASE),
    re.compile(r"\s+#\s?\d{5,}.*$"),
    re.compile(r"\s+c:\d+(?:\s+\d+)*\s*$"),
    re.compile(r"[,/\s]*[(\[]?\s*(?:°|º|˚|�|\?|\*|Â°|(?<=\W)o|deg(?:rees?)?\s?|(?<=[(\[]))\s?[CFK]\s*[)\]]?\s*$"),
)
_LABELLED = re.compile(r"LBL:\s*([^,)]+)", re.IGNORECASE)
_SOURCE = _any("sensor", "sensor.?id", "device", "device.?id", "device.?name", "probe", "logger", "logger.?id", "transmitter", "station", "entity_id", "location", "channel", "tag", "node", "site", "refrigerator", "fridge", "unit.?id")  # fmt: skip


def classify(cells: Sequence[str]) -> list[Column]:
    """What each heading of a row says."""
    return [_column(index, re.sub(r"\s+", " ", cell.strip().strip('"').strip())) for index, cell in enumerate(cells)]


def _column(index: int, label: str) -> Column:
    name = label
    for trimming in _TRIMMINGS:
        name = trimming.sub("", name).strip() or name
    labelled = _LABELLED.search(label)
    if labelled:
        name = labelled[1].strip()
    serial = next((match[1] for pattern in _SERIALS if (match := pattern.search(label))), None)
    column = Column(index, label, name.rstrip(" ,:;"), _kind(label, name), None, serial)
    if column.kind in (Kind.TEMPERATURE, Kind.STATISTIC, Kind.OTHER):
        column = replace(column, unit=unit_of(label))
    return column


def unit_of(label: str) -> str | None:
    """``C``, ``F`` or ``K`` where a heading states one."""
    found = [unit for unit, pattern in (("C", _CELSIUS), ("F", _FAHRENHEIT), ("K", _KELVIN)) if pattern.search(label)]
    return found[0] if len(found) == 1 else None


def _kind(label: str, name: str) -> Kind:
    lowered = label.lower()
    if lowered in {"#", "no", "no.", "nr", "nr.", "index", "idx", "row", "record", "id", "entry_id", "sample", "n"}:
        return Kind.INDEX
    if lowered in {"unit", "units", "einheit", "unité", "unidad"}:
        return Kind.UNIT
    if re.fullmatch(r"(?:logger |device )?(?:serial|s/n|serial.?n(?:o|umber|r)\.?)", lowered):
        return Kind.SERIAL
    if _EVENT.search(label) and unit_of(label) is None:
        return Kind.EVENT
    if _names_temperature(label, name):
        if _NOT_THE_PROBE.search(label):
            return Kind.STATISTIC
        return Kind.STATISTIC if _STATISTIC.search(label) else Kind.TEMPERATURE
    if _TIME.search(label) and not _QUANTITY.search(label):
        return Kind.TIME
    if _QUANTITY.search(label) or _STATISTIC.search(label):
        return Kind.NUMBER
    if _SOURCE.fullmatch(label):
        return Kind.SOURCE
    return Kind.OTHER


def _names_temperature(label: str, name: str) -> bool:
    """Whether a heading speaks of a temperature; a percentage never is one ("Readings(%RH)")."""
    if "%" in label and unit_of(label) is None:
        return False
    if unit_of(label) in ("C", "F"):
        return True
    return bool(_NAMED_TEMPERATURE.search(label) or re.fullmatch(r"T\d?|T_?(?:air|probe|in|out)", name, re.IGNORECASE))
