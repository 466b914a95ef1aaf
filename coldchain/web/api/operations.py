"""For whoever keeps the service running: `/healthz` looks at the whole way in, `/metrics` counts."""

from collections import Counter
from collections.abc import Iterator, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from coldchain.domain.instant import iso
from coldchain.records.views import locations
from coldchain.records.views.counts import Totals, totals, waiting
from coldchain.web.api.devices import metrics_of
from coldchain.web.looking import Place, look
from coldchain.web.services import Services
from coldchain.web.states import State
from coldchain.web.times import DAY_MS
from coldchain.web.visit import services_of

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def health(request: Request) -> JSONResponse:
    """Whether a reading that is sent now would be stored, judged and told of; 503 where it would not."""
    services = services_of(request)
    checks = services.health()
    ok = all(check.ok for check in checks)
    body = {
        "ok": ok,
        "at": iso(services.clock_ms()),
        "checks": {check.name: {"ok": check.ok, "detail": check.detail} for check in checks},
    }
    return JSONResponse(body, 200 if ok else 503)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """The record in numbers, for Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Record(services_of(request)))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Record(Collector):
    """Counts what the record holds at the moment it is asked, so that a restart loses no count."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def describe(self) -> list[Metric]:
        """Nothing beforehand: asking costs a look at the record."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All metrics, from one moment of the record."""
        now_ms = self._services.clock_ms()
        with self._services.store.reading() as tx:
            sums, wait = totals(tx), waiting(tx, now_ms - DAY_MS)
            places = [look(each, now_ms) for each in locations.standings(tx)]
            devices = list(metrics_of(tx))
        yield _readings(sums)
        yield CounterMetricFamily("coldchain_excursions", "Excursions ever recorded", value=sums.excursions)
        yield GaugeMetricFamily(
            "coldchain_excursions_unacknowledged", "Excursions nobody has acknowledged", value=wait.unacknowledged
        )
        yield _outbox(sums)
        yield _states(places)
        yield _ages(places, now_ms)
        yield from devices
        yield _refused(self._services)
        yield _parts(self._services)


def _readings(sums: Totals) -> Metric:
    readings = CounterMetricFamily(
        "coldchain_readings", "Readings received, by what became of them", labels=["outcome"]
    )
    for outcome in ("accepted", "duplicates", "conflicts", "quarantined"):
        readings.add_metric([outcome], getattr(sums, outcome))
    return readings


def _outbox(sums: Totals) -> Metric:
    outbox = GaugeMetricFamily("coldchain_outbox", "Alerts on their way, by state", labels=["state"])
    for state in ("pending", "delivered", "failed"):
        outbox.add_metric([state], sums.outbox.get(state, 0))
    return outbox


def _states(places: Sequence[Place]) -> Metric:
    counted = Counter(place.shown.state for place in places)
    states = GaugeMetricFamily("coldchain_locations", "Locations, by state", labels=["state"])
    for each in State:
        states.add_metric([each.css], counted[each])
    return states


def _ages(places: Sequence[Place], now_ms: int) -> Metric:
    age = GaugeMetricFamily("coldchain_reading_age_seconds", "Age of the newest reading", labels=["location", "sensor"])
    for place in places:
        for looked in place.looked:
            if looked.newest_ms is not None:
                names = [place.standing.location.name, looked.probe.title]
                age.add_metric(names, (now_ms - looked.newest_ms) / 1000)
    return age


def _refused(services: Services) -> Metric:
    refused = CounterMetricFamily(
        "coldchain_requests_refused", "Requests with readings refused since the start: too many", labels=["sender"]
    )
    for sender, count in services.feeds.refused.copy().items():
        refused.add_metric([sender], count)
    return refused


def _parts(services: Services) -> Metric:
    parts = GaugeMetricFamily("coldchain_up", "Whether a part of the way in works", labels=["part"])
    for check in services.health():
        parts.add_metric([check.name], int(check.ok))
    return parts
