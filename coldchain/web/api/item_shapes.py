"""Items as `/api/v1/items` takes and gives them."""

from typing import Literal

from pydantic import BaseModel, Field

from coldchain.domain.instant import iso
from coldchain.domain.ways import Moment
from coldchain.reviewing.whole_way import Judged
from coldchain.web.api.shapes import DurationS, optional_iso, seconds
from coldchain.web.deciding import Decided
from coldchain.web.situations import allowed_ms

VerdictWord = Literal["compliant", "kept", "violated", "undetermined"]


class When(BaseModel):
    """An instant, and where the item was."""

    at: str
    location: str


class LimitNow(BaseModel):
    """One limit over the whole way; ``ran_out`` and ``possibly_ran_out`` say when its allowance was used up."""

    id: str
    verdict: VerdictWord
    allowed_s: float | None
    used_s: DurationS
    probes: list[str] = Field(description="whose traces decide, of the places that had several")
    ran_out: When | None
    possibly_ran_out: When | None


class ReturnsNow(BaseModel):
    """How often it went back into the refrigerator; ``at_most`` null: nobody can say."""

    verdict: VerdictWord
    at_least: int
    at_most: int | None


class DecidedNow(BaseModel):
    """What a pharmacist signed of it; ``reopened`` says why it is to be decided anew, null where it stands."""

    decision: Literal["release", "quarantine", "reject"]
    reason: str
    by: str
    at: str
    excursion: str | None
    reopened: str | None


class StayNow(BaseModel):
    """A stay; ``location`` null: in transport, ``to`` null: it still is there."""

    location: str | None
    stage: str
    from_: str = Field(serialization_alias="from")
    to: str | None


class ItemNow(BaseModel):
    """An item as it is judged now."""

    id: int
    kind: str
    name: str
    quantity: int
    product: str
    version: int
    sha256: str
    state: str = Field(description="in stock, used, discarded or left")
    verdict: VerdictWord
    stays: list[StayNow]
    limits: list[LimitNow]
    returns: list[ReturnsNow]
    expires_at: str | None = Field(description="shortened, where its label shortens it")
    possibly_expires_at: str | None
    printed_expiry: str | None
    split_from: int | None = Field(description="the item that it is a part of")
    disposition: DecidedNow | None
    href: str


class ToAdd(BaseModel):
    """An item that has arrived; ``at`` null: now."""

    product: str
    name: str
    location: str
    stage: str = ""
    kind: Literal["lot", "pack"] = "lot"
    quantity: int = 1
    at: str | None = None
    expires_at: str | None = None
    comment: str = ""
    once: str | None = Field(None, max_length=64, description="your own number of this request: sent twice, added once")


class ToMove(BaseModel):
    """Where it goes: null is on its way. ``stage``: another stage of its product from then on."""

    location: str | None
    stage: str = ""
    at: str | None = None
    comment: str = ""


class ToSplit(BaseModel):
    """A part that is taken off; ``location`` null: it stays where it is."""

    quantity: int
    location: str | None = None
    name: str = ""
    at: str | None = None
    comment: str = ""
    once: str | None = Field(None, max_length=64, description="your own number of this request: sent twice, split once")


class ToTakeOut(BaseModel):
    """It left the refrigerator: a shortened expiry counts from then."""

    at: str | None = None
    comment: str = ""


class ToEnd(BaseModel):
    """What became of it; ``discarded`` needs a comment."""

    how: Literal["used", "discarded", "left"]
    at: str | None = None
    comment: str = ""


def item_now(found: Judged, public_url: str, decided: Decided | None = None) -> ItemNow:
    """An item as programs read it, with what a pharmacist decided of it."""
    item, judgement = found.history.item, found.judgement
    end, expiry = found.history.end, judgement.expiry
    return ItemNow(
        id=item.id, kind=item.kind, name=item.name, quantity=found.history.quantity, product=item.product_id,
        version=item.version, sha256=item.sha256, state="in stock" if end is None else end.kind.value,
        verdict=judgement.verdict.value,
        stays=[
            StayNow(location=stay.location_name, stage=stay.stage, from_=iso(stay.from_ms), to=optional_iso(stay.to_ms))
            for stay in found.history.stays
        ],
        limits=[
            LimitNow(
                id=one.limit.id, verdict=one.verdict.value,
                allowed_s=None if (allowed := allowed_ms(one.limit)) is None else seconds(allowed),
                used_s=DurationS(
                    at_least=seconds(one.bounds.at_least_ms), estimate=seconds(one.bounds.estimate_ms),
                    at_most=seconds(one.bounds.at_most_ms),
                ),
                probes=list(one.probes), ran_out=_when(one.spent.certain), possibly_ran_out=_when(one.spent.possible),
            )
            for one in judgement.limits
        ],
        returns=[
            ReturnsNow(verdict=one.verdict.value, at_least=one.at_least, at_most=one.at_most)
            for one in judgement.returns
        ],
        expires_at=optional_iso(expiry.expires_ms) if expiry else None,
        possibly_expires_at=optional_iso(expiry.possibly_ms) if expiry else None,
        printed_expiry=optional_iso(item.expires_ms), split_from=item.parent_id,
        disposition=None if decided is None else _decided(decided),
        href=f"{public_url}/items/{item.id}",
    )  # fmt: skip


def _decided(decided: Decided) -> DecidedNow:
    signed = decided.signed
    return DecidedNow(
        decision=signed.decision.value, reason=signed.reason, by=signed.full_name, at=iso(signed.at_ms),
        excursion=signed.number, reopened=decided.reopened or None,
    )  # fmt: skip


def _when(moment: Moment | None) -> When | None:
    return None if moment is None else When(at=iso(moment.at_ms), location=moment.location)
