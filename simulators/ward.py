"""Eight refrigerators at once, each a thread with its own MQTT connection."""

import threading
import time
from collections.abc import Callable, Sequence

from coldchain.errors import ColdchainError
from simulators.device import Device
from simulators.publish import Publisher, Timeline, broadcast
from simulators.stories import EVERY_MS, HISTORY_MS, SPEED, Story


def clock_ms() -> int:
    """The time now, UTC ms."""
    return time.time_ns() // 1_000_000


class Refrigerator:
    """One story, sent reading by reading: what has been at once, what comes when it comes.

    Args:
        story: What happens.
        publisher: Its connection.
        seed: Decides its noise.
        now_ms: Where history ends and life begins.
        resume_ms: Readings up to here are known already and not sent again; ``None`` for all.
    """

    def __init__(self, story: Story, publisher: Publisher, seed: int, now_ms: int, resume_ms: int | None) -> None:
        self.story = story
        self.failure: Exception | None = None
        self._publisher = publisher
        self._seed, self._now_ms, self._resume_ms = seed, now_ms, resume_ms
        self._stop = threading.Event()
        self._caught_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name=story.sensor, daemon=True)

    def start(self) -> None:
        """Connect and begin.

        Raises:
            BrokerUnavailable: The broker does not answer.
        """
        self._publisher.connect()
        self._thread.start()

    def wait_for_history(self, until_s: float) -> None:
        """Return when everything of the past is confirmed, or at this moment of the monotonic clock."""
        while self._thread.is_alive() and not self._caught_up.wait(0.1) and time.monotonic() < until_s:
            pass

    @property
    def caught_up(self) -> bool:
        """Whether everything of the past is confirmed."""
        return self._caught_up.is_set()

    def stop(self) -> None:
        """Send no more and end the connection; what waits for the network is lost with the device."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(10)
        self._publisher.close()

    def _run(self) -> None:
        try:
            self._live()
        except Exception as error:  # noqa: BLE001 - kept, and shown by whoever watches the ward
            self.failure = error

    def _live(self) -> None:
        timeline = Timeline(self._now_ms, SPEED)
        device = Device(self.story.setting(self._now_ms), self._seed, self._now_ms - HISTORY_MS - EVERY_MS)
        samples = (timeline.real(sample) for sample in device.samples(EVERY_MS))
        known_ms = self._resume_ms
        wanted = samples if known_ms is None else (sample for sample in samples if sample.at_ms > known_ms)
        broadcast(wanted, self._publisher.send, clock_ms, self._wait)

    def _wait(self, seconds: float) -> bool:
        """The first time that there is something to wait for, the past has been handed over."""
        if not self._caught_up.is_set() and self._publisher.flush(timeout_s=60):
            self._caught_up.set()
        return self._stop.wait(seconds)


class Ward:
    """All refrigerators of the demo.

    Args:
        stories: What happens to each.
        connection: Makes the connection of a sensor.
        seed: Decides the noise of all.
        now_ms: Where history ends and life begins.
        resume_ms: Readings up to here are known already and not sent again.
    """

    def __init__(
        self,
        stories: Sequence[Story],
        connection: Callable[[str], Publisher],
        seed: int,
        now_ms: int,
        resume_ms: int | None = None,
    ) -> None:
        self.refrigerators = [
            Refrigerator(story, connection(story.sensor), seed * 100 + place, now_ms, resume_ms)
            for place, story in enumerate(stories)
        ]

    def start(self) -> None:
        """Connect all and begin to send."""
        for refrigerator in self.refrigerators:
            refrigerator.start()

    def wait_for_history(self, timeout_s: float) -> bool:
        """Wait until the broker has confirmed all that has been; whether it did within this time."""
        until_s = time.monotonic() + timeout_s
        for refrigerator in self.refrigerators:
            refrigerator.wait_for_history(until_s)
        self.check()
        return all(refrigerator.caught_up for refrigerator in self.refrigerators)

    def check(self) -> None:
        """Say it where a refrigerator has ended by itself.

        Raises:
            ColdchainError: With the first one's reason.
        """
        for refrigerator in self.refrigerators:
            if refrigerator.failure is not None:
                why = f"{type(refrigerator.failure).__name__}: {refrigerator.failure}"
                raise ColdchainError(
                    f"the simulated {refrigerator.story.title} stopped ({why})"
                ) from refrigerator.failure

    def stop(self) -> None:
        """Send no more."""
        for refrigerator in self.refrigerators:
            refrigerator.stop()
