"""Who may connect to the embedded broker, and what each may do there.

An account of the settings is a gateway's and may publish for every sensor. An account of the file is a device's: it may
publish as itself and as nobody else, as `deploy/mosquitto/acl` says it for Mosquitto. What changes in the file holds
within seconds.
"""

import hmac
import logging
import secrets
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from coldchain.device_accounts import NOBODY, is_password, new_password, read_accounts
from coldchain.errors import SettingsError
from coldchain.monitoring.arriving import CANARY_TOPIC, STATUS_TOPIC, is_our_own

_log = logging.getLogger(__name__)

READINGS = "coldchain/readings/"
LOOKED_AT_EVERY_S = 2.0
"""How often it is looked whether the file has changed."""


class Accounts:
    """Everybody who may connect, as the file is now.

    Args:
        gateways: Names and passwords of those who may speak for every sensor.
        file: The devices' accounts; ``None``: there are none.

    Attributes:
        own: The service's own account, which nobody else can have: for its test messages.
    """

    def __init__(self, gateways: Mapping[str, str] | None = None, file: Path | None = None) -> None:
        self._gateways, self._file = dict(gateways or {}), file
        self.own = (f"coldchain-{secrets.token_hex(8)}", new_password())
        self._devices: dict[str, str] = {}
        self._read: tuple[int, int, int] | None = None
        self._looked_s = 0.0
        self._lock = threading.Lock()
        if file is not None:
            self._devices, self._read = read_accounts(file), _stamp(file)

    @property
    def open_to_all(self) -> bool:
        """Whether there are no accounts, and nobody is asked."""
        return not self._gateways and self._file is None

    def lets_in(self, name: str | None, password: str | None) -> bool:
        """Whether that is an account and its password; an unknown name takes as long. To be called in a thread."""
        if self.open_to_all:
            return True
        self._look()
        plain = dict([self.own]) | self._gateways
        given, kept = password or "", self._devices.get(name or "", NOBODY)
        if name in plain:
            return hmac.compare_digest(plain[name].encode(), given.encode("utf-8", "surrogatepass"))
        return is_password(kept, given) and name in self._devices

    def is_device(self, name: str | None) -> bool:
        """Whether an account that was let in is a device's."""
        return not self.open_to_all and name not in self._gateways and name != self.own[0]

    def may_publish(self, name: str | None, topic: str) -> bool:
        """Whether an account that was let in may publish there: a device as itself, while it is in the file."""
        if self.open_to_all or name in self._gateways:
            return not is_our_own(topic)
        if name == self.own[0]:
            return topic == CANARY_TOPIC
        self._look()
        own = f"{READINGS}{name}"
        return name in self._devices and (topic == own or topic.startswith(f"{own}/"))

    def may_subscribe(self, name: str | None, topic_filter: str) -> bool:
        """Whether an account that was let in may hear that: a device learns only when the service comes and goes."""
        return not self.is_device(name) or topic_filter == STATUS_TOPIC

    def _look(self) -> None:
        """Read the file again where it has changed; one that cannot be read changes nothing."""
        now_s = time.monotonic()
        with self._lock:
            if self._file is None or now_s - self._looked_s < LOOKED_AT_EVERY_S:
                return
            self._looked_s = now_s
            stamp = _stamp(self._file)
            if stamp == self._read:
                return
            self._read = stamp
            try:
                self._devices = read_accounts(self._file)
                _log.info("the devices' accounts were read again: there are %d", len(self._devices))
            except SettingsError as error:
                _log.error("the devices' accounts stay as they were: %s", error)


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """What tells whether a file has changed."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
