"""What a report is to the company, and what somebody asks of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from akika_forensics.twin.reports import periods
from akika_forensics.twin.reports.periods import Period
from akika_forensics.twin.session import Session

TIME_CUTS: Final = ("Total", *periods.CUTS)
"""``summarize_column_by`` of a statement: one column, or one a span of time."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a report, understood.

    ``basis`` is Accrual or Cash. ``by`` is the ``summarize_column_by``, spelled as the report spells it. ``filters``
    holds the Ids by kind, such as ``customer``. ``columns`` are the keys that were asked for, in their order; empty
    for the report's own. ``parameters`` are all others, as they came.
    """

    period: Period
    basis: str = "Accrual"
    by: str = "Total"
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)

    def only(self, kind: str) -> frozenset[str]:
        """The Ids to which a filter keeps the report; empty when it does not."""
        return self.filters.get(kind, frozenset())


type Build = Callable[[Session, Asked], tuple[dict[str, Any], bool]]
"""``Columns`` and ``Rows``, and whether there is anything in them."""


@dataclass(frozen=True, slots=True)
class Report:
    """``by`` are the ways in which its columns can be cut, none when it has fixed ones; ``period`` is its own choice.

    ``filters`` are the kinds by which it can be kept to a part; ``columns`` the keys that ``columns=`` may ask for, none
    when they are fixed; ``options`` further parameters that it heeds. ``bases`` says on which it can be had, the first
    one unasked; a report without any tells none in its header.
    Source for the calendar year: a header recorded in 2025; the documentation speaks of the fiscal year.
    """

    name: str
    build: Build
    by: tuple[str, ...] = ()
    filters: frozenset[str] = frozenset()
    period: str = "This Calendar Year-to-date"
    columns: tuple[str, ...] = ()
    options: frozenset[str] = frozenset()
    bases: tuple[str, ...] = ("Accrual",)
    standard: bool = False
    """Whether the header names the accounting standard."""
    as_of: bool = False
    """Whether it says how things stand on a day, the ``report_date``; ``period`` is then the macro whose end that is."""
    days: bool = True
    """Whether its header names the days that it covers."""
