"""The list of known answers as a document to sign and file: what was run, on what, what came of each, room to sign."""

import html
from collections.abc import Sequence
from importlib import resources
from typing import Any

from coldchain.domain.product import Product
from coldchain.selftest.case import Outcome
from coldchain.selftest.installed import Installed

Data = dict[str, Any]


def data_of(
    outcomes: Sequence[Outcome], found: Installed, products: Sequence[Product], version: str, run_at: str
) -> Data:
    """Everything the document says, as plain JSON values."""
    failed = [one for one in outcomes if not one.passed]
    passed = len(outcomes) - len(failed)
    return {
        "title": f"Known answers of coldchain {version}",
        "run_at": run_at,
        "short": found.fingerprint[:16],
        "verdict": f"{passed} of {len(outcomes)} known answers passed"
        + (f"; {len(failed)} failed: do not use this installation." if failed else "."),
        "facts": [
            ["Run at", run_at],
            ["Program", f"coldchain {version}, {len(found.files)} files, fingerprint {found.fingerprint}"],
            ["Runs on", f"Python {found.python}, {found.machine}"],
            ["Libraries", ", ".join(found.libraries)],
            ["Product files", f"{len(products)}, each with its own SHA-256 below"],
        ],
        "failed": [[one.case.id, one.case.about, one.case.expected, one.found] for one in failed],
        "cases": [
            ["pass" if one.passed else "FAIL", one.case.id, one.case.about, one.case.source, one.case.expected,
             one.found]
            for one in outcomes
        ],
        "files": [[one.name, one.sha256] for one in found.files],
        "products": [[one.id, f"version {one.version}", one.sha256] for one in products],
    }  # fmt: skip


def template() -> bytes:
    """The document's layout for typst; its data are `data_of` as JSON under ``list``."""
    return resources.files("coldchain.selftest").joinpath("validation.typ").read_bytes()


def as_html(data: Data) -> str:
    """The same as one page of HTML that loads nothing and prints well."""
    return _PAGE.format(
        title=_safe(data["title"]), verdict=_safe(data["verdict"]),
        facts="".join(f"<dt>{_safe(name)}</dt><dd>{_safe(value)}</dd>" for name, value in data["facts"]),
        signatures="".join(f"<p>{_safe(word)}</p>" for word in ("Run by (name, function)", "Date, signature",
                                                                "Reviewed by (name, function)", "Date, signature")),
        cases=_rows(data["cases"]), files=_rows(data["files"]), products=_rows(data["products"]),
    )  # fmt: skip


def _rows(rows: Sequence[Sequence[str]]) -> str:
    return "".join("<tr>" + "".join(f"<td>{_safe(each)}</td>" for each in row) + "</tr>" for row in rows)


def _safe(text: str) -> str:
    return html.escape(str(text))


_PAGE = """\
<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #17212b; background: #fff; max-width: 75rem; margin: 2rem auto;
  padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; font-size: .85rem; }}
td, th {{ text-align: left; vertical-align: top; padding: .2rem .5rem; border-bottom: 1px solid #c9d1d9;
  overflow-wrap: anywhere; }}
dt {{ font-weight: 650; }} dd {{ margin: 0 0 .5rem; overflow-wrap: anywhere; }}
.sign {{ display: grid; grid-template-columns: 1fr 1fr; gap: 2.5rem 1.5rem; margin: 3rem 0 1rem; }}
.sign p {{ border-top: 1px solid #17212b; margin: 0; font-size: .85rem; }}
thead {{ display: table-header-group; }} tr {{ break-inside: avoid; }}
</style>
<main><h1>{title}</h1><p><b>{verdict}</b></p><dl>{facts}</dl><div class="sign">{signatures}</div>
<h2>Every known answer</h2><table><thead><tr><th scope="col">Outcome<th scope="col">Id<th scope="col">What
<th scope="col">Who says so<th scope="col">Expected<th scope="col">Found</tr></thead><tbody>{cases}</tbody></table>
<h2>Program files</h2><table><thead><tr><th scope="col">File<th scope="col">SHA-256</tr></thead><tbody>{files}</tbody>
</table><h2>Product files</h2><table><thead><tr><th scope="col">Product file<th scope="col">Version
<th scope="col">SHA-256</tr></thead><tbody>{products}</tbody></table></main></html>
"""
