"""What a Berlinger device found itself: its alarms and its daily summaries, as evidence beside our judging."""

import re
from collections.abc import Sequence
from datetime import date, time

from coldchain.domain.temperature import Unit, milli_c
from coldchain.errors import FileRefused
from coldchain.loggers.berlinger_tree import Node
from coldchain.loggers.logger_file import BeyondLimit, DailySummary, DeviceAlarm
from coldchain.loggers.number_texts import MISSING_WORDS, plain_number
from coldchain.loggers.wall_clock import WallClock


def device_alarms(results: Node, conf: Node, clock: WallClock, unit: Unit) -> tuple[DeviceAlarm, ...]:
    """The alarms of a Q-tag's one run, each occurrence by itself."""
    found = []
    settings = _settings(conf)
    alarms = results.child("Alarm")
    for alarm in alarms.children if alarms else ():
        setting = settings.get(alarm.key)
        for line in alarm.children:
            if "t A" not in line.values:
                continue
            found.append(
                DeviceAlarm(
                    name=f"alarm {alarm.key}",
                    kind=setting.value("Type") if setting else None,
                    limit_milli_c=_temperature(setting, "T AL", unit) if setting else None,
                    allowed_min=_count(setting, "t AL") if setting else None,
                    start_ms=clock.instant(line.values.get("TS S")),
                    minutes=_count(line, "t A") or 0,
                    trigger_ms=clock.instant(line.values.get("TS A")),
                    end_ms=clock.instant(line.values.get("TS E")),
                    extreme_milli_c=_temperature(line, "T M", unit),
                    extreme_ms=clock.instant(line.values.get("TS M")),
                    line=line.line,
                )
            )
    return tuple(found)


def daily_summaries(results: Node, conf: Node, unit: Unit) -> tuple[DailySummary, ...]:
    """A Fridge-tag's days, newest first as it writes them.

    Raises:
        FileRefused: ``damaged``: a day without its date or its values, as in a file that was cut.
    """
    settings = _settings(conf)
    days = []
    for day in results.children:
        if not day.key.isdigit():
            continue
        stated = day.child("Date")
        low, high, mean = day.child("Min T"), day.child("Max T"), day.child("Avrg T")
        if stated is None or low is None or high is None or mean is None or day.child("Alarm") is None:
            raise FileRefused(
                "damaged", f"line {day.line}: day {day.key} is incomplete; the file was cut or edited, export it again"
            )
        lowest, highest = _temperature(low, "Min T", unit), _temperature(high, "Max T", unit)
        if lowest is not None and highest is not None and lowest > highest:
            raise FileRefused("damaged", f"line {low.line}: Min T lies above Max T; the file was edited")
        days.append(
            DailySummary(
                day=_date(stated),
                min_milli_c=lowest,
                max_milli_c=highest,
                mean_milli_c=_temperature(mean, "Avrg T", unit),
                beyond=_beyond(day.child("Alarm"), settings, unit),
                sensor_silent_min=_silent(day),
                line=day.line,
                min_at=_time(low.values.get("TS Min T")),
                max_at=_time(high.values.get("TS Max T")),
            )
        )
    return tuple(days)


def alarms_of_days(days: Sequence[DailySummary], clock: WallClock) -> tuple[DeviceAlarm, ...]:
    """The alarms that stand in daily summaries, oldest first: a day's minutes beyond a limit and the moment it alarmed.

    ``00:00`` means that the alarm had been raised before and went on.
    """
    return tuple(
        DeviceAlarm(
            name=beyond.name,
            kind=None,
            limit_milli_c=beyond.limit_milli_c,
            allowed_min=beyond.allowed_min,
            start_ms=None,
            minutes=beyond.minutes,
            trigger_ms=clock.instant(f"{day.day.isoformat()} {beyond.triggered}"),
            end_ms=None,
            line=day.line,
        )
        for day in sorted(days, key=lambda day: day.day)
        for beyond in day.beyond
        if beyond.triggered
    )


def _settings(conf: Node) -> dict[str, Node]:
    alarms = conf.child("Alarm")
    return {alarm.key: alarm for alarm in alarms.children} if alarms else {}


def _beyond(alarms: Node | None, settings: dict[str, Node], unit: Unit) -> tuple[BeyondLimit, ...]:
    found = []
    for alarm in alarms.children if alarms else ():
        line = alarm.child("t Acc")
        setting = settings.get(alarm.key)
        if line is not None:
            found.append(
                BeyondLimit(
                    name=f"alarm {alarm.key}",
                    limit_milli_c=_temperature(setting, "T AL", unit) if setting else None,
                    allowed_min=_count(setting, "t AL") if setting else None,
                    minutes=_count(line, "t Acc") or 0,
                    triggered=line.values.get("TS A") or None,
                )
            )
    return tuple(found)


def _silent(day: Node) -> int:
    """Minutes without the probe that is used: the external one where there is one."""
    nodes = [node for node in (day.child("Ext Sensor timeout"), day.child("Int Sensor timeout")) if node]
    counts = [_count(node.children[0], "t AccST") or 0 for node in nodes if node.children]
    return counts[0] if counts else 0


def _date(node: Node) -> date:
    text = node.values.get("Date", "")
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise FileRefused("damaged", f"line {node.line}: {text!r} is no date; the file was cut or edited, export it again")


def _time(text: str | None) -> time | None:
    match = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", text or "")
    return time(int(match[1]), int(match[2])) if match else None


def _temperature(node: Node | None, key: str, unit: Unit) -> int | None:
    text = (node.value(key) or "") if node else ""
    if text.lower() in MISSING_WORDS:
        return None
    plain = plain_number(text)
    if plain is None or not node:
        raise FileRefused(
            "damaged", f"line {node.line if node else 0}, {key}: {text!r} is no temperature; the file was edited"
        )
    return milli_c(plain, unit)


def _count(node: Node | None, key: str) -> int | None:
    text = (node.value(key) or "") if node else ""
    if not text or text.lower() in MISSING_WORDS:
        return None
    if not re.fullmatch(r"[0-9]{1,7}", text) or not node:
        raise FileRefused(
            "damaged", f"line {node.line if node else 0}, {key}: {text!r} is no number of minutes; the file was edited"
        )
    return int(text)
