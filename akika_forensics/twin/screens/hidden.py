"""Transactions that are in the books and that the API cannot read: payroll, sales tax paid, revaluations.

They post, move balances and stand in reports under a type and an Id; no entity has that Id and nobody gets a body.
Source: QuickBooks API, what is neither readable nor writable; the names of the types as reports show them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.twin import identity, operations
from akika_forensics.twin.ledger import effects
from akika_forensics.twin.request import ref_id
from akika_forensics.twin.screens import closing_date
from akika_forensics.twin.screens.asking import Body, ScreenRefused, amount_of, day, found, whole
from akika_forensics.twin.session import Session
from akika_forensics.twin.tables import DocumentRow, PostingRow

LABELS: Final = {
    "Paycheck": "Payroll Check",
    "PayrollTaxPayment": "Tax Payment",
    "PayrollAdjustment": "Payroll Adjustment",
    "SalesTaxPayment": "Sales Tax Payment",
    "Revaluation": "Currency Revaluation",
}
"""By the name under which the twin keeps them, the type that reports show."""

_PAYROLL: Final = {
    "wages": ("Payroll Expenses:Wages", "Expense", "PayrollExpenses"),
    "taxes": ("Payroll Expenses:Taxes", "Expense", "PayrollExpenses"),
    "liabilities": ("Payroll Liabilities", "Other Current Liability", "PayrollTaxPayable"),
}


def paycheck(
    session: Session,
    employee: str,
    account: str,
    date: str,
    gross: Any,
    withheld: Any = 0,
    employer_taxes: Any = 0,
    number: str = "",
    password: str = "",
) -> Body:
    """Pay an employee from a bank account: wages and the employer's taxes are expenses, what is withheld is owed."""
    body = found(session, "Employee", employee)
    pay, kept, taxes = whole(gross), whole(withheld), whole(employer_taxes)
    if not 0 <= kept <= pay or taxes < 0 or not pay:
        raise WrongUse("A paycheck has a gross above 0, of which not more than all is withheld.")
    party = f"Employee:{employee}"
    sides = [
        (account, kept - pay, 0, party),
        (_payroll(session, "wages"), pay, 1, party),
        (_payroll(session, "taxes"), taxes, 2, party),
        (_payroll(session, "liabilities"), -kept - taxes, 3, party),
    ]
    name = str(body.get("DisplayName", ""))
    return _post(session, "Paycheck", date, sides, party, name, number, password=password)


def payroll_tax(
    session: Session, account: str, date: str, amount: Any, agency: str, number: str = "", password: str = ""
) -> Body:
    """Pay what was withheld and the employer's taxes to an agency."""
    owed = _positive(amount)
    sides = [(account, -owed, 0, ""), (_payroll(session, "liabilities"), owed, 1, "")]
    return _post(session, "PayrollTaxPayment", date, sides, "", agency, number, password=password)


def payroll_adjustment(session: Session, date: str, amount: Any, memo: str = "", password: str = "") -> Body:
    """Owe more payroll taxes (positive) or less (negative) than the paychecks say."""
    more = whole(amount)
    sides = [(_payroll(session, "taxes"), more, 1, ""), (_payroll(session, "liabilities"), -more, 2, "")]
    return _post(session, "PayrollAdjustment", date, sides, "", "", "", memo, password)


def sales_tax_payment(
    session: Session, account: str, liability: str, date: str, amount: Any, memo: str = "", password: str = ""
) -> Body:
    """Pay sales tax from the sales tax center."""
    owed = _positive(amount)
    sides = [(account, -owed, 0, ""), (liability, owed, 1, "")]
    return _post(session, "SalesTaxPayment", date, sides, "", "", "", memo, password)


def revaluation(session: Session, account: str, date: str, amount: Any, memo: str = "", password: str = "") -> Body:
    """Change the home value of an account in a foreign currency; the gain (positive) or loss is not realised."""
    gain = whole(amount)
    found(session, "Account", account)
    other = account_named(session, "Unrealized Gain or Loss", "Other Expense", "ExchangeGainOrLoss")
    sides = [(account, gain, 0, ""), (other, -gain, 1, "")]
    return _post(session, "Revaluation", date, sides, "", "", "", memo, password, home_only=account)


def delete(session: Session, id: str, password: str = "") -> Body:  # noqa: A002 - the field's own name
    """Delete one of them. Raises WrongUse for an Id that none of them has."""
    for entity in LABELS:
        row = session.store.document(entity, str(id))
        if row is None:
            continue
        _pass(session, row.date, password)
        effects.count(session, session.store.postings(entity, str(id)), -1)
        session.store.set_postings(entity, str(id), [])
        session.store.set_document(entity, str(id), None)
        session.store.bank.release(entity, str(id))
        session.note("deleted", entity, str(id), _told(row.number, row.date, "", row.cents))
        return {"entity": entity, "id": str(id)}
    raise WrongUse(f"Neither payroll nor sales tax nor a revaluation has the Id {id}.")


def _post(
    session: Session,
    entity: str,
    date: str,
    sides: Iterable[tuple[str, int, int, str]],
    party: str,
    name: str,
    number: str,
    memo: str = "",
    password: str = "",
    home_only: str = "",
) -> Body:
    on = day(date).isoformat()
    _pass(session, on, password)
    rows = [
        PostingRow(on, account, cents, who, own_cents=0 if account == home_only else None, line=line, memo=memo)
        for account, cents, line, who in sides
        if cents
    ]
    for row in rows:
        found(session, "Account", row.account)
    if not rows:
        raise WrongUse("There is nothing to post.")
    record_id = identity.next_id(session.store, "JournalEntry")
    effects.count(session, rows, 1)
    session.store.set_postings(entity, record_id, rows)
    main = next((row for row in rows if row.line == 0), None)
    total = abs(main.cents) if main else abs(rows[0].cents)
    session.store.set_document(
        entity,
        record_id,
        DocumentRow(
            entity,
            record_id,
            on,
            "",
            number,
            LABELS[entity],
            party,
            memo,
            total,
            None,
            main.account if main else "",
            "",
            "",
        ),
    )
    session.note("created", entity, record_id, _told(number, on, name, total))
    return {"entity": entity, "id": record_id}


def _pass(session: Session, on: str, password: str) -> None:
    closing_date.pass_(session, "JournalEntry", password, False, {"TxnDate": on})


def _told(number: str, on: str, name: str, total: int) -> Body:
    return {"DocNumber": number, "TxnDate": on, "DisplayName": name, "TotalAmt": amount_of(total)}


def _payroll(session: Session, role: str) -> str:
    path, kind, subtype = _PAYROLL[role]
    above, _, name = path.rpartition(":")
    parent = account_named(session, above, kind, subtype) if above else None
    return account_named(session, name, kind, subtype, parent)


def account_named(session: Session, name: str, kind: str, subtype: str, parent: str | None = None) -> str:
    """The Id of an account of that name and type under a parent, which is made when there is none."""
    for body in session.each("Account"):
        if body.get("Name") == name and body.get("AccountType") == kind and ref_id(body, "ParentRef") == parent:
            return str(body["Id"])
    body = {"Name": name, "AccountType": kind, "AccountSubType": subtype}
    if parent is not None:
        body |= {"SubAccount": True, "ParentRef": {"value": parent}}
    return operations.create(session, "Account", body)


def _positive(amount: Any) -> int:
    cents = whole(amount)
    if cents <= 0:
        raise ScreenRefused("The amount must be greater than 0.")
    return cents
