"""Cold-chain compliance: temperatures judged against what each medicine's label allows.

In a notebook::

    import coldchain

    coldchain.read("shipment.csv")                            # what an importer makes of a file
    coldchain.audit("shipment.csv", product="lemtrada")       # judged; shown as a report
    coldchain.audit(["a.csv", "logs/"], product="lemtrada").to_pandas()
    coldchain.product("lemtrada")                             # what its label asks for

Importing this package loads nothing else; each function loads what it needs.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coldchain.notebook import Audits, Files, ShownProduct

from coldchain.version import __version__

__all__ = ["__version__", "audit", "product", "read"]

Paths = str | Path | Sequence[str | Path]


def read(
    paths: Paths, *, tz: str | None = None, unit: str | None = None, date_order: str | None = None,
    decimal: str | None = None, column: str | None = None,
) -> "Files":  # fmt: skip
    """What an importer makes of logger files: readings and the evidence for every choice; judges nothing.

    Args:
        paths: A file, a folder, a zip, or several.
        tz, unit, date_order, decimal, column: What you say where a file proves nothing, as in ``coldchain read``.

    Raises:
        FileRefused: A file cannot be read without guessing; the message names the argument that would settle it.
    """
    from coldchain.loggers import Declared
    from coldchain.notebook import read_files

    return read_files(_listed(paths), Declared(tz, unit, date_order, decimal, column))


def audit(
    paths: Paths, *, product: str, stage: str | None = None, rules: Sequence[str | Path] = (),
    tz: str | None = None, unit: str | None = None, date_order: str | None = None, decimal: str | None = None,
    column: str | None = None, start: str | None = None, end: str | None = None, max_gap: str | None = None,
    uncertainty_c: float | str = 0, accept_bad_signature: bool = False, jobs: int = 1,
) -> "Audits":  # fmt: skip
    """Judge logger files against a product's rules, exactly as ``coldchain audit`` does.

    Args:
        paths: A file, a folder, a zip, or several.
        product: The product's id.
        stage: Which of its stages; the first where not given.
        rules: Folders of your own product files.
        start, end: The period to judge, such as ``2026-03-01T08:00+01:00``.
        max_gap: How long a good reading is believed, such as ``30 min``.
        uncertainty_c: Of the probe.
        jobs: So many files at a time.

    Raises:
        UnknownProduct: No product has this id.
        UsageError: An argument is not written as it should be.
    """
    from coldchain.auditing.asked import period_of
    from coldchain.loggers import Declared
    from coldchain.notebook import audit_files

    declared = Declared(tz, unit, date_order, decimal, column)
    counted = period_of(start, end, tz, max_gap, str(uncertainty_c), accept_bad_signature=accept_bad_signature)
    return audit_files(_listed(paths), product, stage, [Path(folder) for folder in rules], declared, counted, jobs)


def product(product_id: str, *, rules: Sequence[str | Path] = ()) -> "ShownProduct":
    """A product: what its label asks for, where that stands, and who has checked it.

    Raises:
        UnknownProduct: No product has this id; the message names the nearest ones.
    """
    from coldchain.notebook import show_product

    return show_product(product_id, [Path(folder) for folder in rules])


def _listed(paths: Paths) -> list[str]:
    return [str(paths)] if isinstance(paths, str | Path) else [str(path) for path in paths]
