"""The overview: one tile a location, worst first; three seconds are enough to see what is wrong."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from coldchain.domain.temperature import format_c
from coldchain.notifying.items import what
from coldchain.records import adoptions, alerts
from coldchain.records.alerts import Alert
from coldchain.records.store import Transaction
from coldchain.records.views import locations, series
from coldchain.records.views.excursions import Excursion, Wanted, excursions
from coldchain.records.views.series import Bucket
from coldchain.web.drawing import sparkline
from coldchain.web.looking import Place, look
from coldchain.web.states import State
from coldchain.web.stocktaking import short_name, told_words
from coldchain.web.times import DAY_MS, MINUTE_MS, Clock
from coldchain.web.visit import SignedIn

router = APIRouter(include_in_schema=False)

_BUCKET_MS = 10 * MINUTE_MS


@dataclass(frozen=True)
class Tile:
    """One location on the overview.

    Attributes:
        spark: The last 24 hours in small.
        unacknowledged: Excursions here that nobody has acknowledged.
        running: The excursion going on here, if there is one.
        unadopted: It is judged by a version of a product that no pharmacist of the site has adopted.
    """

    place: Place
    spark: Markup
    unacknowledged: int
    running: Excursion | None
    unadopted: bool


@dataclass(frozen=True)
class ToldOf:
    """An item of which an alert's reason still holds; the gravest one of each counts."""

    item_id: int
    name: str
    css: str
    word: str
    message: str


_GRAVEST = ("certain", "deadline", "reopened", "possible", "no-data", "warning")
_CSS = {"certain": "out", "deadline": "out", "no-data": "nodata"}


@router.get("/")
def overview(visit: SignedIn, area: str = "", state: str = "") -> HTMLResponse:
    """Every location, or those of one area or in one state."""
    now_ms = visit.clock.now_ms
    with visit.services.store.reading() as tx:
        found = locations.standings(tx)
        small = series.in_small(tx, now_ms - DAY_MS, now_ms, _BUCKET_MS)
        waiting = excursions(tx, Wanted(state="unacknowledged", limit=1000))
        running = excursions(tx, Wanted(state="open", limit=1000))
        places = [look(each, now_ms) for each in found if area in ("", each.location.area)]
        adopted = adoptions.all_adopted(tx).keys()
        tiles = [_tile(place, small, waiting, running, adopted, visit.clock) for place in places]
        tiles.sort(key=lambda tile: tile.place.shown.urgency)
        tally = Counter(tile.place.shown.state for tile in tiles)
        shown = [tile for tile in tiles if state in ("", tile.place.shown.state.css)]
        return visit.render(
            tx, "overview.html", tiles=shown, tally=[(each, tally[each]) for each in State], area=area,
            chosen=state, areas=locations.areas(found), any_location=bool(found), stock=items_told_of(tx, visit.clock),
        )  # fmt: skip


def items_told_of(tx: Transaction, clock: Clock) -> list[ToldOf]:
    """Every item of which an alert's reason still holds, the gravest first; as mails say it, in the reader's zone."""
    gravest: dict[int, Alert] = {}
    for alert in alerts.of_items_uncleared(tx):
        known = gravest.get(int(alert.body["item"]["id"]))
        if known is None or _GRAVEST.index(alert.kind) < _GRAVEST.index(known.kind):
            gravest[int(alert.body["item"]["id"])] = alert
    found = sorted(gravest.items(), key=lambda one: (_GRAVEST.index(one[1].kind), -one[1].raised_ms))
    return [
        ToldOf(
            item_id,
            _name(alert),
            _CSS.get(alert.kind, "possibly"),
            told_words(alert.kind),
            what(alert.body, clock.zone),
        )
        for item_id, alert in found
    ]


def _name(alert: Alert) -> str:
    item = alert.body["item"]
    return f"{short_name(str(alert.body['product']['name']))} · {item['kind']} {item['name']}"


def _tile(
    place: Place,
    small: dict[int, list[Bucket]],
    waiting: list[Excursion],
    running: list[Excursion],
    adopted: Collection[str],
    clock: Clock,
) -> Tile:
    here = place.standing.location.id
    return Tile(
        place=place,
        spark=spark_of(place, small, clock),
        unacknowledged=sum(each.location_id == here for each in waiting),
        running=next((each for each in running if each.location_id == here), None),
        unadopted=any(rules.product.sha256 not in adopted for rules in place.rules),
    )


def spark_of(place: Place, small: dict[int, list[Bucket]], clock: Clock) -> Markup:
    """The last 24 hours of the probe that leads."""
    if place.leading is None:
        return Markup("")
    buckets = small.get(place.leading.probe.sensor_id, [])
    from_ms = clock.now_ms - DAY_MS
    return sparkline(buckets, place.good, from_ms, clock.now_ms, place.leading.max_gap_ms, _spoken(buckets))


def _spoken(buckets: list[Bucket]) -> str:
    if not buckets:
        return "Last 24 hours: no readings"
    low = format_c(min(bucket.min_milli_c for bucket in buckets))
    high = format_c(max(bucket.max_milli_c for bucket in buckets))
    return f"Last 24 hours: lowest {low}, highest {high}, {sum(bucket.readings for bucket in buckets)} readings"
