"""Reports to set, made from small files."""

from coldchain.auditing.audited import Audited, Period, Refused
from coldchain.auditing.file import audit_file
from coldchain.domain.product import Product
from coldchain.loggers import Declared
from coldchain.reporting.content import report, section
from coldchain.reporting.report import Report, Section
from coldchain.rulebook.book import parse_product
from tests.auditing.logger_files import RULES, hobo

BOX: Product = parse_product(RULES, "box.yaml")

COMMAND = "coldchain audit 'a b.csv' --product box --max-gap '30 min'"


def audited(
    series: str, *, name: str = "box.csv", stage: str = "strict", every_min: float = 15, period: Period = Period()
) -> Audited:
    """One judged channel."""
    (result,) = audit_file(name, hobo(series, every_min), BOX, BOX.stages[stage], Declared(), period)
    assert isinstance(result, Audited)
    return result


def refused(name: str = "notes.pdf") -> Refused:
    """A file that is no log."""
    (result,) = audit_file(name, b"%PDF-1.7", BOX, BOX.stages["strict"])
    assert isinstance(result, Refused)
    return result


def section_of(series: str, stage: str = "strict", every_min: float = 15) -> Section:
    """One channel in words."""
    return section(audited(series, stage=stage, every_min=every_min))


def report_of(*series: str, name: str = "box.csv", with_refusal: bool = False) -> Report:
    """A report of one file a series."""
    found = [audited(one, name=name) for one in series]
    return report(found, [refused()] if with_refusal else [], command=COMMAND, program="coldchain 0.1.0")
