"""What devices say of themselves once, and leave out of their readings: births, descriptions, configurations."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from coldchain.payloads.homeassistant import device_of
from coldchain.payloads.message import damaged, sensor_name

Announced: TypeAlias = Mapping[str, Mapping[str, bytes]]
"""Payloads by subject and name: ``{"spBv1.0/ward/edge-1": {"": NBIRTH, "probe-7": DBIRTH}}``."""

NOTHING_ANNOUNCED: Announced = MappingProxyType({})

LONGEST_NAME = 500
"""What the record's columns hold, in characters."""
MOST_BYTES = 256 << 20
"""What all announcements together may hold in memory."""


class Announcements:
    """The newest announcement of each subject and name; `known` is what decoders look into.

    A discovery configuration, whose subject is a state topic, is found under its device as well.
    """

    def __init__(self, kept: Iterable[tuple[str, str, bytes]] = ()) -> None:
        self._known: dict[str, dict[str, bytes]] = {}
        self._bytes = 0
        for subject, name, payload in kept:
            self.note(subject, name, payload)

    @property
    def known(self) -> Announced:
        """Everything announced so far."""
        return self._known

    def note(self, subject: str, name: str, payload: bytes) -> bool:
        """Take an announcement in, and whether it says anything new.

        Raises:
            PayloadRefused: Its topic is too long or does not print, or there are more announcements than memory is
                meant for.
        """
        if max(len(subject), len(name)) > LONGEST_NAME:
            raise damaged(f"the topic is longer than {LONGEST_NAME} characters")
        sensor_name(subject + name, 2 * LONGEST_NAME)
        about = self._known.get(subject, {})
        before = about.get(name)
        if before == payload:
            return False
        more = len(payload) - (len(before) if before is not None else 0)
        if self._bytes + more > MOST_BYTES:
            raise damaged(f"all descriptions of devices together hold more than {MOST_BYTES} bytes")
        self._known.setdefault(subject, {})[name] = payload
        self._bytes += more
        self._note_device(name, before, payload)
        return True

    def _note_device(self, name: str, before: bytes | None, payload: bytes) -> None:
        was, device = None if before is None else device_of(name, before), device_of(name, payload)
        if was is not None:
            self._known[was].pop(name, None)
        if device is not None:
            self._known.setdefault(device, {})[name] = payload
