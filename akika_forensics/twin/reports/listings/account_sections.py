"""Lists by account: a section for each, with its rows, its running balance and its total.

Source: a ledger recorded in 2020, and for accounts below others a ProfitAndLossDetail recorded in 2025: what an account
holds itself stands in a section without a header, before the sections of those below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any, Final

from akika_forensics.twin import identity
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.reports import basis
from akika_forensics.twin.reports.chart import shown_name
from akika_forensics.twin.reports.listings.columns import EMPTY, amount
from akika_forensics.twin.reports.listings.ledger_figures import Figures
from akika_forensics.twin.reports.listings.listing import Listing
from akika_forensics.twin.request import ref_id

_BALANCES: Final = ("rbal_nat_amount", "rbal_nat_home_amount")
_BEGINNING: Final = "Beginning Balance"
_TYPES: Final = tuple(accounts.CLASSIFICATION)

type Sums = dict[str, int | None]
"""Cents by key of column; None where there is no amount."""


class Sections:
    """A section for each account that has rows, those below others inside them, accounts in the order of the chart.

    ``opening`` are balances with which accounts begin; one that has nothing else has a section too. Once ``cut``, nothing
    more may be shown, and what is open has no total.
    """

    def __init__(self, figures: Figures, listing: Listing, opening: Mapping[str, int]) -> None:
        self._figures = figures
        self._listing = listing
        self._opening = opening
        self._below: dict[str, set[str]] = {}
        self.cut = False

    def of(self, some: Iterable[str]) -> tuple[list[dict[str, Any]], Sums]:
        """The sections of some accounts and of those above them, and what they add up to."""
        rows, sums = self._sections({self._highest(one) for one in some})
        return rows, added(sums)

    def _highest(self, account: str) -> str:
        """The account on top of one, which is noted below all that are above it."""
        above = ref_id(self._figures.body(account), "ParentRef")
        if above is None or not self._figures.body(above):
            return account
        self._below.setdefault(above, set()).add(account)
        return self._highest(above)

    def _sections(self, some: set[str]) -> tuple[list[dict[str, Any]], list[Sums]]:
        rows: list[dict[str, Any]] = []
        sums: list[Sums] = []
        for one in sorted(some, key=self._place):
            if not self.cut:
                row, found = self._section(one)
                rows.append(row)
                sums.append(found)
        return rows, sums

    def _place(self, account: str) -> tuple[int, str, int]:
        kind = str(self._figures.body(account).get("AccountType"))
        order = _TYPES.index(kind) if kind in _TYPES else _TYPES.index("Equity")
        return order, self._name(account).casefold(), identity.number_of(account)

    def _name(self, account: str) -> str:
        body = self._figures.body(account)
        return shown_name(body) if body else accounts.SYSTEM["retained"][0]

    def _section(self, account: str) -> tuple[dict[str, Any], Sums]:
        """Without an account for retained earnings they stand under the empty Id."""
        name, holds = self._name(account), account in self._opening or account in self._figures.moved
        header = self._listing.header(name, basis.shown_id(account) if holds and account else None)
        own, sums = self._lines(account) if holds else ([], {})
        if account not in self._below:
            return self._closed({"Header": header, "Rows": {"Row": own}}, f"Total for {name}", sums)
        first = [self._closed({"Rows": {"Row": own}}, f"Total for {name}", sums)[0]] if holds else []
        inner, parts = self._sections(self._below[account])
        title = f"Total for {name} with sub-accounts" if holds else f"Total for {name}"
        return self._closed({"Header": header, "Rows": {"Row": [*first, *inner]}}, title, added([sums, *parts]))

    def _closed(self, section: dict[str, Any], title: str, sums: Sums) -> tuple[dict[str, Any], Sums]:
        """What was cut off within has no total."""
        summary = {} if self.cut else {"Summary": self._listing.summary(title, sums)}
        return {**section, **summary, "type": "Section"}, sums

    def _lines(self, account: str) -> tuple[list[dict[str, Any]], Sums]:
        sign, rows = self._listing.names.sign(account), []
        balance = sign * self._opening.get(account, 0)
        if balance and self._room():
            rows.append(self._beginning(balance))
        moved = self._figures.rows(account) if account in self._figures.moved and not self.cut else []
        fit = self._listing.fitting(len(moved))
        self.cut = self.cut or fit < len(moved)
        after = accumulate((sign * found[1] for found in moved[:fit]), initial=balance)
        next(after)
        shown = self._listing.rows(moved[:fit], list(after))
        sums = self._listing.sums(shown)
        return [*rows, *shown, *([self._listing.cut()] if self.cut else [])], sums

    def _room(self) -> bool:
        self.cut = self.cut or not self._listing.take()
        return not self.cut

    def _beginning(self, balance: int) -> dict[str, Any]:
        cells = [{"value": amount(balance)} if one.key in _BALANCES else EMPTY for one in self._listing.columns]
        return {"ColData": [{"value": _BEGINNING}, *cells[1:]], "type": "Data"}


def added(parts: Iterable[Sums]) -> Sums:
    """Column by column; None where there is no amount in any."""
    found: Sums = {}
    for part in parts:
        for key, cents in part.items():
            found[key] = found.get(key) if cents is None else (found.get(key) or 0) + cents
    return found
