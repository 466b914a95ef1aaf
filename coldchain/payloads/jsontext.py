"""JSON as the device wrote it: every number keeps its very text, and nothing doubtful is settled silently."""

import json
from typing import TypeAlias

from coldchain.payloads.message import damaged

LARGEST_PAYLOAD_BYTES = 1 << 20
"""1 MiB: some ten thousand buffered readings; what is larger is no sensor's message."""


class Number(str):
    """A JSON number's text. ``NaN`` and ``Infinity``, which are not JSON but are sent, come as their words."""

    __slots__ = ()


Json: TypeAlias = "bool | str | list[Json] | dict[str, Json] | None"
"""A JSON value; a number is a `Number`, which is a ``str`` too."""


def parse(payload: bytes) -> Json:
    """One JSON document.

    Raises:
        PayloadRefused: ``damaged``: too large, not UTF-8, not JSON, nested too deeply, or one key with two values.
    """
    text = text_of(payload)
    try:
        value: Json = json.loads(
            text, parse_float=Number, parse_int=Number, parse_constant=Number, object_pairs_hook=_unambiguous
        )
    except json.JSONDecodeError as error:
        raise damaged(f"the payload is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise damaged("the payload is nested too deeply") from error
    return value


def parse_object(payload: bytes) -> dict[str, Json]:
    """One JSON object; raises as `parse` does, and for any other value."""
    value = parse(payload)
    if not isinstance(value, dict):
        raise damaged(f"the payload is {kind(value)}, not a JSON object")
    return value


def text_of(payload: bytes) -> str:
    """The payload as text, without a byte order mark; raises where it is too large, empty or not UTF-8."""
    if len(payload) > LARGEST_PAYLOAD_BYTES:
        raise damaged(f"the payload has {len(payload)} bytes; more than {LARGEST_PAYLOAD_BYTES} are refused")
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise damaged(f"the payload is not UTF-8 text: byte {error.start} cannot be") from error
    if not text.strip():
        raise damaged("the payload is empty")
    return text


def kind(value: Json) -> str:
    """What a value is, in words."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case Number():
            return "a number"
        case str():
            return "a text"
        case list():
            return "an array"
        case dict():
            return "an object"


def shown(value: Json) -> str:
    """A value as it stood in the message, for people; long ones are cut."""
    text = value if isinstance(value, str) else "null" if value is None else _written(value)
    text = text if len(text) <= 200 else f"{text[:199]}…"
    return text.encode("utf-8", "replace").decode()  # a lone surrogate would fit into no database


def _written(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return kind(value)


def _unambiguous(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, value in pairs:
        if key in found and found[key] != value:
            raise damaged(f"the payload says {key!a} twice, with different values")
        found[key] = value
    return found
