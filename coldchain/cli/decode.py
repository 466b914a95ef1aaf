"""``coldchain decode``: what the payload decoders make of one MQTT message."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from coldchain.payloads import Announced, Declared, Decoded

HELP = "show what the decoders make of one MQTT message"


def configure(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--topic", required=True, metavar="T", help="the topic the message was published to")
    parser.add_argument("--decoder", metavar="NAME", help="instead of the one that the topic tells")
    parser.add_argument("--tz", metavar="ZONE", help="the zone of device times that carry none, such as Europe/Oslo")
    parser.add_argument("--unit", choices=("C", "F", "K"), help="the unit of values that carry none")
    parser.add_argument(
        "--codec", metavar="NAME", help="how a LoRaWAN device writes its bytes: milesight, elsys, cayenne"
    )
    parser.add_argument(
        "--after",
        action="append",
        default=[],
        metavar="TOPIC=FILE",
        help="a message that came before: a birth, a description, a configuration; may be given several times",
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help="the payload; standard input without it")


def run(arguments: argparse.Namespace) -> int:
    """Print the readings as a JSON array; 1 where a value or the whole message cannot be used."""
    import json
    import sys
    import time

    from coldchain.domain.quality import Fault
    from coldchain.errors import PayloadRefused
    from coldchain.payloads import decode
    from coldchain.reporting.words import printable

    decoder, declared, payload = _decoder(arguments), _declared(arguments), _payload(arguments.file)
    try:
        announced = _announced(decoder, arguments.after)
        decoded = decode(decoder, arguments.topic, payload, declared=declared, announced=announced)
    except PayloadRefused as refusal:
        print(f"coldchain: {refusal.reason}: {refusal}", file=sys.stderr)
        return 1
    received_ms = time.time_ns() // 1_000_000
    good = [_shown(each, received_ms) for each in decoded if each.fault is None]
    print("[" + ",\n ".join(json.dumps(each, ensure_ascii=False) for each in good) + "]")
    faulty = [each for each in decoded if each.fault is not None]
    for each in faulty:
        probe = f"{each.sensor} {each.channel}".rstrip()
        written = " ".join(printable(each.text).split())
        print(f"coldchain: {printable(probe)}: {each.fault}: {written}", file=sys.stderr)
    return 1 if any(each.fault is not Fault.MISSING for each in faulty) else 0


def _decoder(arguments: argparse.Namespace) -> str:
    from coldchain.errors import UsageError
    from coldchain.payloads import DECODERS, DEFAULT_ROUTES, Router

    if arguments.decoder is not None:
        if arguments.decoder not in DECODERS:
            raise UsageError(f"there is no decoder {arguments.decoder!r}; there are {', '.join(DECODERS)}")
        return str(arguments.decoder)
    decoder = Router(DEFAULT_ROUTES).decoder_for(arguments.topic)
    if decoder is None:
        raise UsageError(
            f"the topic {arguments.topic!r} does not tell the system; name it with --decoder ({', '.join(DECODERS)})"
        )
    return decoder


def _declared(arguments: argparse.Namespace) -> "Declared":
    from coldchain.domain.temperature import Unit
    from coldchain.errors import UsageError
    from coldchain.payloads import CODECS, Declared

    if arguments.codec is not None and arguments.codec not in CODECS:
        raise UsageError(f"there is no codec {arguments.codec!r}; there are {', '.join(CODECS)}")
    unit = Unit(arguments.unit) if arguments.unit is not None else None
    return Declared(_zone(arguments.tz), unit, arguments.codec)


def _announced(decoder: str, earlier: list[str]) -> "Announced":
    from coldchain.errors import UsageError
    from coldchain.payloads import Announcements, announcement

    announcements = Announcements()
    for each in earlier:
        topic, separator, file = each.partition("=")
        if not separator:
            raise UsageError(f"--after takes TOPIC=FILE, not {each!r}")
        payload = _payload(file)
        about = announcement(decoder, topic, payload)
        if about is None:
            raise UsageError(f"the message of {topic} says nothing that {decoder} needs to know beforehand")
        announcements.note(*about, payload)
    return announcements.known


def _zone(name: str | None) -> "ZoneInfo | None":
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from coldchain.errors import UsageError

    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"there is no time zone {name!r}; write it like Europe/Oslo") from error


def _payload(file: str | None) -> bytes:
    import sys
    from pathlib import Path

    from coldchain.errors import UsageError

    if file is None or file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {(error.strerror or str(error)).lower()}") from error


def _shown(reading: "Decoded", received_ms: int) -> dict[str, object]:
    from datetime import UTC, datetime, timedelta

    from coldchain.domain.temperature import celsius

    at_ms = received_ms if reading.measured_ms is None else reading.measured_ms
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)
    return {
        "sensor": reading.sensor,
        "channel": reading.channel,
        "measured_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "time_from": "device" if reading.measured_ms is not None else "received",
        "temperature_c": None if reading.milli_c is None else celsius(reading.milli_c),
        "battery_pct": reading.battery_pct,
        "flags": list(reading.flags),
    }
