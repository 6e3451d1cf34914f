"""Values of one kind in a row: a plain tuple that shows itself as a table and becomes a frame."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, SupportsIndex, overload

import polars as pl

from akika_forensics.case.shown import Shown
from akika_forensics.errors import WrongUse
from akika_widgets.views.view import View

if TYPE_CHECKING:
    import pandas as pd

CENTS: Final = 2
MONEY: Final = pl.Decimal(38, CENTS)
"""An amount, exact: to the cent, or with as many places as the longest of its column has."""
TIME: Final = pl.Datetime("us", "UTC")


class Rows[T](Shown, tuple[T, ...]):
    """A tuple of values. A part of it, ``rows[:5]``, is of the same kind; where values have names, ``rows["s3"]`` finds one."""

    __slots__ = ()

    columns: ClassVar[Mapping[str, Any]]
    """Column → polars type, in the order of `cells`."""

    @abstractmethod
    def view(self) -> View:
        """The table that a notebook shows."""

    @abstractmethod
    def cells(self, one: T) -> tuple[Any, ...]:
        """A value as a row of the frame."""

    def name_of(self, one: T) -> str:  # noqa: ARG002 - for kinds whose values have names
        """By what `rows[name]` finds a value; ``""`` for none."""
        return ""

    @overload
    def __getitem__(self, at: SupportsIndex | str, /) -> T: ...
    @overload
    def __getitem__(self, at: slice, /) -> Self: ...
    def __getitem__(self, at: SupportsIndex | str | slice, /) -> T | Self:
        if isinstance(at, str):
            return self._named(at)
        return type(self)(super().__getitem__(at)) if isinstance(at, slice) else super().__getitem__(at)

    def _named(self, name: str) -> T:
        for one in self:
            if name and self.name_of(one) == name:
                return one
        names = self._ipython_key_completions_()
        raise WrongUse(
            f"There is no {name!r} among these.",
            do=f"There are: {', '.join(names[:20])}{' …' if len(names) > 20 else ''}." if names else "",
        )

    def _ipython_key_completions_(self) -> list[str]:
        return [name for one in self if (name := self.name_of(one))]

    def to_frame(self) -> pl.DataFrame:
        """A polars frame with the columns of `columns`: amounts as Decimal, times with their zone (UTC)."""
        return frame([self.cells(one) for one in self], self.columns)

    def to_pandas(self) -> pd.DataFrame:
        """The same as a pandas frame: Arrow types, so that amounts stay decimal and times keep their zone."""
        return as_pandas(self.to_frame())


def frame(rows: Sequence[tuple[Any, ...]], columns: Mapping[str, Any]) -> pl.DataFrame:
    """Rows under typed columns. A column of amounts gets the places that its longest amount has: none is ever rounded."""
    schema = {
        name: pl.Decimal(38, places(row[at] for row in rows)) if kind == MONEY else kind
        for at, (name, kind) in enumerate(columns.items())
    }
    return pl.DataFrame([tuple(map(_plain, row)) for row in rows], schema=schema, orient="row")


def as_pandas(rows: pl.DataFrame) -> pd.DataFrame:
    """A polars frame as a pandas frame of Arrow types."""
    return rows.to_pandas(use_pyarrow_extension_array=True)


def places(amounts: Iterable[Decimal | None]) -> int:
    """Decimal places that hold every amount: two, or more where one has more."""
    exponents = [amount.as_tuple().exponent for amount in amounts if amount is not None]
    return max([CENTS, *(-one for one in exponents if isinstance(one, int))])


def _plain(cell: Any) -> Any:
    return cell.astimezone(UTC) if isinstance(cell, datetime) else cell
