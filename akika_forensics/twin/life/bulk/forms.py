"""Bodies of transactions as they stand in the end."""

from __future__ import annotations

from collections.abc import Callable

from akika_forensics.twin.life.bulk.cost_forms import CostForms
from akika_forensics.twin.life.bulk.known import Known
from akika_forensics.twin.life.bulk.paper import Paper
from akika_forensics.twin.life.bulk.sale_forms import SaleForms


class Forms:
    """Writes papers down."""

    def __init__(self, known: Known) -> None:
        sales, costs = SaleForms(known), CostForms(known)
        self._forms: dict[str, Callable[[Paper], str]] = {
            "Invoice": sales.sale,
            "SalesReceipt": sales.sale,
            "Estimate": sales.sale,
            "CreditMemo": sales.sale,
            "RefundReceipt": sales.sale,
            "Payment": sales.payment,
            "Deposit": sales.deposit,
            "Bill": costs.bill,
            "VendorCredit": costs.bill,
            "PurchaseOrder": costs.order,
            "BillPayment": costs.bill_payment,
            "Purchase": costs.purchase,
            "JournalEntry": costs.journal,
            "Transfer": costs.transfer,
            "CreditCardPayment": costs.card_payment,
            "TimeActivity": costs.time,
        }

    def body(self, paper: Paper) -> bytes:
        return self._forms[paper.entity](paper).encode()
