"""Product files: which there are, which versions judge here and who adopted them; adopting one, and taking it back."""

from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from coldchain.domain.product import Product
from coldchain.errors import ColdchainError, NotFound, NotPermitted, UsageError
from coldchain.records import adoptions
from coldchain.records.adoptions import Adoption, InUse
from coldchain.records.store import Transaction
from coldchain.reviewing import adopting
from coldchain.rulebook.changes import Change, changes
from coldchain.rulebook.today import File
from coldchain.rulebook.words import label_in_words, stage_in_words, unverified
from coldchain.web.looking import frozen_product
from coldchain.web.pages.location import with_id
from coldchain.web.signing import refused_signature
from coldchain.web.visit import SignedIn, Visit

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=20_000)]


@dataclass(frozen=True)
class Row:
    """One product on the list.

    Attributes:
        today: The file as it is now; ``None`` where it is gone and only frozen copies judge.
        adoption: Of today's version, if it stands.
        judges: The locations judged by any version of it.
        other: How many of those are judged by another version than today's.
        unadopted: How many of those are judged by a version nobody adopted.
    """

    product: Product
    today: Product | None
    adoption: Adoption | None
    judges: tuple[InUse, ...]
    other: int
    unadopted: int

    @property
    def urgency(self) -> tuple[bool, bool, str]:
        """What judges here first, and of that what nobody adopted."""
        return not self.judges, not self.unadopted, self.product.name.casefold()


@dataclass(frozen=True)
class Known:
    """One version of a product that is of today, judges somewhere, or was adopted once.

    Attributes:
        is_today: Whether the file says this now.
        judges: The locations judged by it.
        differs: From today's version; empty for today's itself.
    """

    product: Product
    text: str
    is_today: bool
    adoption: Adoption | None
    judges: tuple[InUse, ...]
    differs: tuple[Change, ...]


@dataclass(frozen=True)
class Typed:
    """What somebody typed into which version's form, and why it could not be taken."""

    form: str = ""
    sha256: str = ""
    comment: str = ""
    chosen: frozenset[int] = field(default=frozenset())
    error: str = ""
    at_password: bool = False


@router.get("/products")
def products(visit: SignedIn, q: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    """Every product, those that judge here first."""
    files, problems = visit.services.today.files()
    with visit.services.store.reading() as tx:
        rows = sorted(_rows(tx, files), key=lambda row: row.urgency)
        wanted = [row for row in rows if _matches(row.product, q)]
        return visit.render(
            tx, "products.html", judging=[row for row in wanted if row.judges], q=q, problems=problems,
            others=[row for row in wanted if not row.judges], total=len(rows),
            waiting=sum(bool(row.unadopted) for row in rows),
        )  # fmt: skip


@router.get("/products/{product_id}")
def product(visit: SignedIn, product_id: str) -> Response:
    """One product: its versions, what differs, and adopting."""
    return _page(visit, product_id, 200, Typed())


@router.get("/products/{product_id}/{act}")
def after_an_error(_: SignedIn, product_id: str, act: str) -> Response:  # noqa: ARG001 - part of the address
    """Where a refused form stood is the product's own page, for whoever loads it again."""
    return RedirectResponse(_address(product_id), 303)


@router.post("/products/{product_id}/adopt")
def adopt(
    visit: SignedIn, product_id: str, sha256: Text = "", password: Text = "", comment: Text = "",
    take_over: Annotated[list[int] | None, Form()] = None,
) -> Response:  # fmt: skip
    """Adopt a version, and judge the chosen locations by it from now on; signed with the password."""
    typed = Typed("adopt", sha256, comment, frozenset(take_over or ()))
    return _signed(visit, product_id, typed, password)


@router.post("/products/{product_id}/withdraw")
def withdraw(visit: SignedIn, product_id: str, sha256: Text = "", password: Text = "", comment: Text = "") -> Response:
    """Take an adoption back; signed with the password."""
    return _signed(visit, product_id, Typed("withdraw", sha256, comment), password)


def _signed(visit: Visit, product_id: str, typed: Typed, password: str) -> Response:
    """Do what was typed, if the role may and the signature holds; else say at the field what would be right."""
    why_not = adopting.refusal(visit.person.role)
    if why_not is not None:
        return _page(visit, product_id, 403, _said(typed, why_not))
    try:
        if typed.form == "withdraw":
            adopting.reason_of(typed.comment)
        refused = refused_signature(visit, password)
        if refused is not None:
            return _page(visit, product_id, 422, _said(typed, refused, at_password=True))
        _do(visit, product_id, typed)
    except (UsageError, NotFound) as error:
        return _page(visit, product_id, 422, _said(typed, str(error)))
    except NotPermitted as error:
        return _page(visit, product_id, 403, _said(typed, str(error)))
    visit.services.changes.publish()
    return RedirectResponse(_address(product_id), 303)


def _do(visit: Visit, product_id: str, typed: Typed) -> None:
    services, now_ms = visit.services, visit.clock.now_ms
    if typed.form == "withdraw":
        adopting.withdraw(services.store, typed.sha256, visit.person, now_ms, typed.comment)
        return
    with services.store.reading() as tx:
        found = next((one for one in _versions(tx, visit, product_id) if one.product.sha256 == typed.sha256), None)
    if found is None:
        raise UsageError("this file has changed since you looked at it: look at what it says now, then adopt that")
    adopting.adopt(
        services.store, found.product, found.text, visit.person, now_ms, comment=typed.comment, take_over=typed.chosen
    )


def _said(typed: Typed, error: str, *, at_password: bool = False) -> Typed:
    return Typed(typed.form, typed.sha256, typed.comment, typed.chosen, error, at_password)


def _page(visit: Visit, product_id: str, status: int, typed: Typed) -> Response:
    with visit.services.store.reading() as tx:
        versions = _versions(tx, visit, product_id)
        if not versions:
            raise NotFound(f"there is no product {product_id!r}")
        shown = versions[0].product
        return visit.render(
            tx, "product.html", status, versions=versions, product=shown, typed=typed, acts=_acts(tx, product_id),
            label=label_in_words(shown), doubts=unverified(shown), today_is=_why_no_today(visit, product_id),
            stages=[(stage.name, [with_id(each) for each in stage_in_words(stage)]) for stage in shown.stages.values()],
            why_not=adopting.refusal(visit.person.role),
            to_take_over={one.product.sha256: adopting.to_take_over(tx, one.product) for one in versions},
        )  # fmt: skip


def _versions(tx: Transaction, visit: Visit, product_id: str) -> list[Known]:
    """Today's first, then those that judge somewhere, then those that were adopted once; newest first."""
    today = visit.services.today.of(product_id)
    used, acts, adopted = adoptions.in_use(tx, product_id), adoptions.acts(tx, product_id), adoptions.all_adopted(tx)
    texts = {} if today is None else {today.product.sha256: today.text}
    for text in [one.product_file for one in used] + [one.product_file for one in reversed(acts)]:
        texts.setdefault(frozen_product(text, product_id).sha256, text)
    found = []
    for sha256, text in texts.items():
        known = frozen_product(text, product_id)
        is_today = today is not None and sha256 == today.product.sha256
        differs = () if today is None or is_today else changes(known, today.product)
        judges = tuple(one for one in used if one.sha256 == sha256)
        found.append(Known(known, text, is_today, adopted.get(sha256), judges, differs))
    return sorted(found, key=lambda one: (not one.is_today, not one.judges, -one.product.version))


def _acts(tx: Transaction, product_id: str) -> list[Adoption]:
    return list(reversed(adoptions.acts(tx, product_id)))


def _why_no_today(visit: Visit, product_id: str) -> str:
    """Why there is no version of today; empty where there is."""
    try:
        visit.services.today.file(product_id)
    except ColdchainError as error:
        return str(error)
    return ""


def _rows(tx: Transaction, files: list[File]) -> list[Row]:
    adopted, used = adoptions.all_adopted(tx), adoptions.in_use(tx)
    today = {one.product.id: one.product for one in files}
    by_id: dict[str, list[InUse]] = {}
    for one in used:
        by_id.setdefault(one.product_id, []).append(one)
    gone = {key: frozen_product(found[0].product_file, key) for key, found in by_id.items() if key not in today}
    rows = []
    for product_id, shown in (today | gone).items():
        judges, now = tuple(by_id.get(product_id, ())), today.get(product_id)
        rows.append(
            Row(
                product=shown,
                today=now,
                adoption=None if now is None else adopted.get(now.sha256),
                judges=judges,
                other=sum(now is None or one.sha256 != now.sha256 for one in judges),
                unadopted=sum(one.sha256 not in adopted for one in judges),
            )
        )
    return rows


def _matches(shown: Product, wanted: str) -> bool:
    words = wanted.casefold().split()
    text = f"{shown.id} {shown.name} {shown.label.document} {shown.label.jurisdiction}".casefold()
    return all(word in text for word in words)


def _address(product_id: str) -> str:
    return f"/products/{quote(product_id, safe='')}"
