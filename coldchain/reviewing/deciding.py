"""Deciding what becomes of a medicine: a pharmacist signs it, for an excursion and what was stored there, or an item.

What may be decided is decided apart from doing it (`refusal`), so that a page can say why not before anybody tries. The
password is asked once more by whoever calls; what is recorded names the revision that the person had before their eyes.
"""

from collections.abc import Mapping, Sequence

from coldchain.domain.disposition import Decision
from coldchain.errors import NotPermitted, UsageError
from coldchain.records import dispositions, excursions, items
from coldchain.records.accounts import Account
from coldchain.records.dispositions import Disposition
from coldchain.records.excursions import Excursion
from coldchain.records.reopening import known_now
from coldchain.records.store import Store, Transaction
from coldchain.reviewing.whole_way import judge_all, was_at

MAY_DECIDE = frozenset({"pharmacist"})
"""The role that answers for what becomes of a medicine."""

LONGEST_REASON = 2_000

WORDS = {
    Decision.RELEASE: "released: it may be used",
    Decision.QUARANTINE: "in quarantine: used by nobody until it is decided on",
    Decision.REJECT: "rejected: it must not be used",
}
"""What a decision says, on pages and on paper."""


class DecisionProblem(UsageError):
    """What was typed cannot be signed; the message stands at its field (``decision`` or ``reason``)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def refusal(role: str, *, disabled: bool = False) -> str | None:
    """Why this role may not decide, or ``None``."""
    if disabled:
        return "this account is disabled"
    return None if role in MAY_DECIDE else f"a pharmacist decides what becomes of it; the role {role} does not"


def nothing_to_decide(*, withdrawn: bool, merged_into: str | None, continued_by: str | None = None) -> str | None:
    """Why there is nothing to decide on an excursion, or ``None``."""
    if withdrawn:
        return "later readings showed that this was no excursion"
    if merged_into is not None:
        return f"this is part of excursion {merged_into} now: decide on that one"
    return None if continued_by is None else f"this goes on as excursion {continued_by}: decide on that one"


def reason_of(text: str) -> str:
    """Why, as it is kept; raises `DecisionProblem` where nothing is left of it, or too much."""
    kept = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or c.isprintable()).strip()
    if not kept:
        raise DecisionProblem("reason", "Say what it rests on: “manufacturer's answer of 21 November: stable for 3 d”")
    if len(kept) > LONGEST_REASON:
        raise DecisionProblem("reason", f"At most {LONGEST_REASON} characters, please; this is {len(kept)}")
    return kept


def decide_on_excursion(
    store: Store, excursion_id: int, account: Account, decisions: Mapping[int | None, Decision], reason: str,
    revision: int, now_ms: int, *, seen: int | None = None,
) -> None:  # fmt: skip
    """Sign what becomes of what was stored where an excursion was.

    Args:
        store: The record.
        excursion_id: Which one.
        account: Who; the password was asked already.
        decisions: For items by their number; ``None`` for whatever else was stored there.
        reason: What it rests on; required.
        revision: The revision that the person had before their eyes.
        now_ms: Now.
        seen: The newest decision (on anything) when the person looked; ``None`` asks for no such care.

    Raises:
        NotFound: There is no such excursion.
        NotPermitted: The role may not, or there is nothing to decide.
        DecisionProblem: Nothing is decided, no reason given, the excursion has changed, or somebody else has decided
            meanwhile.
    """
    _may(account)
    kept = reason_of(reason)
    if not decisions:
        raise DecisionProblem("decision", "Say of at least one thing what becomes of it")
    with store.transaction() as tx:
        found = excursions.excursion(tx, excursion_id)
        _can_be_decided(tx, found, revision, decisions)
        _as_seen(seen, _signed(tx, decisions) + dispositions.of_excursion(tx, excursion_id))
        end_ms = now_ms if found.current.known.end_ms is None else found.current.known.end_ms
        stored = was_at(items.ever_at(tx, found.location_id), found.location_id, found.current.known.start_ms, end_ms)
        judged = {one.history.item.id: one for one in judge_all(tx, stored, now_ms)}
        for item_id, decision in decisions.items():
            if item_id is not None and item_id not in judged:
                raise DecisionProblem("decision", f"item {item_id} was not stored there while it lasted")
            dispositions.sign(
                tx, decision, kept, account.id, now_ms, excursion_id=excursion_id, revision=found.current.revision,
                item_id=item_id, known=None if item_id is None else known_now(judged[item_id]),
            )  # fmt: skip
            if item_id is not None:
                items.look_soon(tx, item_id, now_ms)


def decide_on_item(
    store: Store, item_id: int, account: Account, decision: Decision, reason: str, now_ms: int, *,
    seen: int | None = None,
) -> None:  # fmt: skip
    """Sign what becomes of an item, because of its whole way; a lot's parts are decided on by themselves.

    Raises:
        NotFound: There is no such item.
        NotPermitted: The role may not.
        DecisionProblem: No reason is given, or somebody else has decided since ``seen``.
    """
    _may(account)
    kept = reason_of(reason)
    with store.transaction() as tx:
        _as_seen(seen, dispositions.of_item(tx, item_id))
        found = judge_all(tx, [items.history(tx, item_id)], now_ms)[0]
        dispositions.sign(tx, decision, kept, account.id, now_ms, item_id=item_id, known=known_now(found))
        items.look_soon(tx, item_id, now_ms)


def _signed(tx: Transaction, decisions: Mapping[int | None, Decision]) -> list[Disposition]:
    """What was signed of these items."""
    return [one for item_id in decisions if item_id is not None for one in dispositions.of_item(tx, item_id)]


def _as_seen(seen: int | None, signed: Sequence[Disposition]) -> None:
    """That nobody has decided since the person looked: two who decide at once must know of each other."""
    newer = [] if seen is None else sorted((one for one in signed if one.id > seen), key=lambda one: one.id)
    if newer:
        words = f"{newer[-1].full_name} has signed meanwhile: {WORDS[newer[-1].decision]}. Look again"
        raise DecisionProblem("decision", words)


def _may(account: Account) -> None:
    why_not = refusal(account.role, disabled=account.disabled_ms is not None)
    if why_not is not None:
        raise NotPermitted(why_not)


def _can_be_decided(
    tx: Transaction, found: Excursion, revision: int, decisions: Mapping[int | None, Decision]
) -> None:  # fmt: skip
    merged = None if found.merged_into is None else excursions.excursion(tx, found.merged_into).number
    why_not = nothing_to_decide(withdrawn=found.current.known.withdrawn, merged_into=merged)
    if why_not is not None:
        raise NotPermitted(why_not)
    if revision != found.current.revision:
        raise DecisionProblem(
            "decision", f"What is known of it has changed meanwhile (revision {found.current.revision}): look again"
        )
    if found.current.known.end_ms is None and set(decisions.values()) - {Decision.QUARANTINE}:
        raise DecisionProblem("decision", "It is not over yet: until then it can only be put into quarantine")
