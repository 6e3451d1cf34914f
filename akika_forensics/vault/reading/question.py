"""What a reader asks of a snapshot: its columns, and its conditions apart by what has to be opened to answer them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Final

import polars as pl

from akika_forensics.errors import WrongUse
from akika_forensics.vault.snapshots import frames

PAYLOAD: Final = "payload"
FACTS: Final = tuple(frames.FACTS)
_STATE: Final = ("entity", "id", "digest", "length", "segment")

SCHEMA: Final[frames.Schema] = {
    **{name: frames.STATE[name] for name in _STATE},
    **frames.FACTS,
    PAYLOAD: pl.Binary,
}
"""What a row of a snapshot is: its key, its version, what is known of it without reading it, and the bytes received."""


@dataclass(frozen=True, slots=True)
class Question:
    """``columns``: what to give, in this order. ``of_state``, ``of_index``, ``of_payload``: conditions that the manifest
    answers, those that the index has to be opened for, and those that need payloads; None where there is none.
    """

    columns: tuple[str, ...]
    of_state: pl.Expr | None
    of_index: pl.Expr | None
    of_payload: pl.Expr | None

    @property
    def facts(self) -> tuple[str, ...]:
        """Columns of the index files that are needed."""
        needed = {*self.columns, *_names(self.of_index), *_names(self.of_payload)}
        return tuple(name for name in FACTS if name in needed)

    @property
    def needs_payload(self) -> bool:
        return PAYLOAD in self.columns or self.of_payload is not None


def ask(columns: Sequence[str] | None, where: pl.Expr | None) -> Question:
    """Raises WrongUse for a column that a snapshot does not have."""
    wanted = tuple(SCHEMA) if columns is None else tuple(columns)
    unknown = sorted({*wanted, *_names(where)} - SCHEMA.keys())
    if unknown:
        raise WrongUse(f"A snapshot has no column {unknown[0]!r}.", do=f"It has {', '.join(SCHEMA)}.")
    state: list[pl.Expr] = []
    index: list[pl.Expr] = []
    payload: list[pl.Expr] = []
    for one in [] if where is None else conjuncts(where):
        names = _names(one)
        (payload if PAYLOAD in names else index if names & set(FACTS) else state).append(one)
    return Question(wanted, _all(state), _all(index), _all(payload))


def conjuncts(where: pl.Expr) -> list[pl.Expr]:
    """The conditions that ``where`` joins by and; what is none is one. All of them hold where it holds, and nowhere else."""
    inputs = where.meta.pop()
    if len(inputs) == 2:
        for left, right in (inputs, inputs[::-1]):
            # polars does not tell which operation it is, so it is put together again and compared.
            if (left & right).meta.eq(where):
                return [*conjuncts(left), *conjuncts(right)]
    return [where]


def _all(conditions: Sequence[pl.Expr]) -> pl.Expr | None:
    if not conditions:
        return None
    together: pl.Expr = reduce(and_, conditions)
    return together


def _names(where: pl.Expr | None) -> set[str]:
    return set() if where is None else set(where.meta.root_names())


def within(rows: pl.DataFrame) -> pl.Expr:
    """A condition that holds for ``rows`` (entity, id; not empty) and lets a reader skip groups of rows that hold none."""
    entities = rows["entity"].unique().sort()
    if len(rows) <= 1_000:
        return pl.col("entity").is_in(entities.to_list()) & pl.col("id").is_in(rows["id"].unique().to_list())
    if len(entities) == 1:
        return pl.col("entity").eq(entities[0]) & _between("id", rows["id"].min(), rows["id"].max())
    return _between("entity", entities[0], entities[-1])


def _between(column: str, first: object, last: object) -> pl.Expr:
    # A bare text would be taken for the name of a column.
    return pl.col(column).is_between(pl.lit(first), pl.lit(last))


def in_turns(rows: pl.DataFrame, most: int) -> Iterable[pl.DataFrame]:
    """``rows`` in their order, cut where their lengths together pass ``most`` bytes; a longer row stands alone."""
    turn = (rows["length"].cum_sum() - rows["length"]) // most
    first = 0
    for count in turn.rle().struct.field("len").to_list():
        yield rows.slice(first, count)
        first += count
