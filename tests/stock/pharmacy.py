"""A hospital with items in it: lots that arrive, move and are judged, told in a few words."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from coldchain.domain.duration import parse_duration
from coldchain.loggers import Declared
from coldchain.reviewing import shipping, stock
from coldchain.reviewing.stock import Actor, NewItem
from coldchain.reviewing.whole_way import Judged, judged
from coldchain.rulebook.book import Rulebook, load_rulebook
from coldchain.rulebook.series import parse_series
from tests.web.hospital import MINUTE, Hospital, product_text

HOUR = 60 * MINUTE
PHARMACIST = Actor("Pharmacist Example", "pharmacist")
NURSE = Actor("Nurse Example", "nurse")
AUDITOR = Actor("Auditor Example", "auditor")

NINE_HOURS = product_text(
    "{id: out-of-refrigeration, above: 8 °C, allow: {total: 9 h}}", max_gap="30 min", product_id="nine-hours",
    name="Ninemab (for tests)",
)  # fmt: skip


def rulebook_of(folder: Path, *texts: str) -> Rulebook:
    """The shipped product files and these."""
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"test-{number}.yaml").write_text(text, encoding="utf-8")
    return load_rulebook(folder)


def logger_csv(series: str, begins_ms: int, every: str = "5 min") -> bytes:
    """A plain logger file with a series, its times in UTC."""
    trace = parse_series(series, parse_duration(every))
    rows = [
        f"{datetime.fromtimestamp((begins_ms + at_ms) / 1000, UTC):%Y-%m-%dT%H:%M:%SZ},{milli_c / 1000}"
        for at_ms, milli_c in zip(trace.at_ms.tolist(), trace.milli_c.tolist(), strict=True)
    ]
    return "\n".join(["time,temperature (°C)", *rows, ""]).encode()


@dataclass
class Pharmacy:
    """A hospital and its product files."""

    hospital: Hospital
    rulebook: Rulebook
    now_ms: int = field(init=False)

    def __post_init__(self) -> None:
        self.now_ms = self.hospital.now_ms

    def lot(
        self, location: str, product: str = "nine-hours", *, ago: str = "0 min", name: str = "A12", **more: object
    ) -> int:
        """A lot that arrived some time ago."""
        wanted = NewItem(product, name, location, self.at(ago), **more)  # type: ignore[arg-type]
        return stock.add(self.hospital.store, self.rulebook, PHARMACIST, wanted, self.hospital.now_ms)

    def moves(self, item_id: int, location: str | None, *, ago: str = "0 min", stage: str = "") -> None:
        """It goes somewhere."""
        stock.move(self.hospital.store, NURSE, item_id, location, self.at(ago), self.hospital.now_ms, stage=stage)

    def came_with(self, item_id: int, content: bytes, name: str = "leg.csv") -> shipping.Leg:
        """The file of its transport."""
        return shipping.import_leg(
            self.hospital.store, PHARMACIST, item_id, name, content, Declared(), self.hospital.now_ms
        )

    def judged(self, item_id: int) -> Judged:
        """As it is judged now."""
        with self.hospital.store.reading() as tx:
            return judged(tx, item_id, self.hospital.now_ms)

    def at(self, ago: str) -> int:
        """So long before now."""
        return self.hospital.now_ms - parse_duration(ago) // parse_duration("1 ms")
