"""The books of one snapshot, rebuilt from its documents: statements of any day, as frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final, Literal

import polars as pl

from akika_forensics.books import Finding, Ledger, report_only
from akika_forensics.books.cash_basis import cash_postings
from akika_forensics.books.statements import ageing
from akika_forensics.books.statements.financial import Statements
from akika_forensics.books.statements.register import general_ledger
from akika_forensics.case.ledgers_before import ledgers_before
from akika_forensics.case.opening_costs import opening_costs
from akika_forensics.errors import WrongUse
from akika_forensics.model.record import Record
from akika_forensics.vault import Snapshot, Vault

type Basis = Literal["accrual", "cash"]
BASES: Final = ("accrual", "cash")

_DAYS: Final = 8
"""For how many days what is open is kept."""
_NAMED: Final = {
    "Class": "FullyQualifiedName",
    "Department": "FullyQualifiedName",
    "Customer": "DisplayName",
    "Vendor": "DisplayName",
    "Employee": "DisplayName",
}


@dataclass(frozen=True)
class Books:
    """``findings``: what could not be posted as it should be. What only reports show (payroll) is part of every statement, see `report_only`.

    Amounts are Decimal in home currency, debit positive where a statement does not say otherwise.
    """

    snapshot: str
    ledger: Ledger
    report_only: pl.DataFrame
    names: Mapping[tuple[str, str], str] = field(repr=False)
    on_cash: pl.DataFrame | None = field(default=None, repr=False)
    """Postings on the cash basis that were worked out already; without them they are, when they are asked for."""
    noted: tuple[Finding, ...] = ()
    """What is to be said of the books that their documents do not tell."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (*self.ledger.findings, *self.noted)

    @cached_property
    def accrual(self) -> Statements:
        return Statements(self.ledger.chart, self.postings("accrual"), self.names)

    @cached_property
    def cash(self) -> Statements:
        return Statements(self.ledger.chart, self.postings("cash"), self.names)

    def on(self, basis: str) -> Statements:
        """Statements on a basis. Raises WrongUse for one that there is not."""
        if basis not in BASES:
            raise WrongUse(f"There is no basis {basis!r}.", do="Say accrual or cash.")
        return self.accrual if basis == "accrual" else self.cash

    def worked_out(self, basis: str) -> bool:
        """Whether the postings on a basis are there already; those on the cash basis of a large company take a while."""
        return basis == "accrual" or self.on_cash is not None or "_cash" in vars(self)

    def postings(self, basis: Basis = "accrual") -> pl.DataFrame:
        """Every debit and credit: columns of `books.postings.frame.POSTINGS`."""
        return self._cash if basis == "cash" else self._accrual

    @cached_property
    def _accrual(self) -> pl.DataFrame:
        return pl.concat([self.ledger.frame, self.report_only])

    @cached_property
    def _cash(self) -> pl.DataFrame:
        return cash_postings(self.ledger, self.report_only) if self.on_cash is None else self.on_cash

    def receivables(self, as_of: date) -> pl.DataFrame:
        """Columns of `ageing.AGED` with the customer's name, a row an open document."""
        return self._open("Customer", as_of)

    def payables(self, as_of: date) -> pl.DataFrame:
        """Columns of `ageing.AGED` with the vendor's name, a row an open document."""
        return self._open("Vendor", as_of)

    def register(self, account: str, start: date, end: date, basis: str = "accrual") -> pl.DataFrame:
        """Every posting of an account with the balance after it. Raises WrongUse for an account that there is not."""
        if account not in self.ledger.chart.accounts:
            raise WrongUse(
                f"The snapshot has no account {account!r}.",
                do="Give its Id, as `akika statement trial-balance` shows it.",
            )
        return self.general_ledger(start, end, [account], basis)

    def general_ledger(
        self, start: date, end: date, accounts: Iterable[str] | None = None, basis: str = "accrual"
    ) -> pl.DataFrame:
        """Columns of `register.REGISTER` with the names of account and party."""
        rows = general_ledger(self.postings("cash" if basis == "cash" else "accrual"), start, end, accounts)
        chart = self.ledger.chart
        return rows.with_columns(
            account_name=pl.Series([chart.name(one) for one in rows["account"]], dtype=pl.String),
            name=pl.Series(self._parties(rows), dtype=pl.String),
        )

    def _parties(self, rows: pl.DataFrame) -> list[str | None]:
        pairs = rows.select("party_entity", "party").iter_rows()
        return [None if key is None else self.names.get((str(kind), key), f"{kind} {key}") for kind, key in pairs]

    def _open(self, kind: str, as_of: date) -> pl.DataFrame:
        """Worked out once for a day: a picture and a table ask for the same, and each document is looked at for it."""
        key = (kind, as_of)
        found = self._aged_before.get(key)
        if found is None:
            open_on = self.ledger.open_receivable if kind == "Customer" else self.ledger.open_payable
            found = self._aged(ageing.aged(open_on(as_of), as_of), kind)
            if len(self._aged_before) >= _DAYS:
                self._aged_before.clear()
            self._aged_before[key] = found
        return found

    @cached_property
    def _aged_before(self) -> dict[tuple[str, date], pl.DataFrame]:
        return {}

    def _aged(self, rows: pl.DataFrame, kind: str) -> pl.DataFrame:
        names = [None if key is None else self.names.get((kind, key), f"{kind} {key}") for key in rows["party"]]
        return rows.with_columns(name=pl.Series(names, dtype=pl.String))


def books_of(vault: Vault, snapshot: Snapshot) -> Books:
    """Read a snapshot and post it. Raises VaultDamaged, NotAllowed where the member may not read payloads."""
    records = list(snapshot.records())
    costs = opening_costs(snapshot, records=records)
    ledger = Ledger.of(records, opening_costs=costs.units)
    ledgers = {name: snapshot.control(name) for name in snapshot.info.controls if name.startswith("GeneralLedger")}
    found = report_only(ledger, ledgers, ledgers_before(vault, snapshot))
    return Books(snapshot.info.id, ledger, found, names_of(records), noted=costs.findings)


def names_of(records: Iterable[Record]) -> dict[tuple[str, str], str]:
    """The names of classes, locations, customers, vendors and employees, by entity and Id."""
    found: dict[tuple[str, str], str] = {}
    for one in records:
        wanted = _NAMED.get(one.key.entity)
        if wanted is not None and isinstance(one.body, dict):
            said = one.body.get(wanted)
            if isinstance(said, str) and said:
                found[one.key.entity, one.key.id] = said
    return found
