"""Running the examples of a product file: each says what verdict its readings must get."""

from coldchain.domain.bounds import Edges, Yardstick
from coldchain.domain.duration import milliseconds
from coldchain.domain.product import Example, Product
from coldchain.domain.verdict import Judgement, Verdict, judge
from coldchain.errors import Problem
from coldchain.rulebook.product_record import ReadProduct
from coldchain.rulebook.series import parse_series, slots


def run_example(product: Product, example: Example) -> Verdict:
    """The verdict that an example's readings get by its stage, with the product's own ``max_gap``."""
    return judge_example(product, example).verdict


def judge_example(product: Product, example: Example) -> Judgement:
    """The whole judgement of an example: as `coldchain audit` would judge a file with these readings.

    A series that begins or ends with ``_`` says that the period was longer than its readings: there the edges of the
    period are taken into account.
    """
    step = milliseconds(example.every)
    steps = slots(example.temps_c)
    edges = Edges(
        start_ms=0 if steps[0] is None else None,
        end_ms=(len(steps) - 1) * step if steps[-1] is None else None,
    )
    yardstick = Yardstick()
    if product.max_gap is not None:
        yardstick = Yardstick(max_gap_ms=milliseconds(product.max_gap), max_gap_from="product")
    return judge(parse_series(example.temps_c, example.every), product.stages[example.stage].limits, yardstick, edges)


def failing_examples(read: ReadProduct, file: str) -> list[Problem]:
    """A finding for each example that does not get what it expects, at its place in the file."""
    found = []
    for example, place in zip(read.product.examples, read.example_places, strict=True):
        verdict = run_example(read.product, example)
        if verdict != example.expect:
            message = f'example "{example.name}" gives {verdict}, expected {example.expect}'
            found.append(Problem(file, place.line, place.column, message))
    return found
