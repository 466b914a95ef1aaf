"""What `/api/v1` answers: instants are UTC with milliseconds and ``Z``, durations seconds, temperatures °C."""

from collections.abc import Collection
from typing import Literal

from pydantic import BaseModel, Field

from coldchain.domain.instant import iso
from coldchain.records import adoptions
from coldchain.records.store import Transaction
from coldchain.records.views.excursions import Excursion, Said
from coldchain.reporting.words import limit_words
from coldchain.web.looking import Looked, Place, frozen_limit
from coldchain.web.running import bounds_now
from coldchain.web.situations import standing_words

StateWord = Literal["Out of range", "Possibly out", "No data", "In range", "Suspended"]


def optional_iso(at_ms: int | None) -> str | None:
    """An instant, or ``None``."""
    return None if at_ms is None else iso(at_ms)


def seconds(duration_ms: int) -> float:
    """A duration in seconds; whole ones as whole numbers."""
    return duration_ms // 1000 if duration_ms % 1000 == 0 else duration_ms / 1000


class SensorNow(BaseModel):
    """A sensor channel that hangs at a location, and its newest reading there."""

    sensor: str
    channel: str
    state: StateWord
    measured_at: str | None
    temperature_c: float | None
    battery_pct: int | None


class JudgedBy(BaseModel):
    """A product whose rules judge a location."""

    product: str
    stage: str
    version: int
    sha256: str
    adopted: bool = Field(description="whether a pharmacist of the site has adopted this very version")


class LocationNow(BaseModel):
    """A location as it stands; ``since``, ``limit`` and ``allowed_until`` belong to its state."""

    name: str
    title: str
    area: str
    state: StateWord
    since: str | None
    limit: str | None = Field(description="the limit that is touched, in words")
    allowed_until: str | None
    sensors: list[SensorNow]
    judged_by: list[JudgedBy]
    href: str


class Reading(BaseModel):
    """One reading that stands."""

    sensor: str
    channel: str
    measured_at: str
    temperature_c: float


class Readings(BaseModel):
    """Readings of a span, oldest first; ``next_from`` asks for the rest where there is more."""

    readings: list[Reading]
    next_from: str | None


class DurationS(BaseModel):
    """The three durations, seconds."""

    at_least: float
    estimate: float
    at_most: float


class Acknowledged(BaseModel):
    """What somebody said of an excursion."""

    at: str
    by: str
    role: str
    comment: str
    revision: int | None


class ExcursionNow(BaseModel):
    """An excursion in its newest revision."""

    number: str
    state: str = Field(description="open, over, withdrawn, part of another one, or goes on as another one")
    certainty: Literal["certain", "possible"]
    location: str
    sensor: str
    channel: str
    limit: str
    limit_words: str
    product: JudgedBy
    start: str
    end: str | None
    duration_s: DurationS
    extreme_c: float
    known_at: str
    late: bool
    revision: int
    acknowledged: list[Acknowledged]
    href: str


class ToAcknowledge(BaseModel):
    """What a person says of an excursion."""

    comment: str = Field(description="required; kept for good", max_length=20_000)
    revision: int | None = Field(default=None, description="the revision they had before their eyes")


class NotATemperature(BaseModel):
    """A reading that went to quarantine, by its place in the message."""

    position: int
    sensor: str
    reason: str


class Taken(BaseModel):
    """What became of a message; it is committed."""

    readings: int
    quarantined: list[NotATemperature]


def location_now(place: Place, adopted: Collection[str], public_url: str) -> LocationNow:
    """A location for programs; ``adopted`` holds the hashes of the product files that pharmacists adopted."""
    here, shown = place.standing.location, place.shown
    return LocationNow(
        name=here.name,
        title=here.title,
        area=here.area,
        state=shown.state.value,
        since=optional_iso(shown.since_ms),
        limit=shown.limit or None,
        allowed_until=optional_iso(shown.allowed_until_ms),
        sensors=[_sensor_now(each) for each in place.looked],
        judged_by=[
            JudgedBy(
                product=each.product.id,
                stage=each.assigned.stage,
                version=each.product.version,
                sha256=each.product.sha256,
                adopted=each.product.sha256 in adopted,
            )
            for each in place.rules
        ],
        href=f"{public_url}/locations/{here.name}",
    )  # fmt: skip


def excursion_now(tx: Transaction, found: Excursion, product_text: str, now_ms: int, public_url: str) -> ExcursionNow:
    """An excursion for programs."""
    product, limit = frozen_limit(found, product_text)
    now, bounds = found.now, bounds_now(tx, found, limit, now_ms)
    return ExcursionNow(
        number=found.number,
        state=standing_words(found),
        certainty="certain" if now.certainty == "certain" else "possible",
        location=found.location_name,
        sensor=found.sensor_name,
        channel=found.channel,
        limit=found.limit_id,
        limit_words=limit_words(limit),
        product=JudgedBy(
            product=product.id,
            stage=found.stage,
            version=found.version,
            sha256=found.product_sha256,
            adopted=adoptions.adopted(tx, found.product_sha256) is not None,
        ),
        start=iso(now.start_ms),
        end=optional_iso(now.end_ms),
        duration_s=DurationS(
            at_least=seconds(bounds.at_least_ms),
            estimate=seconds(bounds.estimate_ms),
            at_most=seconds(bounds.at_most_ms),
        ),
        extreme_c=now.extreme_milli_c / 1000,
        known_at=iso(found.known_ms),
        late=found.late,
        revision=now.revision,
        acknowledged=[_acknowledged(each) for each in found.said],
        href=f"{public_url}/excursions/{found.number}",
    )  # fmt: skip


def _sensor_now(looked: Looked) -> SensorNow:
    return SensorNow(
        sensor=looked.probe.name,
        channel=looked.probe.channel,
        state=looked.shown.state.value,
        measured_at=optional_iso(looked.newest_ms),
        temperature_c=None if looked.milli_c is None else looked.milli_c / 1000,
        battery_pct=looked.probe.charge_pct,
    )


def _acknowledged(said: Said) -> Acknowledged:
    return Acknowledged(
        at=iso(said.at_ms), by=said.full_name, role=said.role, comment=said.comment, revision=said.revision
    )
