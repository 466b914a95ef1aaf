"""Sensors that send far more often than any refrigerator needs: found, shown and told at once; nothing is dropped.

Such a sensor is set wrongly, broken or hostile, and fills the disk: somebody has to look today, not after the next
morning's notice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from coldchain.domain.devices import Complaint, DeviceFinding
from coldchain.records import Store, device_findings, places, watching
from coldchain.records.device_findings import Finding
from coldchain.records.store import Transaction
from coldchain.reviewing.device_words import Compared, sentence

TURN_EVERY_S = 60.0
COUNTED_MIN = 5
"""Counted for so long: what a sensor says at once after a silence is no hurry."""
_ENDS_AT = 0.8
_MOST_NAMED = 5
"""Sensors that hang nowhere are many where names are invented: the first ones are named."""


@dataclass
class Paces:
    """Looks at how often sensors send, once a minute.

    Attributes:
        store: The record.
        clock_ms: The time, UTC ms.
        more_than: Which sensors sent more readings than that since the counting began, and for how many seconds was
            counted.
        begin: Begins to count anew.
        tell: Tells people of what is no sensor's finding, because it hangs nowhere.
        per_minute: What a sensor may send.
        fast: The sensors that send too often now, by the newest look.
    """

    store: Store
    clock_ms: Callable[[], int]
    more_than: Callable[[float], tuple[Mapping[int, int], float]]
    begin: Callable[[], None]
    tell: Callable[[str], None]
    per_minute: int = 60
    fast: frozenset[int] = frozenset()
    _told: set[int] = field(default_factory=set)

    def turn(self) -> bool:
        """Look, and write down what begins and what is over; whether anything changed."""
        allowed = self.per_minute * COUNTED_MIN
        found, over_s = self.more_than(allowed)
        whole = over_s >= COUNTED_MIN * 60
        still = set(self.more_than(allowed * _ENDS_AT)[0]) if whole else None
        changed = False
        if found or still is not None:
            with self.store.reading() as tx:
                standing = self._standing(tx)
            over = [each for each in standing.values() if still is not None and each.sensor_id not in still]
            if found or over:
                changed = self._write(found, over_s, over)
        self.fast = frozenset(found) | (frozenset() if whole else self.fast)
        if still is not None:
            self._told &= still
            self.begin()
        return changed

    def _write(self, found: Mapping[int, int], over_s: float, over: list[Finding]) -> bool:
        now_ms = self.clock_ms()
        with self.store.transaction() as tx:
            standing, where = self._standing(tx), watching.where_they_hang(tx, found)
            for sensor_id, count in found.items():
                said = _said(count, over_s, now_ms)
                before = standing.get(sensor_id)
                if before is not None:
                    device_findings.go_on(tx, before, sentence(said, Compared()))
                elif sensor_id in where:
                    device_findings.begin(
                        tx, sensor_id, Complaint.RATE.value, None, where[sensor_id], said.since_ms,
                        sentence(said, Compared()), now_ms,
                    )  # fmt: skip
            for each in over:
                device_findings.end(tx, each, now_ms)
            homeless = [each for each in found if each not in where and each not in self._told]
            named = [places.sensor_numbered(tx, each).name for each in homeless[:_MOST_NAMED]]
        if homeless:
            self._told |= set(homeless)
            self.tell(_of_homeless(named, homeless, found, over_s, now_ms))
        return bool(set(found) & set(where) or over)

    @staticmethod
    def _standing(tx: Transaction) -> dict[int, Finding]:
        return {
            each.sensor_id: each
            for each in device_findings.standing(tx)
            if each.complaint == Complaint.RATE.value
        }  # fmt: skip


def _said(count: int, over_s: float, now_ms: int) -> DeviceFinding:
    per_minute = round(count * 60 / max(over_s, 60.0))
    return DeviceFinding(Complaint.RATE, now_ms - round(over_s * 1000), per_minute, count)


def _of_homeless(
    named: list[str], homeless: list[int], found: Mapping[int, int], over_s: float, now_ms: int
) -> str:  # fmt: skip
    first = sentence(_said(max(found[each] for each in homeless), over_s, now_ms), Compared())
    more = f" and {len(homeless) - len(named)} more" if len(homeless) > len(named) else ""
    which = ", ".join(repr(each) for each in named)
    return f"{which}{more}, which {'hangs' if len(homeless) == 1 else 'hang'} nowhere: the fastest {first}"
