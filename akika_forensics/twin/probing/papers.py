"""Questions about documents and their numbers: those of checks, due days of the month, a deleted budget."""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.probing.question import Found, Question, either
from akika_forensics.twin.probing.stage import Stage, Unclear, ref

_DUE: Final = 20
_LATE: Final = 5


def _check_numbers(stage: Stage) -> Found:
    number = stage.name("check")[-20:].strip()
    detail = {"AccountRef": ref(stage.account("expense"))}
    line = {"Amount": 5, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    body = {"PaymentType": "Check", "AccountRef": ref(stage.account("bank")), "Line": [line], "DocNumber": number}
    stage.make("Purchase", body)
    return either("two checks of one number", stage.sandbox.create("Purchase", body), ("accepted", "refused"), "6140")


def _due_next_month(stage: Stage) -> Found:
    name = stage.name("t")[-31:].strip()
    term = stage.make("Term", {"Name": name, "DayOfMonthDue": _DUE, "DueNextMonthDays": _LATE, "DiscountDayOfMonth": 1})
    day = stage.today.replace(day=_DUE - _LATE)
    detail = {"ItemRef": ref(stage.item())}
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    sold = {"CustomerRef": ref(stage.customer()), "Line": [line], "SalesTermRef": ref(str(term["Id"]))}
    due = str(stage.make("Invoice", {**sold, "TxnDate": day.isoformat()})["DueDate"])
    same = due == day.replace(day=_DUE).isoformat()
    if not same and due[8:] != str(_DUE):
        raise Unclear(f"An invoice of {day} is due on {due}.")
    asked = f"an invoice of {day}, due on the {_DUE}th, next month if within {_LATE} days"
    return Found("stays" if same else "moves", asked, f"due on {due}")


def _deleted_budget(stage: Stage) -> Found:
    year = stage.today.year
    detail = {"BudgetDate": f"{year}-01-01", "Amount": 5, "AccountRef": ref(stage.account("income"))}
    body = {"Name": stage.name("budget"), "StartDate": f"{year}-01-01", "EndDate": f"{year}-12-31"}
    body |= {"BudgetType": "ProfitAndLoss", "BudgetEntryType": "Monthly"}
    made = stage.make("Budget", {**body, "BudgetDetail": [detail]})
    reply = stage.sandbox.delete("Budget", made)
    if not reply.fine:
        raise Unclear(reply.told)
    named = "Budget" in reply.body
    return Found("stub" if named else "time_only", "a budget deleted", f"{', '.join(reply.body)}")


QUESTIONS: Final[dict[str, Question]] = {
    "check_numbers": Question(_check_numbers, "two checks"),
    "due_next_month": Question(_due_next_month, "a term, an invoice"),
    "deleted_budget": Question(_deleted_budget, "a budget"),
}
