"""Two versions of a product compared: what another version would ask for, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from coldchain.domain.duration import format_duration
from coldchain.domain.product import Label, Product, Stage
from coldchain.rulebook.words import deadline_in_words, event_words, label_in_words, limit_in_words, stage_in_words


@dataclass(frozen=True)
class Change:
    """One difference; ``before`` is empty for what is new, ``after`` for what is gone.

    Attributes:
        where: The stage, or what else of the file: ``deadlines``, ``label``.
        what: The limit's id, or nothing where the sentences say it.
        decides: Whether it can change a verdict; a label's date or a note cannot.
    """

    where: str
    before: str
    after: str
    what: str = ""
    decides: bool = True


def changes(before: Product, after: Product) -> tuple[Change, ...]:
    """Every difference between two versions that a reader may care about; none where only other words changed."""
    found = [*_of_stages(before, after), *_of_the_rest(before, after)]
    return tuple(found)


def same_rules(one: Product, other: Product) -> bool:
    """Whether two files judge alike: they differ at most in comments, layout and their hash."""
    return replace(one, sha256="") == replace(other, sha256="")


def _of_stages(before: Product, after: Product) -> Iterator[Change]:
    for name in dict.fromkeys((*before.stages, *after.stages)):
        was, now = before.stages.get(name), after.stages.get(name)
        if was is None:
            yield Change(name, "", f"new stage: {' '.join(_sentences(now))}")
        elif now is None:
            yield Change(name, f"the stage: {' '.join(_sentences(was))}", "")
        elif was != now:
            yield from _of_stage(name, was, now)


def _of_stage(name: str, was: Stage, now: Stage) -> Iterator[Change]:
    limits_were = {limit.id: limit_in_words(limit) for limit in was.limits}
    limits_are = {limit.id: limit_in_words(limit) for limit in now.limits}
    yield from _compared(name, _without_ids(limits_were), _without_ids(limits_are))
    texts = (set(limits_were.values()), set(limits_are.values()))
    rest_was = [sentence for sentence in stage_in_words(was) if sentence not in texts[0]]
    rest_is = [sentence for sentence in stage_in_words(now) if sentence not in texts[1]]
    yield from _listed(name, rest_was, rest_is)
    if was.source != now.source:
        yield Change(name, f"from: {was.source or _THE_LABEL}", f"from: {now.source or _THE_LABEL}", decides=False)


_THE_LABEL = "the product's label"


def _of_the_rest(before: Product, after: Product) -> Iterator[Change]:
    if before.max_gap != after.max_gap:
        yield Change("readings", _believed(before), _believed(after))
    deadlines = [[deadline_in_words(one) for one in product.deadlines] for product in (before, after)]
    yield from _listed("deadlines", *deadlines)
    attested = [[f"{one.what}, at or after: {event_words(one.at)}" for one in p.attest] for p in (before, after)]
    yield from _listed("to be attested", *attested)
    if before.name != after.name:
        yield Change("name", before.name, after.name, decides=False)
    if label_in_words(before) != label_in_words(after):
        yield Change("label", label_in_words(before), label_in_words(after), decides=False)
    if before.label.checked_by != after.label.checked_by:
        yield Change("compared with the label by", _checked(before.label), _checked(after.label), decides=False)
    yield from (replace(one, decides=False) for one in _listed("notes", list(before.notes), list(after.notes)))


def _believed(product: Product) -> str:
    how_long = format_duration(product.max_gap) if product.max_gap else "60 min"
    return f"a good reading is believed for {how_long}"


def _checked(label: Label) -> str:
    return label.checked_by or "nobody"


def _compared(where: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield Change(where, before.get(key, ""), after.get(key, ""), key)


def _listed(where: str, before: list[str], after: list[str]) -> Iterator[Change]:
    yield from (Change(where, one, "") for one in before if one not in after)
    yield from (Change(where, "", one) for one in after if one not in before)


def _without_ids(sentences: Mapping[str, str]) -> dict[str, str]:
    return {key: words.removesuffix(f" [{key}]") for key, words in sentences.items()}


def _sentences(stage: Stage | None) -> Iterator[str]:
    if stage is not None:
        yield from stage_in_words(stage)
