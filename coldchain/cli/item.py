"""``coldchain item``: lots and packs, on the service's own record."""

import argparse
from typing import TYPE_CHECKING

from coldchain.cli.options import add_declared_options, declared_of
from coldchain.cli.settings_option import add_config_option, record_settings_of, store_of

if TYPE_CHECKING:
    from coldchain.records import Store
    from coldchain.reviewing.stock import Actor
    from coldchain.settings import RecordSettings
    from coldchain.web.times import Clock

HELP = "lots and packs: add, move and judge them over their whole way"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add ``add``, ``list``, ``show``, ``move``, ``split``, ``end`` and ``import``."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _configure_add(_action(actions, "add", "record that a lot or a pack has arrived"))
    listing = _action(actions, "list", "every item in stock with its verdict, worst first")
    listing.add_argument("--location", metavar="NAME", help="only what is there")
    listing.add_argument("--product", metavar="ID", help="only of this product")
    listing.add_argument("--all", action="store_true", help="also what was used, discarded or sent away")
    show = _action(actions, "show", "one item and its whole way; exit code 1 violated, 3 undetermined")
    show.add_argument("item", type=int, metavar="ITEM", help="its number, as in the list")
    move = _action(actions, "move", "record that an item went to another location")
    move.add_argument("item", type=int, metavar="ITEM")
    move.add_argument("location", metavar="LOCATION", help="a location's name; '-' for on its way")
    move.add_argument("--stage", default="", metavar="NAME", help="in this stage of its product from then on")
    _when(move)
    _configure_split(_action(actions, "split", "take a part off an item; it is an item of its own from then on"))
    end = _action(actions, "end", "record that an item was used, discarded or sent away")
    end.add_argument("item", type=int, metavar="ITEM")
    end.add_argument("how", choices=("used", "discarded", "left"))
    _when(end)
    _configure_import(_action(actions, "import", "make a logger file the trace of an item's transport"))


def _configure_add(add: argparse.ArgumentParser) -> None:
    add.add_argument("product", metavar="PRODUCT", help="a product file's id; its text is frozen with the item")
    add.add_argument("name", metavar="NAME", help="the lot's number or the pack's serial")
    add.add_argument("--location", required=True, metavar="NAME", help="where it arrived")
    add.add_argument("--stage", default="", metavar="NAME", help="of its product (default: the first)")
    add.add_argument("--kind", choices=("lot", "pack"), default="lot", help="default: lot")
    add.add_argument("--quantity", type=int, default=1, metavar="N", help="how many (default: 1)")
    _when(add)


def _configure_split(splitting: argparse.ArgumentParser) -> None:
    splitting.add_argument("item", type=int, metavar="ITEM")
    splitting.add_argument("quantity", type=int, metavar="N", help="how many are taken off; at least one stays")
    splitting.add_argument("--location", metavar="NAME", help="where they go (default: they stay where they are)")
    splitting.add_argument("--name", default="", metavar="NAME", help="what the part is called (default: as its lot)")
    _when(splitting)


def _configure_import(importing: argparse.ArgumentParser) -> None:
    importing.add_argument("item", type=int, metavar="ITEM")
    importing.add_argument("file", metavar="FILE", help="the logger's file; it is kept whole")
    importing.add_argument("--began", metavar="TIME", help="when the transport began (default: the first reading)")
    importing.add_argument("--uncertainty", default="0", metavar="DEGREES_C", help="of the logger (default: 0)")
    importing.add_argument(
        "--accept-bad-signature", action="store_true", help="use a file whose own signature does not fit"
    )
    add_declared_options(importing)


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", word: str, summary: str
) -> argparse.ArgumentParser:
    action = actions.add_parser(word, help=summary, description=summary[0].upper() + summary[1:] + ".")
    add_config_option(action)
    return action


def _when(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at", metavar="TIME", help="such as 2026-11-21T08:00, in the site's zone (default: now)")
    parser.add_argument("--comment", default="", metavar="TEXT", help="kept with it")


def run(arguments: argparse.Namespace) -> int:
    """Do one action; 0 when it is done. ``show``: 0 compliant, 1 violated, 3 undetermined."""
    import time

    settings = record_settings_of(arguments)
    store = store_of(settings)
    now_ms = time.time_ns() // 1_000_000
    try:
        store.migrate()
        return _ACTS[arguments.action](arguments, settings, store, now_ms)
    finally:
        store.close()


def _add(arguments: argparse.Namespace, settings: "RecordSettings", store: "Store", now_ms: int) -> int:
    from coldchain.reviewing import stock
    from coldchain.rulebook.book import load_rulebook

    wanted = stock.NewItem(
        arguments.product, arguments.name, arguments.location, _at(arguments.at, settings, now_ms), arguments.stage,
        arguments.kind, arguments.quantity, comment=arguments.comment,
    )  # fmt: skip
    made = stock.add(store, load_rulebook(*([settings.rules] if settings.rules else [])), _who(), wanted, now_ms)
    print(f"item {made}: {arguments.kind} {arguments.name} of {arguments.product}, at {arguments.location}")
    return 0


def _move(arguments: argparse.Namespace, settings: "RecordSettings", store: "Store", now_ms: int) -> int:
    from coldchain.reviewing import stock

    where = None if arguments.location == "-" else arguments.location
    at_ms = _at(arguments.at, settings, now_ms)
    stock.move(store, _who(), arguments.item, where, at_ms, now_ms, stage=arguments.stage, comment=arguments.comment)
    print(f"item {arguments.item} is {'on its way' if where is None else f'at {where}'} now")
    return 0


def _split(arguments: argparse.Namespace, settings: "RecordSettings", store: "Store", now_ms: int) -> int:
    from coldchain.reviewing.splitting import split

    made = split(
        store, _who(), arguments.item, arguments.quantity, arguments.location, _at(arguments.at, settings, now_ms),
        now_ms, name=arguments.name, comment=arguments.comment,
    )  # fmt: skip
    where = f", at {arguments.location}" if arguments.location else ""
    print(f"item {made}: {arguments.quantity} split off from item {arguments.item}{where}")
    return 0


def _end(arguments: argparse.Namespace, settings: "RecordSettings", store: "Store", now_ms: int) -> int:
    from coldchain.records.items import Kind
    from coldchain.reviewing import stock

    how = Kind(arguments.how)
    stock.end(store, _who(), arguments.item, how, _at(arguments.at, settings, now_ms), now_ms, arguments.comment)
    print(f"item {arguments.item} was {stock.end_words(how)}; nothing happens to it any more")
    return 0


def _import(arguments: argparse.Namespace, settings: "RecordSettings", store: "Store", now_ms: int) -> int:
    from dataclasses import replace
    from pathlib import Path

    from coldchain.domain.temperature import milli_c
    from coldchain.errors import UsageError
    from coldchain.importing.filing import import_for_item
    from coldchain.layouts import find_layouts

    path = Path(arguments.file)
    try:
        content = path.read_bytes()
        uncertainty = milli_c(arguments.uncertainty)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"--uncertainty: {error}") from error
    declared = declared_of(arguments)
    if declared.site_tz is None:
        declared = replace(declared, site_tz=settings.tz)
    if settings.layouts is not None and not declared.layouts:
        declared = replace(declared, layouts=find_layouts([settings.layouts]))
    began_ms = None if arguments.began is None else _at(arguments.began, settings, now_ms)
    leg = import_for_item(
        store, _who(), arguments.item, path.name, content, declared, now_ms, from_ms=began_ms,
        uncertainty_milli_c=uncertainty,
        accepted_because="--accept-bad-signature" if arguments.accept_bad_signature else "",
    )  # fmt: skip
    clock = _clock(settings, now_ms)
    already = "was the trace of its transport already" if leg.again else "is the trace of its transport now"
    print(f"{path.name}: {leg.readings} readings, {clock.full(leg.from_ms)} to {clock.full(leg.to_ms)}; {already}")
    return 0


def _list(arguments: argparse.Namespace, settings: "RecordSettings", store: "Store", now_ms: int) -> int:
    from coldchain.records import items
    from coldchain.reviewing.whole_way import judge_all
    from coldchain.web.stocktaking import shown_item

    clock = _clock(settings, now_ms)
    with store.reading() as tx:
        found = [
            one
            for one in items.histories(tx, ended=None if arguments.all else False)
            if arguments.location in (None, one.last.location_name) and arguments.product in (None, one.item.product_id)
        ]
        shown = sorted((shown_item(one, clock) for one in judge_all(tx, found, now_ms)), key=lambda one: one.urgency)
    if not shown:
        print("no items")
    for each in shown:
        item = each.history.item
        where = each.history.end.kind.value if each.history.end else each.history.last.title
        print(
            f"{item.id:<5} {each.word:<13} {each.short_product} {item.kind} {item.name}, {where}"
            f"{f' ({each.ran_out})' if each.ran_out else ''}"
        )
    return 0


def _show(arguments: argparse.Namespace, settings: "RecordSettings", store: "Store", now_ms: int) -> int:
    from coldchain.domain.verdict import Verdict
    from coldchain.records import dispositions
    from coldchain.reviewing.whole_way import judged
    from coldchain.rulebook.words import unverified
    from coldchain.web.deciding import on_item
    from coldchain.web.stocktaking import expiry_words, happened_words, open_questions, sentences, shown_item

    clock = _clock(settings, now_ms)
    with store.reading() as tx:
        shown = shown_item(judged(tx, arguments.item, now_ms), clock)
        decided = on_item(dispositions.of_item(tx, arguments.item), shown.judged)
    item = shown.history.item
    print(f"{shown.word}: {shown.judged.product.name}, {item.kind} {item.name}, {shown.history.quantity} of them")
    for sentence in sentences(shown, clock):
        print(f"  {sentence}")
    if decided:
        anew = f"; to be decided anew: {decided.reopened}" if decided.reopened else ""
        print(f"  {decided.words}, signed by {decided.signed.full_name} {clock.full(decided.signed.at_ms)}{anew}")
    for each in shown.budgets:
        print(f"  {each.words}: {each.used}{f'; {each.spent}' if each.spent else ''}")
    if expiry_words(shown, clock):
        print(f"  shortened expiry: {expiry_words(shown, clock)}")
    print("Its whole way:")
    for one in shown.history.events:
        print(f"  {clock.full(one.at_ms)}  {happened_words(one)}  ({one.by_name})")
    for question in open_questions(shown, clock):
        print(f"Open: {question}")
    print(f"Judged by {item.product_id} version {item.version}, as it was at its arrival ({item.sha256})")
    for doubt in unverified(shown.judged.product, shown.history.last.stage):
        print(f"  {doubt}")
    return {Verdict.VIOLATED: 1, Verdict.UNDETERMINED: 3}.get(shown.judged.judgement.verdict, 0)


def _at(text: str | None, settings: "RecordSettings", now_ms: int) -> int:
    from zoneinfo import ZoneInfo

    from coldchain.domain.instant import instant_ms
    from coldchain.errors import UsageError

    if text is None:
        return now_ms
    try:
        return instant_ms(text, ZoneInfo(settings.tz))
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{text!r} is no instant: write it as 2026-11-21T08:00") from error


def _clock(settings: "RecordSettings", now_ms: int) -> "Clock":
    from zoneinfo import ZoneInfo

    from coldchain.web.times import Clock

    return Clock(now_ms, ZoneInfo(settings.tz))


def _who() -> "Actor":
    import getpass

    from coldchain.reviewing.stock import Actor

    try:
        return Actor(f"{getpass.getuser()} (command line)", "command line")
    except (KeyError, OSError):  # a container's user may have no name
        return Actor("command line", "command line")


_ACTS = {"add": _add, "list": _list, "show": _show, "move": _move, "split": _split, "end": _end, "import": _import}
