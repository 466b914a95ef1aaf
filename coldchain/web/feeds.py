"""How much each sender may bring over HTTP: a gateway gone wild waits, and delays nobody else's alerts."""

import math
from collections.abc import Callable

from coldchain.errors import TooMuch
from coldchain.monitoring.allowance import Allowance

REQUESTS_PER_S, READINGS_PER_S = 100, 1_000


class Feeds:
    """The allowances of all senders: tokens, webhooks, people; a sender has one of requests and one of readings.

    Args:
        requests_per_s, readings_per_s: Of each sender; a minute's worth may come at once.
    """

    def __init__(self, requests_per_s: float = REQUESTS_PER_S, readings_per_s: float = READINGS_PER_S) -> None:
        self._requests_per_s, self._readings_per_s = requests_per_s, readings_per_s
        self._senders: dict[str, tuple[Allowance, Allowance]] = {}
        self.refused: dict[str, int] = {}
        """How many requests of each sender were refused since the start."""

    def admit(self, sender: str) -> Callable[[int], None]:
        """Take one request; returns what is called with the number of its readings, once that is known.

        Raises:
            TooMuch: Nothing of it is to be looked at.
        """
        allowances = self._senders.get(sender)
        if allowances is None:
            allowances = Allowance(self._requests_per_s), Allowance(self._readings_per_s)
            self._senders[sender] = allowances
        requests, readings = allowances
        wait_s = max(requests.wait_s(), readings.wait_s())
        if wait_s > 0:
            self.refused[sender] = self.refused.get(sender, 0) + 1
            seconds = math.ceil(wait_s)
            raise TooMuch(
                f"{sender} sends more than {self._readings_per_s} readings or {self._requests_per_s} requests a second:"
                f" nothing of this was stored, send the same again in {seconds} s",
                seconds,
            )
        requests.take()
        return readings.take
