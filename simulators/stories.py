"""Eight ward refrigerators, a different story each: seven days that were, and what happens from now on.

All times here are simulated ones. Up to ``now`` they are real; from then on the refrigerators live `SPEED` times as
fast as real ones (`simulators.publish.Timeline`), so that five minutes of theirs pass in five seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simulators.ambient import DAY_MS, Room
from simulators.device import Setting
from simulators.faults import HOUR_MS, MINUTE_MS, FaultName, Faults, again, at, together
from simulators.probe import Probe
from simulators.refrigerator import Cabinet

SPEED = 60.0
"""From now on five minutes of a refrigerator's life are five seconds of ours."""

EVERY_MS = 5 * MINUTE_MS
HISTORY_MS = 7 * DAY_MS
LATER_MS = 60 * DAY_MS
"""For so long from now on stories go on: a day on the clock."""

USUAL = Cabinet()
STEADY = Cabinet(hysteresis_c=0.6)
"""A cabinet whose temperature hardly swings."""


WARD_ROOM = Room(mean_c=21.5, swing_c=2.0)


@dataclass(frozen=True)
class Story:
    """One refrigerator of the demo.

    Attributes:
        location: Its short name; its sensor is ``<location>-probe``.
        title, area: For people.
        product, stage: By which rules it is judged.
        history: What the seven days show, in a few words.
        now: What happens while one watches, in a few words.
        faults: What happens to it, given the simulated instant of now.
        cabinet: What it is made of.
        uncertainty_milli_c: Its probe's calibration uncertainty.
        calibrated_days_ago: When its probe was calibrated, before the week began; it is due after a year.
        room: Around it.
    """

    location: str
    title: str
    area: str
    product: str
    stage: str
    history: str
    now: str
    faults: Callable[[int], Faults]
    cabinet: Cabinet = USUAL
    uncertainty_milli_c: int = 0
    calibrated_days_ago: int = 200
    room: Room = WARD_ROOM

    @property
    def sensor(self) -> str:
        """The name of its sensor, the last part of its topic."""
        return f"{self.location}-probe"

    def setting(self, now_ms: int) -> Setting:
        """Everything that makes this refrigerator, its faults placed around now."""
        return Setting(self.cabinet, self.room, Probe(), self.faults(now_ms))


def _every_day(now_ms: int, name: FaultName, before_now_ms: int, for_ms: int) -> Faults:
    """Once a day through the history."""
    return again(name, now_ms - HISTORY_MS + DAY_MS - before_now_ms, now_ms - HOUR_MS, DAY_MS, for_ms)


def _steady(now_ms: int) -> Faults:
    return together(
        [
            _every_day(now_ms, FaultName.DEFROST, 9 * HOUR_MS, 10 * MINUTE_MS),
            _every_day(now_ms, FaultName.LOADING, 3 * HOUR_MS, 15 * MINUTE_MS),
            again(FaultName.DEFROST, now_ms + 8 * HOUR_MS, now_ms + LATER_MS, DAY_MS, 10 * MINUTE_MS),
        ]
    )


def _door(now_ms: int) -> Faults:
    """Twice in the week; then from five simulated minutes on for forty, every six hours (six minutes of ours)."""
    return together(
        [
            at(FaultName.DOOR_LEFT_OPEN, now_ms - 5 * DAY_MS - 3 * HOUR_MS, 35 * MINUTE_MS),
            at(FaultName.DOOR_LEFT_OPEN, now_ms - 2 * DAY_MS + HOUR_MS, 50 * MINUTE_MS),
            again(FaultName.DOOR_LEFT_OPEN, now_ms + 5 * MINUTE_MS, now_ms + LATER_MS, 6 * HOUR_MS, 45 * MINUTE_MS),
        ]
    )


def _compressor(now_ms: int) -> Faults:
    """Failed three and a half hours ago; repaired after five more, to fail again the next day."""
    return again(FaultName.COMPRESSOR_FAILURE, now_ms - 210 * MINUTE_MS, now_ms + LATER_MS, DAY_MS, 510 * MINUTE_MS)


def _freezing(now_ms: int) -> Faults:
    """Froze for four hours three nights ago; set too cold for three hours now, by less than its probe is sure of."""
    return together(
        [
            at(FaultName.FREEZING_THERMOSTAT, now_ms - 3 * DAY_MS + 4 * HOUR_MS, 4 * HOUR_MS),
            at(FaultName.COLD_SETTING, now_ms - 3 * HOUR_MS, LATER_MS),
        ]
    )


def _power(now_ms: int) -> Faults:
    """Five hours without mains four days ago, after which the clock was wrong for two; now it jumps ahead at times."""
    return together(
        [
            at(FaultName.POWER_CUT, now_ms - 4 * DAY_MS, 5 * HOUR_MS),
            at(FaultName.CLOCK_RESET, now_ms - 4 * DAY_MS + 5 * HOUR_MS + 30 * MINUTE_MS, 2 * HOUR_MS),
            again(FaultName.CLOCK_JUMP, now_ms + 15 * MINUTE_MS, now_ms + LATER_MS, 4 * HOUR_MS, 20 * MINUTE_MS),
        ]
    )


def _probe(now_ms: int) -> Faults:
    """The plug was loose for half an hour two days ago, and is again since 50 minutes, for four more of ours."""
    return together(
        [
            at(FaultName.PROBE_DISCONNECT, now_ms - 2 * DAY_MS, 30 * MINUTE_MS),
            at(FaultName.PROBE_DISCONNECT, now_ms - 50 * MINUTE_MS, 50 * MINUTE_MS + 4 * HOUR_MS),
        ]
    )


def _wifi(now_ms: int) -> Faults:
    """No network since 75 minutes and for 75 seconds more; the door stood open meanwhile."""
    return together(
        [
            at(FaultName.WIFI_OUTAGE, now_ms - 75 * MINUTE_MS, 150 * MINUTE_MS),
            at(FaultName.DOOR_LEFT_OPEN, now_ms - 65 * MINUTE_MS, 35 * MINUTE_MS),
            again(FaultName.WIFI_OUTAGE, now_ms + 8 * HOUR_MS, now_ms + LATER_MS, 6 * HOUR_MS, HOUR_MS),
            again(FaultName.DOOR_LEFT_OPEN, now_ms + 485 * MINUTE_MS, now_ms + LATER_MS, 12 * HOUR_MS, 30 * MINUTE_MS),
        ]
    )


def _allowed(now_ms: int) -> Faults:
    """Loaded twice a day; the door stands open since half an hour before now."""
    return together(
        [
            _every_day(now_ms, FaultName.LOADING, 5 * HOUR_MS, 20 * MINUTE_MS),
            at(FaultName.DOOR_LEFT_OPEN, now_ms - 3 * DAY_MS - 2 * HOUR_MS, 35 * MINUTE_MS),
            at(FaultName.DOOR_LEFT_OPEN, now_ms - 25 * MINUTE_MS, LATER_MS),
        ]
    )


STORIES: tuple[Story, ...] = (
    Story(
        "ward-1", "Ward 1 refrigerator", "Neurology", "lemtrada", "unopened",
        "a quiet week: a defrost and a delivery each day", "stays in range", _steady, STEADY,
    ),
    Story(
        "ward-2", "Ward 2 refrigerator", "Oncology", "besponsa", "unopened",
        "the door stood open twice", "the door is left open in 5 s: out of range within 40 s", _door,
    ),
    Story(
        "pharmacy-1", "Pharmacy refrigerator 1", "Pharmacy", "natalizumab", "unopened",
        "quiet until the compressor failed 3 h 30 min ago", "out of range, and warming on for 5 min",
        _compressor, STEADY,
    ),
    Story(
        "ward-3", "Ward 3 refrigerator", "Neurology", "lemtrada", "unopened",
        "the thermostat froze it three nights ago", "set too cold, by less than its probe is sure of: possibly out",
        _freezing, Cabinet(hysteresis_c=0.3), 500,
    ),
    Story(
        "ward-4", "Ward 4 refrigerator", "Oncology", "besponsa", "unopened",
        "5 h without power, then a clock that said the year 2000", "its clock jumps 2 h ahead: quarantined",
        _power, STEADY, 0, 400,
    ),
    Story(
        "day-clinic", "Day clinic refrigerator", "Neurology", "natalizumab", "unopened",
        "the probe's plug was loose twice: −127 °C is no temperature", "no data for 50 min; plugged in again in 4 min",
        _probe, STEADY,
    ),
    Story(
        "ward-5", "Ward 5 refrigerator", "Oncology", "lemtrada", "unopened",
        "no network for the last 75 min", "comes back in 75 s and tells of a door that stood open meanwhile",
        _wifi, STEADY,
    ),
    Story(
        "pharmacy-2", "Pharmacy refrigerator 2", "Pharmacy", "demo-two-hours", "stored",
        "two deliveries a day", "out of range, still within its allowance", _allowed, STEADY,
    ),
)  # fmt: skip
"""The eight, in the order in which the console shows them."""

RULES = Path(__file__).parent / "rules"
"""The folder of the demo's own product file: real labels with an allowance are not among the shipped ones yet."""
