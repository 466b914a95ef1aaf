"""An item's whole way as a strip and as a table, and what an excursion did to its budget (pure functions)."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from coldchain.domain.bounds import Bounds
from coldchain.domain.product import Limit
from coldchain.domain.ways import ItemStay
from coldchain.records.items import Stay
from coldchain.reporting.svg import element, number
from coldchain.reporting.words import at_least, at_most
from coldchain.reviewing.whole_way import used_until
from coldchain.web.stocktaking import Shown
from coldchain.web.times import Clock


@dataclass(frozen=True)
class StayRow:
    """A stay, as the table of the whole way shows it.

    Attributes:
        used: Of the leading budget, in this stay alone.
        to_ms: ``None`` while it lasts.
    """

    stay: Stay
    to_ms: int | None
    probes: tuple[str, ...]
    used: Bounds | None


def stay_rows(shown: Shown) -> list[StayRow]:
    """The item's stays with the probes of each and what each took of the leading budget."""
    found = []
    before = Bounds()
    leading = shown.leading
    for stay in shown.history.stays:
        end_ms = shown.judged.now_ms if stay.to_ms is None else stay.to_ms
        pieces = [one for one in shown.judged.stays if stay.from_ms <= one.start_ms < end_ms]
        probes = tuple(dict.fromkeys(probe.name for one in pieces for probe in one.probes))
        used = None
        if leading is not None:
            until = used_until(shown.judged, end_ms).get(leading.found.limit.id, before)
            used = Bounds(
                until.at_least_ms - before.at_least_ms,
                until.estimate_ms - before.estimate_ms,
                until.at_most_ms - before.at_most_ms,
            )
            before = until
        found.append(StayRow(stay, stay.to_ms, probes, used))
    return found


def way_strip(shown: Shown, clock: Clock) -> Markup:
    """The whole way as one strip: a field a stay, hatched where nobody measured, marked where it was out of range."""
    width, height = 640.0, 40.0
    stays = shown.judged.stays
    begin, end = stays[0].start_ms, stays[-1].end_ms

    def x(at_ms: int) -> float:
        return (min(max(at_ms, begin), end) - begin) / max(end - begin, 1) * width

    def field(one: ItemStay, css: str | None, fill: str | None = None) -> str:
        wide = max(x(one.end_ms) - x(one.start_ms), 0.5)
        return element("rect", x=x(one.start_ms), y=8, width=wide, height=24, class_=css, fill=fill)

    parts = [field(one, "band" if one.probes else "gap") for one in stays]
    parts += [field(one, None, "url(#hatch-gap)") for one in stays if not one.probes]
    for limit in shown.judged.judgement.limits:
        for each in limit.excursions:
            left, right = x(each.episode.start_ms), x(each.episode.end_ms or end)
            css = "way-out" if each.certainty == "certain" else "way-out possible"
            parts.append(element("rect", x=left, y=8, width=max(right - left, 1.5), height=24, class_=css))
    parts += [
        element("line", x1=x(one.start_ms), x2=x(one.start_ms), y1=2, y2=38, class_="mark") for one in _firsts(stays)
    ]
    words = "; ".join(f"{one.location} from {clock.short(one.start_ms)}" for one in _firsts(stays))
    svg = element(
        "svg", "".join(parts), viewBox=f"0 0 {number(width)} {number(height)}", class_="picture way", role="img",
        aria_label=words, preserveAspectRatio="none",
    )  # fmt: skip
    return Markup(svg)  # noqa: S704 - made by reporting.svg, which escapes every attribute


def _firsts(stays: Sequence[ItemStay]) -> list[ItemStay]:
    return [one for at, one in enumerate(stays) if at == 0 or stays[at - 1].location != one.location]


@dataclass(frozen=True)
class StoredHere:
    """An item that was at a place during an excursion there.

    Attributes:
        before, with_this: The leading budget at the excursion's beginning and end; ``None`` where no time is allowed.
    """

    shown: Shown
    limit: Limit | None
    before: str
    with_this: str


def stored_here(shown: Shown, from_ms: int, to_ms: int) -> StoredHere:
    """What an excursion did to an item's leading budget."""
    leading = shown.leading
    if leading is None:
        return StoredHere(shown, None, "", "")
    limit_id = leading.found.limit.id
    before = used_until(shown.judged, from_ms).get(limit_id, Bounds())
    after = used_until(shown.judged, to_ms).get(limit_id, before)
    return StoredHere(shown, leading.found.limit, _at_most_of(before), _at_most_of(after))


def _at_most_of(bounds: Bounds) -> str:
    if not bounds.at_most_ms:
        return "0 min"
    if at_least(bounds.at_least_ms) == at_most(bounds.at_most_ms):
        return at_most(bounds.at_most_ms)
    return f"{at_least(bounds.at_least_ms)} to {at_most(bounds.at_most_ms)}"
