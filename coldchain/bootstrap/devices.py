"""The settings' say on sensors as devices: from when on something is spoken of, and who looks after them."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from coldchain.bootstrap.channels import Key, device_targets
from coldchain.monitoring.pace import pace_of
from coldchain.records import Store
from coldchain.reviewing.device_paces import Paces
from coldchain.reviewing.device_rounds import Rounds
from coldchain.reviewing.devices import Thresholds
from coldchain.settings import Settings


def thresholds_of(settings: Settings) -> Thresholds:
    """From when on something is spoken of."""
    said = settings.devices
    return Thresholds(said.low_battery_pct, said.calibration_notice_days, ZoneInfo(settings.tz))


def rounds_of(settings: Settings, store: Store, clock_ms: Callable[[], int], channels: Sequence[Key]) -> Rounds:
    """The rounds over all sensors."""
    targets = device_targets(settings, channels)
    return Rounds(store, clock_ms, targets, thresholds_of(settings), settings.devices.tell_at_minute)


def paces_of(settings: Settings, store: Store, clock_ms: Callable[[], int], tell: Callable[[str], None]) -> Paces:
    """The looks at how often sensors send; ``tell`` gets what is no sensor's finding."""
    pace = pace_of(store)
    return Paces(store, clock_ms, pace.more_than, pace.begin, tell, settings.bounds.sensor_per_minute)
