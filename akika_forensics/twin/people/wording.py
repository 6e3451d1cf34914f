"""The words of an event: ``VERB[, Indirect] TYPE [No. NUMBER] [to|for NAME] [for AMOUNT]``.

Source: forensic notes on event texts that were seen in public; where none was seen the words follow their grammar.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.twin.ledger.document import LABELS
from akika_forensics.twin.people.trail import Event
from akika_forensics.twin.screens.hidden import LABELS as HIDDEN

_VERBS: Final = {
    "created": "Added",
    "updated": "Edited",
    "deleted": "Deleted",
    "voided": "Voided",
    "emailed": "Sent",
    "merged": "Edited",
    "matched": "Matched",
    "unmatched": "Unmatched",
    "reconciled": "Reconciled",
    "undid reconciliation": "Undid reconciliation of",
    "excluded": "Excluded a downloaded transaction of",
    "included": "Put back a downloaded transaction of",
}

_LISTS: Final = {
    "Account": "account",
    "Item": "Product/Service",
    "Department": "Location",
    "TaxCode": "Tax Group",
    "TaxRate": "Tax Rate",
    "TaxAgency": "Tax Agency",
    "PaymentMethod": "Payment Method",
    "CompanyCurrency": "Currency",
    "CustomerType": "Customer Type",
    "JournalCode": "Journal Code",
    "RecurringTransaction": "Recurring Template",
    "CompanyInfo": "company information",
    "Preferences": "settings",
    "Attachable": "Attachment",
    "User": "user",
}

_ELSEWHERE: Final = {
    "Check": "Cheque",
    "Bill Payment (Check)": "Bill Payment (Cheque)",
    "Payroll Check": "Pay Cheque",
    "Vendor": "Supplier",
    "Vendor Credit": "Supplier Credit",
}
"""Words outside the United States."""

_OF_AN_ACCOUNT: Final = frozenset({"reconciled", "undid reconciliation", "excluded", "included"})
_OUT: Final = frozenset({"Purchase", "BillPayment", "Paycheck", "PayrollTaxPayment", "RefundReceipt"})
_SIGNS: Final = {"USD": "$", "CAD": "$", "AUD": "$", "NZD": "$", "GBP": "£", "EUR": "€", "INR": "₹", "ZAR": "R"}


@dataclass(frozen=True, slots=True)
class Words:
    """Of one company: its country and its home currency."""

    country: str = "US"
    currency: str = "USD"

    def type_of(self, event: Event) -> str:
        """What a record is called."""
        label = detail_of(event).get("type") or LABELS.get(event.entity) or HIDDEN.get(event.entity)
        label = label or _LISTS.get(event.entity, event.entity)
        return label if self.country == "US" else _ELSEWHERE.get(label, label)

    def amount(self, cents: int) -> str:
        """``$1000.00``: not grouped."""
        sign = _SIGNS.get(self.currency, f"{self.currency} ")
        return f"{'-' if cents < 0 else ''}{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"

    def event(self, event: Event, *, brief: bool = False) -> str:
        """The whole text; ``brief`` leaves out what has columns of its own: name and amount."""
        bank = self._banking(event)
        if bank:
            return bank
        if event.verb in {"signed in", "signed out"}:
            return event.verb.capitalize()
        verb = _VERBS.get(event.verb, event.verb.capitalize()) + (", Indirect" if event.indirect else "")
        row = CATALOGUE.get(event.entity)
        if (row is not None and not row.is_transaction) or event.entity == "User":
            return self._listed(event, verb, brief=brief)
        said = [verb, self.type_of(event)]
        if event.doc:
            said.append(f"No. {event.doc}")
        if event.party and not brief:
            said.append(f"{'to' if event.entity in _OUT else 'for'} {event.party}")
        if event.cents is not None and event.verb in {"created", "deleted"} and not brief:
            said.append(f"for {self.amount(event.cents)}")
        return " ".join(said)

    def _listed(self, event: Event, verb: str, *, brief: bool) -> str:
        detail = detail_of(event)
        if event.entity == "Preferences":
            section = str(detail.get("settings") or "")
            return f"{verb} {self.type_of(event)}{f': {section}' if section else ''}"
        if event.verb in _OF_AN_ACCOUNT:
            return f"{verb} {event.party}"
        return f"{verb} {self.type_of(event)}" + ("" if brief or not event.party else f" {event.party}")

    @staticmethod
    def _banking(event: Event) -> str:
        bank = detail_of(event).get("bank")
        match event.verb:
            case "connected":
                return f"Online Banking connection enabled from {bank} to {event.party}"
            case "disconnected":
                return f"Online Banking connection disabled from {bank} to {event.party}"
            case "downloaded":
                return f"Manually updated Online Banking accounts for {bank}"
        return ""


def detail_of(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(event.detail) if event.detail else {}
    return found
