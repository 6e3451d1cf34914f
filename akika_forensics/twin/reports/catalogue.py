"""The reports that this company offers, by the name under which they are asked for."""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.reports import (
    account_list,
    ageing_detail,
    ageing_summary,
    balance_sheet,
    cash_flow,
    item_sales,
    party_balances,
    profit_and_loss,
    sales,
    stock_detail,
    stock_summary,
    tax_summary,
    trial_balance,
)
from akika_forensics.twin.reports.listings import (
    general_ledger,
    journal,
    profit_and_loss_detail,
    transaction_list,
    with_splits,
)
from akika_forensics.twin.reports.report import Report

REPORTS: Final[dict[str, Report]] = {
    report.name.lower(): report
    for report in (
        *trial_balance.REPORTS,
        *profit_and_loss.REPORTS,
        *profit_and_loss_detail.REPORTS,
        *balance_sheet.REPORTS,
        *cash_flow.REPORTS,
        *account_list.REPORTS,
        *ageing_summary.REPORTS,
        *ageing_detail.REPORTS,
        *party_balances.REPORTS,
        *sales.REPORTS,
        *item_sales.REPORTS,
        *stock_summary.REPORTS,
        *stock_detail.REPORTS,
        *tax_summary.REPORTS,
        *general_ledger.REPORTS,
        *journal.REPORTS,
        *transaction_list.REPORTS,
        *with_splits.REPORTS,
    )
}
"""By name in lower case: the service takes any case."""
