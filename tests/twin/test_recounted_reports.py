"""After anything that was keyed every report says what a recount of the documents says."""

from __future__ import annotations

import os

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from akika_forensics.twin import Twin, life
from akika_forensics.twin.life import parameters
from tests.twin.recount import (
    check_flows,
    check_listings,
    check_owed,
    check_statements,
    check_taxes,
    check_trade,
    sheet,
)
from tests.twin.recount.acts import USUAL, act
from tests.twin.recount.keying import Keeper
from tests.twin.recount.stage import Check, as_read, random_life
from tests.twin.t_accounts import abroad
from tests.twin.t_accounts.shop import Overseas

SOAK = os.environ.get("AKIKA_TEST_PROFILE") == "soak"
STEPS = st.lists(st.tuples(st.sampled_from(USUAL), st.integers(0, 2**20)), min_size=5, max_size=60 if SOAK else 30)
STATED: tuple[Check, ...] = (
    *check_statements.CHECKS,
    *check_trade.CHECKS,
    *check_taxes.CHECKS,
    *check_listings.CHECKS,
)
"""Reports that are to be had on both bases."""
LISTED: tuple[Check, ...] = (
    *check_owed.CHECKS,
    *check_trade.LISTS,
    *check_flows.LISTS,
    *check_listings.LISTS,
    *check_listings.OWN,
)
"""Reports that have no basis."""
AT_HOME: tuple[Check, ...] = (*check_owed.ABROAD, *check_trade.LISTS, *check_flows.LISTS, *check_listings.LISTS)
"""Of those the ones that a company with several currencies shows in its own."""


@settings(max_examples=300 if SOAK else 80, deadline=None, derandomize=not SOAK)
@given(STEPS)
def test_every_report_is_what_a_recount_says(steps: list[tuple[str, int]]) -> None:
    books = random_life(steps)
    try:
        for basis in ("Accrual", "Cash"):
            for check in STATED:
                check(books, basis)
        for check in LISTED:
            check(books, "Accrual")
    finally:
        books.close()


@settings(max_examples=300 if SOAK else 40, deadline=None, derandomize=not SOAK)
@given(STEPS)
def test_a_company_that_trades_abroad_is_recounted_too(steps: list[tuple[str, int]]) -> None:
    books = random_life(steps, abroad=True)
    try:
        for basis in ("Accrual", "Cash"):
            for check in STATED:
                check(books, basis)
        for check in AT_HOME:
            check(books, "Accrual")
    finally:
        books.close()


@pytest.mark.parametrize(("seed", "currency"), [(1, ""), (2, "EUR")])
def test_reports_of_a_company_with_a_life_are_what_a_recount_of_its_records_says(seed: int, currency: str) -> None:
    wish = life.Wish(2_000 if SOAK else 420, seed, currency=currency)
    twin = Twin()
    life.fill(twin, wish)
    books = as_read(twin, "2023-01-02", wish.last_day(parameters.load()).isoformat())
    try:
        for basis in ("Accrual", "Cash"):
            for check in STATED:
                check(books, basis)
        for check in AT_HOME if currency else LISTED:
            check(books, "Accrual")
    finally:
        books.close()


def test_the_acts_reach_everything() -> None:
    """The random life keys every kind of transaction, or it proves nothing."""
    keeper = Keeper()
    for seed in range(400):
        act(keeper, USUAL[seed % len(USUAL)], seed)
    kinds = {doc.entity for doc in keeper.docs.values()}
    assert len(kinds) == 13, kinds
    assert any(len(doc.applied) > 1 for doc in keeper.docs.values())
    keeper.shop.twin.close()


def test_what_an_entry_does_not_name_is_nobodys() -> None:
    """Ann owes more by an entry whose other line has no name: that is no cost of hers, and none of the vendor's."""
    keeper = Keeper()
    shop = keeper.shop
    for account, name in ((keeper.receivable, ("Customer", shop.ann)), (keeper.payable, ("Vendor", shop.power))):
        shop.journal("02-01", (account, 50, name), (shop.rent, -50, None))
    income = shop.twin.report("CustomerIncome", start_date="2026-01-01", end_date="2026-12-31")
    assert [row.values for row in sheet.data(income)] == []
    spent = shop.twin.report("VendorExpenses", start_date="2026-01-01", end_date="2026-12-31")
    assert [(row.first, row.cents("total")) for row in sheet.data(spent)] == [("Not Specified", -10_000)]
    for by in ("Customers", "Vendors"):
        result = shop.twin.report(
            "ProfitAndLoss", start_date="2026-01-01", end_date="2026-12-31", summarize_column_by=by
        )
        assert sheet.keys(result)[1:] == ["not_specified", "total"]
    shop.twin.close()


def test_a_payment_of_nothing_is_listed_with_nothing() -> None:
    """40 euros of 1.10 meet a credit of 40 euros of 1.25: six dollars are gained and no money moves."""
    shop = Overseas()
    abroad.uses_a_credit_of_another_rate(shop)
    report = shop.twin.report("TransactionList", start_date="2026-02-10", end_date="2026-02-10")
    (row,) = sheet.data(report)
    assert (row.values["txn_type"], row.values["account_name"], row.cents("subt_nat_amount")) == (
        "Payment",
        "Euro bank",
        0,
    )
    shop.twin.close()
