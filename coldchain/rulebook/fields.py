"""Every key of a product file: one table, from which the loader, the JSON Schema and the documentation are made."""

from typing import Any

from coldchain.domain.product import (
    Allowance,
    Attested,
    Event,
    NoAllowance,
    Predicate,
    Returns,
    ReturnsFor,
)
from coldchain.rulebook import build
from coldchain.rulebook.kinds import Count, Day, Duration, Name, Schema, Temperature, TemperatureRange, Text, Word
from coldchain.rulebook.nodes import Node, Problems
from coldchain.rulebook.product_record import product
from coldchain.rulebook.records import Field, ListOf, MapOf, Record, WordOr

SCHEMA = "coldchain.product/1"
"""The first line of every product file."""

VERDICTS = ("compliant", "violated", "undetermined")
"""What an example may expect."""

EVENT = Word(tuple(event.value for event in Event), "event", "an event")
DURATION = Duration()


class AllowNone:
    """The word ``none``: no reading may be bad."""

    written = "`none`"
    _word = Word(("none",), "allowance")

    def read(self, node: Node, name: str, problems: Problems) -> Allowance | None:
        """No allowance."""
        return NoAllowance() if self._word.read(node, name, problems) else None

    def schema(self) -> Schema:
        """The word."""
        return self._word.schema()


class ReturnsWord:
    """``never``, ``once`` or ``any``."""

    _word = Word(tuple(word.value for word in Returns), "return rule")
    written = _word.written

    def read(self, node: Node, name: str, problems: Problems) -> Returns | ReturnsFor | None:
        """The return rule."""
        word = self._word.read(node, name, problems)
        return Returns(word) if word else None

    def schema(self) -> Schema:
        """The words."""
        return self._word.schema()


ALLOW: Record[Allowance] = Record(
    "allow",
    (
        Field("each", DURATION, "The longest unbroken bad stretch; exactly this long is allowed."),
        Field("total", DURATION, "The longest bad time in all, over the item's whole life."),
        Field("within", DURATION, "With `total`: over every window of this length instead of the whole life."),
    ),
    build.allowance,
    "`{each: 30 min}`, `{total: 24 h}` or `{total: 24 h, within: 7 d}`",
)

LIMIT = Record(
    "limit",
    (
        Field("id", Name(), "What reports call it; `above-8` and the like where it is left out."),
        *(
            Field(predicate.value, Temperature(), f"Bad is {words}.")
            for predicate, words in (
                (Predicate.ABOVE, "a temperature above this one"),
                (Predicate.BELOW, "a temperature below this one"),
                (Predicate.AT_OR_ABOVE, "this temperature and everything above it"),
                (Predicate.AT_OR_BELOW, "this temperature and everything below it"),
            )
        ),
        Field("allow", WordOr(AllowNone(), ALLOW), "How long it may last; `none` where it is left out."),
        Field("times", Count(), "At most so many episodes; without `allow`, each as long as it likes."),
    ),
    build.finer_limit,
    "a limit",
)

EQUILIBRATE = Record(
    "equilibrate",
    (
        Field("in", Name(), "The condition of this stage it must stand in.", required=True),
        Field("for", DURATION, "How long, directly before the infusion starts.", required=True),
    ),
    build.equilibration,
    "`{in: room, for: 1 h}`",
)

SOURCE = Field("source", Text(), "Where this comes from, where that is not the product's label.")

CONDITION = Record(
    "condition",
    (
        Field("name", Name(), "What reports call it.", required=True),
        Field("store", TemperatureRange(), "The temperatures of this condition.", required=True),
        Field("up_to", DURATION, "The longest time in this one condition."),
        Field("equilibrate", EQUILIBRATE, "What must follow before use, if the item was in this condition."),
        SOURCE,
    ),
    build.condition,
    "a condition",
)

HANDLING = Record(
    "handling",
    (
        Field("store", TemperatureRange(), "The temperatures where it is worked on.", required=True),
        Field("up_to", DURATION, "The longest time there.", required=True),
        SOURCE,
    ),
    build.handling,
    "`{store: 15..30 °C, up_to: 30 min}`",
)

RETURNS_FOR: Record[Returns | ReturnsFor] = Record(
    "returns",
    (Field("for", DURATION, "How long after its return it may still be used.", required=True),),
    build.returns_for,
    "`{for: 7 d}`",
)

EXPIRES = Record(
    "expires",
    (
        Field("after", DURATION, "The new shelf life.", required=True),
        Field("from", EVENT, "The event it is counted from.", required=True),
    ),
    build.expires,
    "`{after: 28 d, from: removed_from_refrigerator}`",
)

STAGE = Record(
    "stage",
    (
        Field("store", TemperatureRange(), "Two limits, `below-…` and `above-…`, allowance none."),
        Field("freezing", Word(("forbidden",), "freezing rule"), "The limit `at-or-below-0`, allowance none."),
        Field("protect_from", ListOf(Word(("light", "shaking"), "hazard")), "What no thermometer sees."),
        Field("limits", ListOf(LIMIT), "Anything finer than `store` and `freezing`."),
        Field("returns", WordOr(ReturnsWord(), RETURNS_FOR), "Whether it may go back into the refrigerator."),
        Field("expires", EXPIRES, "A shortened expiry."),
        Field("begins", EVENT, "The event that begins the stage of a prepared medicine."),
        Field("ends", EVENT, "The event that ends it."),
        Field("within", DURATION, "The longest time from `begins` to `ends`: a deadline."),
        Field("any_of", ListOf(CONDITION), "The conditions it may be stored in, where there are several."),
        Field("handling", HANDLING, "The site's own condition while it is worked on: policy, not label."),
        SOURCE,
    ),
    build.stage,
    "a stage",
)

LABEL = Record(
    "label",
    (
        Field("document", Text(), "Which document the numbers come from.", required=True),
        Field("section", Text(), "Where in it.", nullable=True),
        Field("jurisdiction", Text(), "Where it is in force.", required=True),
        Field("dated", Day(), "Its date; `null` where unknown.", nullable=True),
        Field("checked_by", Text(), "The pharmacist who compared this file with it; `null`: nobody.", nullable=True),
    ),
    build.label,
)

DEADLINE = Record(
    "deadline",
    (
        Field("from", EVENT, "The event it is counted from.", required=True),
        Field("to", EVENT, "The event that must come in time.", required=True),
        Field("within", DURATION, "How long; exactly this long is in time.", required=True),
    ),
    build.deadline,
    "`{from: reconstituted, to: infusion_ended, within: 8 h}`",
)

ATTEST = Record(
    "attestation",
    (
        Field("at", EVENT, "The event it must be made at or after.", required=True),
        Field(
            "what",
            Word(tuple(what.value for what in Attested), "attestation"),
            "The statement, word for word.",
            required=True,
        ),
    ),
    build.attestation,
    '`{at: diluted, what: "clear, no particles"}`',
)

EXAMPLE = Record(
    "example",
    (
        Field("name", Text(), "What it shows.", required=True),
        Field("stage", Text("a stage of this file"), "The stage that judges it.", required=True),
        Field("every", DURATION, "The time between two readings.", required=True),
        Field("temps_c", Text('a series: `"5 9x8 _ 5"`'), "The readings in °C; `_` is missing.", required=True),
        Field("expect", Word(VERDICTS, "verdict"), "The verdict they must get.", required=True),
    ),
    build.example,
    "an example",
)

PRODUCT = Record(
    "product",
    (
        Field("schema", Word((SCHEMA,), "schema"), "Which form of product file this is.", required=True),
        Field("id", Name(), "What commands call it; the file is named after it.", required=True),
        Field("name", Text(), "What people call it, with its presentation.", required=True),
        Field("version", Count(), "Raised with every change of a rule.", required=True),
        Field("label", LABEL, "Where the numbers come from.", required=True),
        Field("max_gap", DURATION, "The longest time between two readings that is still believed."),
        Field("stages", MapOf(STAGE, "stage"), "The stages of its life; the first is the default.", required=True),
        Field("deadlines", ListOf(DEADLINE), "Events that must not lie further apart."),
        Field("attest", ListOf(ATTEST), "What a person must attest."),
        Field("examples", ListOf(EXAMPLE), "Worked cases; `coldchain rules check` runs them."),
        Field("notes", ListOf(Text()), "Statements that no sensor judges, in our own words."),
    ),
    product,
)

RECORDS: tuple[Record[Any], ...] = (
    PRODUCT, LABEL, STAGE, LIMIT, ALLOW, CONDITION, EQUILIBRATE, HANDLING, RETURNS_FOR, EXPIRES, DEADLINE, ATTEST,
    EXAMPLE,
)  # fmt: skip
"""All records, in the order the documentation shows them."""
