"""The index of a part, in one file or in two: what a state is made of, and the rest of the columns, row for row.

The rest is opened only where a question needs it. Rows belong together by their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import polars as pl

from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.snapshots import frames, rebuilt, stored_payloads
from akika_forensics.vault.snapshots.parts import Part
from akika_forensics.vault.snapshots.stacks import IN_PART

if TYPE_CHECKING:
    from akika_forensics.vault.snapshots.shelf import Shelf

_SCHEMAS: Final = (frames.INDEX, frames.INDEX_1)
_PLACE: Final = "__place"


def of(shelf: Shelf, company: str, part: Part, where: pl.Expr | None, columns: Sequence[str] | None) -> pl.DataFrame:
    """Columns of `frames.INDEX`, or some, of the rows that meet ``where``. Where a file that it takes is lost, they are
    made again of the payloads, without ``was``.

    Raises DamagedFile, Vanished, and NotAllowed where it takes payloads.
    """
    wanted = list(frames.INDEX) if columns is None else list(columns)
    conditions = set() if where is None else set(where.meta.root_names())
    whole = not {*wanted, *conditions} <= frames.HOT.keys()
    if any(map(shelf.is_lost, part.indexes if whole else (part.index,))):
        made = rebuilt.index(stored_payloads.of(shelf, company, part))
        return (made if where is None else made.filter(where)).select(wanted)
    if not part.rest:
        fill = {"segment": part.numbers[0]}
        return shelf.frame(company, part.index, "index", _SCHEMAS, where=where, columns=columns, fill=fill)
    if not whole:
        return shelf.frame(company, part.index, "index", [frames.HOT], where=where, columns=wanted)
    if where is None or not conditions <= frames.HOT.keys():
        both = _beside(shelf, company, part, {*wanted, *conditions})
        return (both if where is None else both.filter(where)).select(wanted)
    return _found(shelf, company, part, where, wanted)


def of_each(
    shelf: Shelf, company: str, parts: Sequence[Part], columns: Sequence[str], newest: int | None = None
) -> list[pl.DataFrame]:
    """Some columns of many parts; the small ones are read side by side. Of segments after ``newest`` nobody needs the rows:
    some come all the same.
    """
    hot = frames.HOT.keys() >= set(columns)
    small = [
        part
        for part in parts
        if (hot or not part.rest) and shelf.file(part.index).length < IN_PART and not shelf.is_lost(part.index)
    ]
    fills = [{"segment": part.numbers[0]} for part in small]
    schemas = (*_SCHEMAS, frames.HOT)
    read = shelf.frame_each(company, [part.index for part in small], schemas, columns=columns, fills=fills)
    found = {part.index: rows for part, rows in zip(small, read, strict=True)}
    return [
        found[one.index] if one.index in found else of(shelf, company, one, _up_to(one, newest, hot=hot), columns)
        for one in parts
    ]


def _up_to(part: Part, newest: int | None, *, hot: bool) -> pl.Expr | None:
    """A condition that spares reading the rest of the row where the segment, which is read first, does not meet it."""
    if newest is None or part.numbers[-1] <= newest or (part.rest and not hot):
        return None
    return pl.col("segment") <= newest


def _beside(shelf: Shelf, company: str, part: Part, columns: set[str]) -> pl.DataFrame:
    """All rows, of both files."""
    hot = [name for name in frames.HOT if name in columns] or [frames.KEY[0]]
    rows = shelf.frame(company, part.index, "index", [frames.HOT], columns=hot)
    names = [name for name in frames.REST if name in columns]
    rest = shelf.frame(company, part.rest, "index", [frames.REST], columns=names)
    _require(part, len(rest) == len(rows))
    return rows.hstack(rest)


def _found(shelf: Shelf, company: str, part: Part, where: pl.Expr, wanted: Sequence[str]) -> pl.DataFrame:
    """Rows that the first file finds, and of the other those at the same places."""
    hot = [name for name in frames.HOT if name in wanted]
    rows = shelf.frame(company, part.index, "index", [frames.HOT], where=where, columns=[*hot, _PLACE], numbered=_PLACE)
    if rows.is_empty():
        return pl.DataFrame(schema={name: frames.INDEX[name] for name in wanted})
    first, last = rows[_PLACE][0], rows[_PLACE][-1]
    names = [name for name in frames.REST if name in wanted]
    span = (first, last - first + 1)
    rest = shelf.frame(company, part.rest, "index", [frames.REST], columns=names, span=span)
    _require(part, len(rest) == span[1])
    return rows.hstack(rest.select(pl.all().gather(rows[_PLACE] - first))).select(wanted)


def _require(part: Part, holds: bool) -> None:
    if not holds:
        raise DamagedFile(part.rest, "It has not the rows of its index.")
