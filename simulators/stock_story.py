"""What lies in the demo's refrigerators and stands on its bench: lots on their whole way, prepared medicines.

Told with the acts that people do on the pages, at the moments at which they would have done them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from coldchain.domain.product import Attested, Event
from coldchain.loggers import Declared
from coldchain.records import Store, accounts, adoptions, items
from coldchain.records.accounts import Account
from coldchain.reviewing import preparing, stock
from coldchain.reviewing.shipping import import_leg
from coldchain.reviewing.splitting import split
from coldchain.reviewing.stock import Actor, NewItem
from coldchain.reviewing.whole_way import judged
from coldchain.rulebook.book import Rulebook
from simulators.ambient import DAY_MS, Room
from simulators.faults import HOUR_MS, MINUTE_MS, Faults
from simulators.refrigerator import Cabinet
from simulators.stories import Story

BENCH = Story(
    "bench", "Preparation bench", "Oncology", "controlled-room-temperature", "stored",
    "the room's temperature, day and night", "the same", lambda _: Faults(),
    Cabinet(set_c=22.0, compressor_w=0.0, wall_w_per_k=60.0), room=Room(mean_c=22.3, swing_c=0.8),
)  # fmt: skip
"""A thermometer on a bench: a cabinet that nothing cools."""

LEFT_MS = 10_000
"""So much of its budget the lot has left when the story begins: the next open door uses it up."""

STEP_MS = 2_000


@dataclass(frozen=True)
class Told:
    """What the story put into the record, a line each for the console."""

    lines: tuple[str, ...]


def tell(store: Store, rulebook: Rulebook, now_ms: int) -> Told:
    """Put the story into a record that holds no items yet; one that does is left as it is."""
    with store.reading() as tx:
        if items.any_at_all(tx):
            return Told(())
        people = {name: found for name in ("nurse", "pharmacist") if (found := accounts.account(tx, name))}
    story = _Story(store, rulebook, now_ms, people["nurse"], people["pharmacist"])
    return Told((*story.lots(), *story.preparations()))


@dataclass(frozen=True)
class _Story:
    store: Store
    rulebook: Rulebook
    now_ms: int
    nurse: Account
    pharmacist: Account

    def lots(self) -> list[str]:
        """One whose budget runs down on its way, one that was split, one of which nobody knows."""
        self._adopt("demo-budget", "lemtrada", "besponsa")
        way = self._arrives("demo-budget", "V-4711", "pharmacy-1", 3 * DAY_MS, quantity=20)
        self._moves(way, "ward-2", DAY_MS)
        with self.store.reading() as tx:
            used_ms = judged(tx, way, self.now_ms).judgement.limits[-1].bounds.at_most_ms
        warm_ms = 2 * HOUR_MS - LEFT_MS - used_ms
        file = _shipment(self.now_ms - 3 * DAY_MS - 7 * HOUR_MS, warm_ms, 7 * HOUR_MS)
        import_leg(self.store, _actor(self.pharmacist), way, "shipment-4711.csv", file, Declared(), self.now_ms)
        lot = self._arrives("lemtrada", "L-0815", "ward-1", 2 * DAY_MS, quantity=40)
        part = split(
            self.store, _actor(self.nurse), lot, 10, "ward-4", self.now_ms - DAY_MS, self.now_ms,
            comment="for the oncology ward",
        )  # fmt: skip
        silent = self._arrives("natalizumab", "N-23", "day-clinic", 3 * DAY_MS, quantity=6)
        return [
            f"item {way}: vaccine lot V-4711 came warm, went to ward 2, and has 10 s of its 2 h budget left",
            f"items {lot} and {part}: 10 of 40 vials of Lemtrada lot L-0815 were split off for ward 4",
            f"item {silent}: natalizumab lot N-23 lies where there are no data",
        ]

    def preparations(self) -> list[str]:
        """One that runs, one that was diluted too late, one of which nobody knows."""
        running = self._reconstituted("vial 3", 215 * MINUTE_MS)
        late = self._reconstituted("vial 1", 6 * HOUR_MS)
        diluted_ms = self.now_ms - 105 * MINUTE_MS
        preparing.move(self.store, late, "bench", self.nurse, diluted_ms - 5 * MINUTE_MS)
        preparing.record(self.store, late, Event.DILUTED, self.nurse, diluted_ms)
        product, text = self.rulebook.product("natalizumab"), self.rulebook.text("natalizumab")
        silent = preparing.start(
            self.store, product, text, Event.DILUTED, "day-clinic", "bag 1", self.nurse, self.now_ms - 75 * MINUTE_MS
        )
        return [
            f"{running}: Besponsa vial 3, to be diluted within 25 min",
            f"{late}: Besponsa vial 1 was diluted 15 min too late",
            f"{silent}: natalizumab bag 1 lies where there are no data",
        ]

    def _adopt(self, *product_ids: str) -> None:
        with self.store.transaction() as tx:
            for product_id in product_ids:
                product = self.rulebook.product(product_id)
                if adoptions.adopted(tx, product.sha256) is None:
                    text = self.rulebook.text(product_id)
                    adoptions.adopt(tx, product, text, self.pharmacist, self.now_ms, "for the demonstration")

    def _arrives(self, product: str, name: str, location: str, ago_ms: int, *, quantity: int) -> int:
        wanted = NewItem(product, name, location, self.now_ms - ago_ms, quantity=quantity)
        return stock.add(self.store, self.rulebook, _actor(self.pharmacist), wanted, self.now_ms)

    def _moves(self, item_id: int, location: str, ago_ms: int) -> None:
        stock.move(self.store, _actor(self.nurse), item_id, location, self.now_ms - ago_ms, self.now_ms)

    def _reconstituted(self, vial: str, ago_ms: int) -> str:
        """Reconstituted on the bench, attested, and in ward 1's refrigerator a quarter of an hour later."""
        product, text = self.rulebook.product("besponsa"), self.rulebook.text("besponsa")
        at_ms = self.now_ms - ago_ms
        number = preparing.start(
            self.store, product, text, Event.RECONSTITUTED, "bench", vial, self.nurse, at_ms
        )  # fmt: skip
        for what in (Attested.CLEAR, Attested.NO_DISCOLOURATION, Attested.FROM_LIGHT):
            preparing.attest(self.store, number, what, self.nurse, at_ms + 2 * MINUTE_MS)
        preparing.move(self.store, number, "ward-1", self.nurse, at_ms + 15 * MINUTE_MS)
        return number


def _actor(account: Account) -> Actor:
    return Actor(account.full_name, account.role, account.id)


def _shipment(begins_ms: int, warm_ms: int, lasts_ms: int) -> bytes:
    """A plain logger file: cold, then warm so that at most ``warm_ms`` were above 8 °C, then cold again."""
    warm = range(HOUR_MS, HOUR_MS + warm_ms - 2 * STEP_MS + 1, STEP_MS)
    instants = range(0, lasts_ms - STEP_MS, STEP_MS)
    rows = [f"{_instant(begins_ms + at_ms)},{12.1 if at_ms in warm else 5.2}" for at_ms in instants]
    return "\n".join(["time,temperature (°C)", *rows, ""]).encode()


def _instant(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
