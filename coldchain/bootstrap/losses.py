"""What the broker lost before it reached us: messages that it dropped, and our whole session.

A broker gives a publisher its PUBACK and may drop the message all the same, when a queue is full. Mosquitto counts such
messages under ``$SYS``; the count is compared with the one that the record remembers, so that nothing that happened
while the service was away goes unnoticed. It goes into the ledger, and people are told: only the sensors' own memories
or their gateways can bring it back.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from coldchain.records import Store, announcements, ledger

EVERY_S = 60.0
_SUBJECT = "coldchain/broker"


@dataclass(frozen=True)
class BrokerCounts:
    """What a broker says now.

    Attributes:
        where: Its address, and under which name we have our session there.
        dropped: Messages that it dropped since its own start; ``None`` where it does not say.
        new_sessions: How often, in this life of ours, it knew nothing of our session.
    """

    where: str
    dropped: int | None
    new_sessions: int


@dataclass
class Losses:
    """Compares what the broker says with what is remembered.

    Attributes:
        store: Remembers.
        counts: What the broker says now; ``None`` where there is none, or it is not connected.
        happened: Tells people: which part, and one sentence.
        clock_ms: The time, UTC ms.
    """

    store: Store
    counts: Callable[[], BrokerCounts | None]
    happened: Callable[[str, str], None]
    clock_ms: Callable[[], int]
    _sessions_seen: int = 0

    def turn(self) -> None:
        """Look once; raises what the broker or the database raise, and then loses nothing."""
        now = self.counts()
        if now is None:
            return
        with self.store.transaction() as tx:
            before: dict[str, Any] = json.loads(announcements.one(tx, _SUBJECT, now.where) or b"{}")
            found = list(self._found(now, before))
            after = {"dropped": now.dropped if now.dropped is not None else before.get("dropped")}
            if after != before:
                announcements.keep(tx, [(_SUBJECT, now.where, json.dumps(after).encode(), self.clock_ms())])
            for kind, body, _ in found:
                ledger.append(tx, self.clock_ms(), kind, now.where, body)
        self._sessions_seen = now.new_sessions
        for _, _, sentence in found:
            self.happened("broker", sentence)

    def _found(self, now: BrokerCounts, before: dict[str, Any]) -> list[tuple[str, dict[str, Any], str]]:
        found: list[tuple[str, dict[str, Any], str]] = []
        if before and now.new_sessions > self._sessions_seen:
            sentence = f"the MQTT broker at {now.where} has lost our session and every message that it kept for us"
            found.append(("broker.session-lost", {}, f"{sentence}: have gateways repeat what they sent meanwhile"))
        known = before.get("dropped")
        if now.dropped is not None and known is not None:
            more = now.dropped - known if now.dropped >= known else now.dropped  # it counts from its own start
            if more > 0:
                sentence = f"the MQTT broker at {now.where} has dropped {more} messages after acknowledging them"
                more_of_it = "raise max_queued_messages there, and have gateways repeat what they sent meanwhile"
                found.append(("broker.dropped", {"messages": more, "total": now.dropped}, f"{sentence}: {more_of_it}"))
        return found
