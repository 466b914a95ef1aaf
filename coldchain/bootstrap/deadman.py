"""A sign of life to somebody outside, so that the monitor's own silence is noticed; off unless configured.

Whoever listens (a monitoring host, a service such as healthchecks) raises the alarm when the signs stop: when this
machine, its network or the service is gone, or when the service finds that its own way in does not work.
"""

import http.client
import ssl
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from coldchain.errors import DeliveryFailed
from coldchain.version import __version__
from coldchain.web.services import Check

_TIMEOUT_S = 10.0


class SignOfLife:
    """Asks for one address (GET), while all is well.

    Args:
        url: The address; never shown, it may hold a token.
        health: Every part of the way in, looked at now.
    """

    def __init__(self, url: Callable[[], str], health: Callable[[], Sequence[Check]]) -> None:
        self._url, self._health = url, health

    def send(self) -> None:
        """Send one; where a part of the way in does not work, none is sent.

        Raises:
            DeliveryFailed: It was not taken; redirects are not followed.
        """
        if not all(check.ok for check in self._health()):
            return
        parts = urlsplit(self._url())
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection = _connection(parts.scheme, parts.hostname or "", parts.port)
        where = f"the sign of life to {parts.hostname}"
        try:
            connection.request("GET", path, headers={"User-Agent": f"coldchain/{__version__}"})
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise DeliveryFailed(f"{where} was not taken: {error}", retry=True) from error
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise DeliveryFailed(f"{where} was answered by {status}", retry=True)


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=_TIMEOUT_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
