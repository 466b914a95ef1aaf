"""A pharmacy for tests of live preparations: a bench and a refrigerator with probes, a nurse, and a clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from coldchain.domain.product import Attested, Event
from coldchain.monitoring.due import run_due
from coldchain.monitoring.incoming import Incoming
from coldchain.monitoring.ingest import ingest
from coldchain.monitoring.reasons import WARN_BEFORE_MS
from coldchain.payloads import Decoded
from coldchain.records import Store, accounts, alerts, places, preparations
from coldchain.records.accounts import Account
from coldchain.records.alerts import Alert
from coldchain.records.prepared import Prepared, prepared
from coldchain.reviewing import preparing
from coldchain.rulebook.book import load_rulebook, parse_product

MINUTE = 60_000
DAY = 1_795_262_400_000 // 86_400_000 * 86_400_000
"""A midnight, UTC ms: 21 November 2026."""

CHANNELS = (("smtp", "pharmacy"), ("webhook", "ops"))
BOOK = load_rulebook()
ATTESTED = (Attested.CLEAR, Attested.NO_DISCOLOURATION, Attested.FROM_LIGHT)


def at(clock: str) -> int:
    """A time of the day, UTC ms: ``"08:20"``, ``"16:00:00.001"``."""
    hours, minutes, *seconds = clock.split(":")
    return DAY + (int(hours) * 60 + int(minutes)) * MINUTE + round(float(seconds[0] if seconds else 0) * 1000)


@dataclass
class Pharmacy:
    """A bench at 22 °C, a refrigerator at 5 °C, a cupboard without a sensor; the clock stands until it is moved."""

    store: Store
    now_ms: int = at("07:00")
    warn_before_ms: Sequence[int] = WARN_BEFORE_MS
    people: dict[str, Account] = field(default_factory=dict)

    def furnish(self) -> "Pharmacy":
        """Hang the sensors and let people in."""
        with self.store.transaction() as tx:
            for name, title in (("bench", "Bench"), ("fridge", "Refrigerator 2"), ("cupboard", "Cupboard")):
                places.put_location(tx, name, title, "Day clinic")
            for role in ("nurse", "pharmacist", "auditor", "administrator"):
                self.people[role] = accounts.add(tx, role, f"{role.capitalize()} Example", role, "hash", self.now_ms)
        self.hang("bench-probe", "bench").hang("fridge-probe", "fridge")
        return self

    def hang(self, sensor: str, location: str, since: str = "00:00", **known: object) -> "Pharmacy":
        """Hang a sensor somewhere."""
        with self.store.transaction() as tx:
            found = places.put_sensor(tx, sensor, now_ms=at(since), **known)  # type: ignore[arg-type]
            where = places.location_named(tx, location)
            assert where is not None
            places.place(tx, found, where.id, at(since), at(since))
        return self

    def steady(
        self, sensor: str, celsius: float, first: str, last: str, silent: tuple[str, str] | None = None
    ) -> "Pharmacy":
        """A sensor sends one value every five minutes, perhaps with a silence; nothing is looked at meanwhile."""
        instants = range(at(first), at(last) + 1, 5 * MINUTE)
        kept = [one for one in instants if silent is None or not at(silent[0]) < one < at(silent[1])]
        self.send(sensor, [(one, celsius) for one in kept])
        return self

    def send(self, sensor: str, readings: Sequence[tuple[int, float]]) -> None:
        """Readings arrive together, when the last one is measured or now, whichever is later."""
        received_ms = max(self.now_ms, readings[-1][0])
        batch = [
            Incoming(
                "mqtt", f"t/{sensor}", f"t/{sensor}", f"{at_ms} {celsius}".encode(), received_ms,
                (Decoded(sensor, "", at_ms, round(celsius * 1000), None, str(celsius)),),
            )
            for at_ms, celsius in readings
        ]  # fmt: skip
        ingest(self.store, batch, received_ms, CHANNELS)

    def usual_day(self, until: str = "18:00") -> "Pharmacy":
        """Both probes as they should be."""
        return self.steady("bench-probe", 22, "07:00", until).steady("fridge-probe", 5, "07:00", until)

    def ring(self, clock: str | int) -> "Pharmacy":
        """It becomes so late, and the bell rings."""
        self.now_ms = at(clock) if isinstance(clock, str) else clock
        run_due(self.store, self.now_ms, CHANNELS, self.warn_before_ms)
        return self

    def start(
        self, clock: str = "08:00", product: str = "besponsa", event: Event = Event.RECONSTITUTED,
        location: str = "bench", item: str = "vial 3", text: str | None = None,
    ) -> str:  # fmt: skip
        """A preparation is begun; its number."""
        self.now_ms = at(clock)
        file = BOOK.text(product) if text is None else text
        found = parse_product(file, "test.yaml")
        return preparing.start(
            self.store, found, file, event, location, item, self.people["nurse"], self.now_ms
        )  # fmt: skip

    def happens(self, number: str, event: Event, clock: str) -> "Pharmacy":
        """The nurse says that something happens now."""
        self.now_ms = at(clock)
        preparing.record(self.store, number, event, self.people["nurse"], self.now_ms)
        return self

    def moves(self, number: str, location: str, clock: str) -> "Pharmacy":
        """The nurse takes it elsewhere."""
        self.now_ms = at(clock)
        preparing.move(self.store, number, location, self.people["nurse"], self.now_ms)
        return self

    def attests(self, number: str, clock: str, what: Sequence[Attested] = ATTESTED) -> "Pharmacy":
        """The nurse attests."""
        self.now_ms = at(clock)
        for each in what:
            preparing.attest(self.store, number, each, self.people["nurse"], self.now_ms)
        return self

    def good_day(self) -> str:
        """The worked case of a Besponsa vial, as it should be, up to its use at 15:59."""
        number = self.start("08:00")
        self.attests(number, "08:05").moves(number, "fridge", "08:20").moves(number, "bench", "11:50")
        self.happens(number, Event.DILUTED, "11:55").moves(number, "fridge", "12:10").moves(number, "bench", "14:40")
        self.happens(number, Event.INFUSION_STARTED, "15:45").happens(number, Event.INFUSION_ENDED, "15:59")
        return number

    def whole(self, number: str) -> Prepared:
        """A preparation as the record has it now."""
        with self.store.reading() as tx:
            found = preparations.one(tx, number)
            return prepared(tx, found, parse_product(found.product_file, "frozen"), self.now_ms)

    def verdict(self, number: str) -> str:
        """What became of it up to now."""
        return self.whole(number).judged(self.now_ms).verdict.value

    def alerts(self) -> list[Alert]:
        """Every alert of preparations, in the order raised."""
        with self.store.reading() as tx:
            return [one for one in alerts.alerts(tx) if one.preparation_id is not None]

    def told(self) -> list[tuple[str, str, str]]:
        """Every alert of preparations: kind, what it is about, when it was raised."""
        return [(one.kind, one.body["preparation"]["about"], _clock(one.raised_ms)) for one in self.alerts()]

    def open(self) -> list[str]:
        """What uncleared alerts are about."""
        return [one.body["preparation"]["about"] for one in self.alerts() if one.cleared_ms is None]


def _clock(at_ms: int) -> str:
    seconds, milliseconds = divmod(at_ms - DAY, 1000)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    rest = f"{seconds % 60:02d}.{milliseconds:03d}"
    return clock if rest == "00.000" else f"{clock}:{rest}"
