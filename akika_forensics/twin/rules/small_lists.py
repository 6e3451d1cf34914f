"""Budget, JournalCode, and the lists that only the service itself writes."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.money import cents, money
from akika_forensics.twin import faults, settings
from akika_forensics.twin.documents import references
from akika_forensics.twin.request import Write, ref_id
from akika_forensics.twin.rules import names

_JOURNALS: Final = frozenset({"Expenses", "Sales", "Bank", "Nouveaux", "Wages", "Cash", "Others"})


def complete_budget(write: Write, body: dict[str, Any]) -> None:
    """Raises 2020, 2500, 610, 6000, 6240. Source: QuickBooks API, Budget; recorded budgets."""
    for field in ("StartDate", "EndDate"):
        if not body.get(field):
            raise faults.missing(field)
    if str(body["EndDate"]) < str(body["StartDate"]):
        raise faults.business("The end of a budget cannot be before its start.")
    references.resolve(write.session, "Budget", body, write.old)
    body.setdefault("BudgetType", "ProfitAndLoss")
    body.setdefault("BudgetEntryType", "Monthly")
    body.setdefault("Active", True)
    for row in body.get("BudgetDetail", []):
        if not row.get("BudgetDate"):
            raise faults.missing("BudgetDetail.BudgetDate")
        if not ref_id(row, "AccountRef"):
            raise faults.missing("BudgetDetail.AccountRef")
        row["Amount"] = cents(money(row.get("Amount")))
    names.check_free(write, body)


def complete_journal_code(write: Write, body: dict[str, Any]) -> None:
    """Raises 2020, 2170, 6240, 5030. Source: QuickBooks API, JournalCode."""
    foreign = settings.country(write.session) != "FR"
    if foreign and write.session.beliefs.choice("journal_codes_elsewhere") == "refused":
        raise faults.not_offered("Journal codes are those of a French company.")
    if not body.get("Name"):
        raise faults.missing("Name")
    if body.get("Type") and body["Type"] not in _JOURNALS:
        raise faults.malformed("Type", "enum", body["Type"])
    body.setdefault("Type", "Others")
    body.setdefault("Active", True)
    names.check_free(write, body)


def complete_placed(write: Write, body: dict[str, Any]) -> None:
    """What no request can create, put there by who builds the company: its references are checked, no more."""
    references.resolve(write.session, write.entity, body, write.old)
    body.setdefault("Active", True)
