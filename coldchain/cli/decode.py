"""``coldchain decode``: what the payload decoders make of one MQTT message."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from coldchain.payloads import Announced, Declared, Decoded, Report

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
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--text", action="store_true", help="readings, and what devices say of themselves, a line each, for people"
    )
    form.add_argument(
        "--json",
        action="store_true",
        help="one object: readings, what devices say of themselves (battery, radio, firmware), and what is unusable",
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help="the payload; standard input without it")


def run(arguments: argparse.Namespace) -> int:
    """Print what the message says; 1 where a value or the whole message cannot be used."""
    import sys
    import time

    from coldchain.domain.quality import Fault
    from coldchain.errors import PayloadRefused
    from coldchain.payloads import decode, reports_of

    decoder, declared, payload = _decoder(arguments), _declared(arguments), _payload(arguments.file)
    try:
        announced = _announced(decoder, arguments.after)
        decoded = decode(decoder, arguments.topic, payload, declared=declared, announced=announced)
    except PayloadRefused as refusal:
        print(f"coldchain: {refusal.reason}: {refusal}", file=sys.stderr)
        return 1
    devices = reports_of(decoder, arguments.topic, payload, announced=announced)
    _print(arguments, decoded, devices, time.time_ns() // 1_000_000)
    return 1 if any(each.fault not in (None, Fault.MISSING) for each in decoded) else 0


def _print(
    arguments: argparse.Namespace, decoded: "list[Decoded]", devices: "tuple[Report, ...]", received_ms: int
) -> None:
    """Standard output as asked for; what is no temperature goes to standard error, one line each."""
    import json
    import sys

    from coldchain.cli import decode_output as output

    good = [each for each in decoded if each.fault is None]
    faulty = [each for each in decoded if each.fault is not None]
    shown = [output.reading_of(each, received_ms) for each in good]
    said = [output.device_in_words(each) for each in devices]
    if arguments.json:
        print(json.dumps(output.whole(shown, devices, faulty), ensure_ascii=False))
    elif arguments.text:
        lines = [output.reading_in_words(each, received_ms) for each in good] + said
        print("\n".join(lines or ["no temperature, and nothing of a device"]))
    else:
        print("[" + ",\n ".join(json.dumps(each, ensure_ascii=False) for each in shown) + "]")
    for each in faulty:
        print(f"coldchain: {output.fault_in_words(each)}", file=sys.stderr)
    if said and not (decoded or arguments.json or arguments.text):
        print(f"coldchain: no temperature, but {'; '.join(said)}", file=sys.stderr)


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
    from coldchain.payloads import DEFAULT_ROUTES, Announcements, Router, announcement

    announcements = Announcements()
    for each in earlier:
        topic, separator, file = each.partition("=")
        if not separator:
            raise UsageError(f"--after takes TOPIC=FILE, not {each!r}")
        payload = _payload(file)
        by_topic = Router(DEFAULT_ROUTES).decoder_for(topic)
        about = announcement(decoder, topic, payload) or (announcement(by_topic, topic, payload) if by_topic else None)
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
