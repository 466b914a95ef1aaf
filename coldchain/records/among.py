"""Rows of many keys in one statement, however many there are."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, String, any_, bindparam, func, literal, select
from sqlalchemy.sql.selectable import TableValuedAlias

from coldchain.records.store import Transaction


def among(tx: Transaction, column: ColumnElement[int], keys: Iterable[int]) -> ColumnElement[bool]:
    """That a column holds one of some whole numbers."""
    wanted = [int(key) for key in keys]
    if tx.dialect.name == "sqlite":
        return column.in_(_listed(wanted))
    return column == any_(bindparam(None, wanted, type_=ARRAY(BigInteger), unique=True))


def among_texts(tx: Transaction, column: ColumnElement[str], keys: Iterable[str]) -> ColumnElement[bool]:
    """That a column holds one of some texts."""
    wanted = list(keys)
    if tx.dialect.name == "sqlite":
        return column.in_(_listed(wanted))
    return column == any_(bindparam(None, wanted, type_=ARRAY(String), unique=True))


def each_text(tx: Transaction, texts: Iterable[str]) -> TableValuedAlias:
    """A row a text, in its column ``value``."""
    wanted = list(texts)
    if tx.dialect.name == "sqlite":
        return func.json_each(literal(json.dumps(wanted))).table_valued("value").alias()
    given = bindparam(None, wanted, type_=ARRAY(String), unique=True)
    return func.unnest(given).table_valued("value").render_derived()


def _listed(keys: Sequence[int | str]) -> Select[Any]:
    rows = func.json_each(literal(json.dumps(list(keys)))).table_valued("value").alias()
    return select(rows.c.value).correlate(None)
