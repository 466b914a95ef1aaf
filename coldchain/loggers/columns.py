"""What a column heading says: a time, a temperature and its unit, an event, or something else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


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


_EDGE = r"(?<![^\W_]){}(?![^\W_])"


def _words(text: str) -> re.Pattern[str]:
    """Any of some patterns, standing as a word of its own ("_" parts words too)."""
    return re.compile(_EDGE.format(f"(?:{'|'.join(text.split())})"), re.IGNORECASE)


_TIME = _words(
    """date time datetime timestamp date.?time time.?stamp measured measured.?at recorded.?at created.?at logged.?at
    sampled.?at iso8601 last.changed last.updated when utc unixtime epoch unix ts
    datum zeit uhrzeit zeitpunkt zeitstempel fecha hora heure horodatage data ora orario tijd tijdstip čas cas
    pvm päivämäärä aika kello klo tid tidpunkt dato klokkeslæt dátum idő tarih saat godzina
    дата время 日付 日時 時刻 时间 日期 날짜 시간"""
)
_DEGREE = r"(?:°|º|˚|\ufffd|\?|\*|Â°|(?<![^\W_])o|(?<![^\W_])deg(?:rees?)?[\s.]?)"


def _unit_pattern(letter: str, word: str, sign: str) -> re.Pattern[str]:
    """A unit as headings write it: ``°C``, ``(C)``, ``temp_c``, ``tempC``, ``Temperature C``, ``Celsius``."""
    return re.compile(
        rf"{_DEGREE}\s?{letter}(?![^\W_])|{sign}|(?i:(?<![^\W_]){word})|[(\[]\s*{letter}\s*[)\]]"
        rf"|(?<=[a-z])_{letter.lower()}(?![^\W_])|^T[ _]?{letter}$|(?:(?<=temp)|(?<=emperature)){letter}$"
        rf"|(?i:(?:(?<=temp)|(?<=temperature))[\s/,:]+){letter}$"
    )


_UNITS = {
    "C": _unit_pattern("C", "celsius", "℃"),
    "F": _unit_pattern("F", "fahrenheit", "℉"),
    "K": re.compile(
        r"(?i:(?<![^\W_])kelvin)|[(\[]\s*K\s*[)\]]|(?<=[a-z])_k(?![^\W_])|(?i:(?:(?<=temp)|(?<=temperature))[\s/,:]+)K$"
    ),
}
_NAMED_TEMPERATURE = re.compile(
    r"temp(?:erature?s?|eratura|érature|\.)?(?![a-zé])|teplot|lämpötila|lampotila|hőmérséklet|homerseklet|sıcaklık|sicaklik"
    r"|temperatuur|θερμοκρασία|температур|温度|온도",
    re.IGNORECASE,
)
_NOT_THE_PROBE = _words(
    r"""dew(?:\s?p(?:oin)?t)?\w* dp td taupunkt точка.росы kastepiste\w* daggpunkt\w* dauwpunt\w* duggpunkt\w*
    punkt.rosy punto.di.rugiada ponto.de.orvalho rosn\w* roc[ií]o ros[ée]e frost.?p(?:oin|unk)t\w* wet.?bulb
    heat.?index humidex feels.?like wind.?chill set.?p(?:oin|unk)t\w* sp setting\w* target soll\w* consign[ea]\w* ajuste
    žádan\w* nastaven\w* börvärde\w* asetusarvo\w* alarm\w* alert\w* limit\w* límite\w* \w*grenz\w* mez threshold\w*
    schwell\w* seuil\w* umbral\w* offset calib\w* correction hk cpu chip board pcb batt(?:ery)? mkt
    delta diff\w* rate uncertainty error out.?of.?limits?"""
)
_STATISTIC = _words(
    r"""max maxim\w* massim\w* máx\w* min minim\w* mín\w* höchst\w* tiefst\w* avg average mean std std\.?.?dev\w* stdev
    deviation median mittel\w* durchschnitt\w* moyenn\w* promedio media průměr\w* range sum count"""
)
_QUANTITY = re.compile(
    "%|"
    + _EDGE.format(
        "(?:r\\.?h|humidity|hum|feuchte|luftfeuchte|lux|lx|volts?|v|mv|batt?|battery|intensity|light|pressure|hpa|mbar|kpa"
        "|ppm|co2|pm2\\.?5|uv|rssi|dbm|mg/l|swp|do)"
    ),
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"coupler|host connect|stopped|end of file|bad battery|good battery|interval change|button|marker|event|started"
    r"|detached|attached|water detect|new interval|chan(?:nel)? ?off",
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
    re.compile(r"[,/\s]*[(\[]?\s*(?:°|º|˚|\ufffd|\?|\*|Â°|(?<=\W)o|deg(?:rees?)?\s?|(?<=[(\[]))\s?[CFK]\s*[)\]]?\s*$"),
)
_LABELLED = re.compile(r"LBL:\s*([^,)]+)", re.IGNORECASE)
_SOURCE = _words(
    """sensor sensor.?id device device.?id device.?name probe logger logger.?id transmitter station entity_id location
    channel tag node site refrigerator fridge unit.?id"""
)
_LONGEST = 500
"""Characters of a heading; what is longer (the widest real one has about 100) is no heading, and slow to look at."""

_SERIAL_DIGITS = 5
"""Fewer digits may be part of a word, such as ISO8601."""

_INDEX = frozenset(["#", "no", "no.", "nr", "nr.", "index", "idx", "row", "record", "id", "entry_id", "sample", "n"])


def classify(cells: Sequence[str]) -> list[Column]:
    """What each heading of a row says."""
    return [_column(index, re.sub(r"\s+", " ", cell.strip().strip('"').strip())) for index, cell in enumerate(cells)]


@lru_cache(4_096)  # folders hold thousands of files with the same headings
def _column(index: int, label: str) -> Column:
    if len(label) > _LONGEST:
        return Column(index, label[:_LONGEST], label[:_LONGEST], Kind.OTHER)
    name = label
    for trimming in _TRIMMINGS:
        name = trimming.sub("", name).strip() or name
    labelled = _LABELLED.search(label)
    if labelled:
        name = labelled[1].strip()
    serial = next((match[1] for pattern in _SERIALS if (match := pattern.search(label))), None)
    kind, unit = _told(_without_digits(label, serial), _without_digits(name, serial))
    return Column(index, label, name.rstrip(" ,:;"), kind, unit, serial)


def _without_digits(text: str, serial: str | None) -> str:
    """A text with zeros for a serial number, which says nothing of the column: each logger of a folder has its own."""
    if serial is None or len(serial) < _SERIAL_DIGITS or not (serial.isascii() and serial.isdecimal()):
        return text
    return text.replace(serial, "0" * len(serial))


@lru_cache(4_096)
def _told(label: str, name: str) -> tuple[Kind, str | None]:
    """What a heading is for, and its unit where one is asked for."""
    kind = _kind(label, name)
    return kind, unit_of(label) if kind in (Kind.TEMPERATURE, Kind.STATISTIC, Kind.OTHER) else None


def unit_of(label: str) -> str | None:
    """``C``, ``F`` or ``K`` where a heading states one."""
    found = [unit for unit, pattern in _UNITS.items() if pattern.search(label)]
    return found[0] if len(found) == 1 else None


def _kind(label: str, name: str) -> Kind:
    lowered = label.lower()
    if lowered in _INDEX:
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
