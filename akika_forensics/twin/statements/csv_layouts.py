"""Statements as the CSV files that banks offer, in three common layouts.

Text is quoted as CSV and on one line. Like a bank's own file it is not made harmless for a spreadsheet: a payee that
looks like a formula comes out as it is, and whoever reads the file has to mind it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from akika_forensics.errors import WrongUse
from akika_forensics.twin.statements.lines import BankLine
from akika_forensics.twin.statements.ofx import amount
from akika_forensics.twin.statements.statement import Statement, one_line

type Row = list[str]


def write(statement: Statement, layout: str) -> bytes:
    """UTF-8, rows from the first day to the last. Raises WrongUse for an unknown layout.

    ``amount``: ``Date,Description,Amount``, money out negative. ``debit-credit``: ``Date,Description,Debit,Credit``,
    no signs. ``balance``: a block with the balances of both ends and the totals, then each line with what is left.
    """
    rows = LAYOUTS.get(layout)
    if rows is None:
        raise WrongUse(f"There is no CSV layout {layout!r}.", do=f"Choose one of {', '.join(LAYOUTS)}.")
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows(statement))
    return text.getvalue().encode()


def _plain(one: Statement) -> Iterator[Row]:
    yield ["Date", "Description", "Amount"]
    for line in one.lines:
        yield [_american(line.date), _said(line), amount(line.cents)]


def _two_columns(one: Statement) -> Iterator[Row]:
    yield ["Date", "Description", "Debit", "Credit"]
    for line in one.lines:
        size = amount(abs(line.cents))
        yield [line.date, _said(line), *(("", size) if line.cents > 0 else (size, ""))]


def _with_balance(one: Statement) -> Iterator[Row]:
    """Source: the form in which a large bank of the United States hands out its account activity."""
    came = sum(line.cents for line in one.lines if line.cents > 0)
    went = sum(line.cents for line in one.lines if line.cents < 0)
    first, last = (_american(day.isoformat()) for day in (one.since, one.until))
    yield ["Description", "", "Summary Amt."]
    yield [f"Beginning balance as of {first}", "", _grouped(one.opening)]
    yield ["Total credits", "", _grouped(came)]
    yield ["Total debits", "", _grouped(went)]
    yield [f"Ending balance as of {last}", "", _grouped(one.closing)]
    yield []
    yield ["Date", "Description", "Amount", "Running Bal."]
    yield [first, f"Beginning balance as of {first}", "", _grouped(one.opening)]
    left = one.opening
    for line in one.lines:
        left += line.cents
        yield [_american(line.date), _said(line), _grouped(line.cents), _grouped(left)]


LAYOUTS: Final[dict[str, Callable[[Statement], Iterator[Row]]]] = {
    "amount": _plain,
    "debit-credit": _two_columns,
    "balance": _with_balance,
}


def _said(line: BankLine) -> str:
    """What a bank prints of a line in one column."""
    number = f"CHECK {line.number}" if line.number and line.cents < 0 else line.number
    return one_line(" ".join(part for part in (number, line.payee, line.memo) if part))


def _american(day: str) -> str:
    return f"{date.fromisoformat(day):%m/%d/%Y}"


def _grouped(cents: int) -> str:
    whole, _, part = amount(cents).partition(".")
    return f"{int(whole.removeprefix('-')):,}.{part}" if cents >= 0 else f"-{int(whole[1:]):,}.{part}"
