"""What a paper leaves in the tables when no act comes back to it: its record, postings, links, and how reports list it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from akika_forensics.twin.ledger.document import LABELS, PURCHASES
from akika_forensics.twin.life.bulk.cost_forms import form_number
from akika_forensics.twin.life.bulk.figures import at_home
from akika_forensics.twin.life.bulk.forms import Forms
from akika_forensics.twin.life.bulk.known import Known
from akika_forensics.twin.life.bulk.outlet import Batch
from akika_forensics.twin.life.bulk.paper import ACCOUNT, PARTY, Paper, Posting

_TAXED: Final = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}
UNNUMBERED: Final = frozenset({"Payment", "Deposit", "Transfer", "CreditCardPayment", "TimeActivity"})
"""Transactions without a DocNumber."""


class Archive:
    """Writes papers down for good."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._forms = Forms(known)

    def keep(self, paper: Paper, batch: Batch) -> None:
        """All rows of a paper."""
        act = paper.act
        entity, number = paper.entity, paper.id
        doc = None if entity in UNNUMBERED else act.number
        digits = int(doc) if doc and doc.isascii() and doc.isdigit() and len(doc) < 10 else None
        batch["record"].append(
            (entity, number, self._forms.body(paper), 1, paper.made_us, paper.changed_us, None, doc, digits)
        )
        batch["author"].append((entity, number, paper.maker, paper.saver))
        batch["posting"] += paper.postings
        if paper.movements:
            batch["movement"] += paper.movements
            for row in sorted(paper.movements, key=lambda row: str(row[1])):
                batch["posting"] += _costs(row)
        batch["link"] += [(entity, number, row.paper.entity, row.paper.id, row.cents, "") for row in paper.applied]
        if entity == "Invoice" and act.estimate and paper.links:
            batch["link"].append((entity, number, "Estimate", paper.links[-1][0], 0, "Pending"))
        elif entity == "Bill" and act.order and paper.links:
            batch["link"].append((entity, number, "PurchaseOrder", paper.links[-1][0], 0, "Open"))
        batch["document"].append(self._listed(paper))
        if entity in _TAXED and act.tax and not paper.void:
            batch["taxed"] += self._taxed(paper)

    def _taxed(self, paper: Paper) -> list[tuple[Any, ...]]:
        """What each tax line was taken of, under the line of its posting."""
        act = paper.act
        taxable = _TAXED[paper.entity] * at_home(sum(line.cents for line in act.lines if line.taxed), act.rate)
        rates = self._known.tax_rates[act.tax]
        return [
            (paper.entity, paper.id, position, rate, taxable)
            for position, (rate, _) in enumerate(rates, len(act.lines) + 2)
        ]

    def _listed(self, paper: Paper) -> tuple[Any, ...]:
        """How reports list it."""
        act, entity = paper.act, paper.entity
        sides = paper.postings
        if entity == "BillPayment":  # the account that it is paid from comes second
            sides = sides[1:]
        first = sides[0] if sides else None
        millionths = getattr(act, "rate", 0) if entity != "TimeActivity" else 0
        value = 0 if entity == "TimeActivity" else paper.total
        due = ""
        if entity == "Invoice":
            due = (act.date + timedelta(days=self._known.terms[act.term][1])).isoformat()
        elif entity == "Bill":
            due = act.due.isoformat()
        number = act.reference if entity == "Payment" else getattr(act, "number", "")
        memo = "Voided" if paper.void else act.text if entity == "TimeActivity" else act.memo
        department = self._known.departments.get(getattr(act, "department", ""), "")
        return (
            entity,
            paper.id,
            act.date.isoformat(),
            due,
            number,
            _label(paper),
            paper.party.key if paper.party is not None else first[PARTY] if first else "",
            memo,
            at_home(value, millionths),
            value if millionths else None,
            first[ACCOUNT] if first else self._idle(paper),
            department,
            "",
        )

    def _idle(self, paper: Paper) -> str:
        """The account of a paper that posts nothing: a payment by credits alone, or a void one."""
        known, act = self._known, paper.act
        if paper.entity == "BillPayment" or (paper.entity == "Payment" and act.account):
            return known.accounts[act.account].id
        return known.undeposited if paper.entity == "Payment" else ""


def _label(paper: Paper) -> str:
    """Its type as reports call it."""
    if paper.entity == "Purchase":
        return PURCHASES[form_number(paper.act)]
    return kind(paper) or LABELS[paper.entity]


def kind(paper: Paper) -> str:
    """The name of an expense or a bill payment by how it was paid; empty for other types."""
    act = paper.act
    if paper.entity == "BillPayment":
        return "Bill Payment (Credit Card)" if act.by == "CreditCard" else "Bill Payment (Check)"
    if paper.entity != "Purchase":
        return ""
    if act.by == "Check":
        return "Check"
    return "Credit Card Credit" if act.credit else "Expense"


def _costs(row: tuple[Any, ...]) -> list[Posting]:
    """What a movement posts beyond its document: of a sale, what the goods had cost."""
    number, item, day, entity, record_id, quantity, value, counter, asset, cost, line, klass, department, memo = row
    if value is not None or not cost:
        return []
    return [
        (entity, record_id, day, asset, cost, "", number, None, line, klass, department, item, quantity, memo),
        (entity, record_id, day, counter, -cost, "", number, None, line, klass, department, item, quantity, memo),
    ]
