"""What `coldchain.read`, `coldchain.audit` and `coldchain.product` give: shown as HTML, and as pandas tables."""

from collections.abc import Iterator
from pathlib import Path

from coldchain.auditing.asked import judged_by
from coldchain.auditing.audited import Period, Result
from coldchain.auditing.many import audit_many
from coldchain.errors import UsageError
from coldchain.loggers import Declared, LoggerFile
from coldchain.loggers import read as read_content
from coldchain.loggers.files import find_files
from coldchain.notebook.audits import Audits
from coldchain.notebook.files import Files
from coldchain.notebook.plot import Plot
from coldchain.notebook.products import ShownProduct

__all__ = ["Audits", "Files", "Plot", "ShownProduct", "audit_files", "read_files", "show_product"]


def read_files(paths: list[str], declared: Declared) -> Files:
    """Every file behind the paths, read.

    Raises:
        FileRefused: The first one that cannot be.
        UsageError: There is no file behind the paths.
    """
    read: list[LoggerFile] = []
    for found in find_files(paths):
        if found.refused is not None:
            raise found.refused
        read.append(read_content(found.name, found.content, declared))
    if not read:
        raise UsageError(f"there is no file in {', '.join(paths)}")
    return Files(tuple(read))


def audit_files(
    paths: list[str], product_id: str, stage: str | None, folders: list[Path], declared: Declared, counted: Period,
    jobs: int,
) -> Audits:  # fmt: skip
    """Every file behind the paths, judged.

    Raises:
        UnknownProduct: No product has this id.
        UsageError: There is no such stage, or no file behind the paths.
    """
    product, judged_stage = judged_by(product_id, stage, folders)
    results = _flat(audit_many(find_files(paths), product, judged_stage, declared, counted, jobs))
    if not results:
        raise UsageError(f"there is no file in {', '.join(paths)}")
    return Audits(results)


def show_product(product_id: str, folders: list[Path]) -> ShownProduct:
    """The product of an id.

    Raises:
        UnknownProduct: No product has it.
    """
    from coldchain.rulebook.book import load_rulebook

    return ShownProduct(load_rulebook(*folders).product(product_id))


def _flat(results: Iterator[tuple[Result, ...]]) -> tuple[Result, ...]:
    return tuple(result for of_file in results for result in of_file)
