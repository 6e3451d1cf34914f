"""Documents out of the records that a client reads: for companies that nobody here keyed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.twin.recount.documents import PAYMENTS, SALES, Account, Company, Doc, Item, Key, Line, whole

LINKED = {"BillPaymentCheck": "BillPayment", "BillPaymentCreditCard": "BillPayment"}


def cents(value: Any) -> int:
    return whole(Decimal(str(value or 0)) * 100)


def value_of(body: Any, field: str) -> str:
    return str(((body or {}).get(field) or {}).get("value", ""))


def company(bodies: Iterable[tuple[str, dict[str, Any]]]) -> Company:
    """A company out of (entity, record); stock that an item opened with is told by ``opened``."""
    records: dict[str, list[dict[str, Any]]] = {}
    for entity, body in bodies:
        records.setdefault(entity, []).append(body)
    found = Company()
    for body in records.get("Account", []):
        parent = value_of(body, "ParentRef")
        made = Account(str(body["Id"]), body["Name"], body["AccountType"], body.get("AccountSubType", ""), parent)
        found.accounts[made.id] = made
    for body in records.get("Item", []):
        found.items[str(body["Id"])] = _item(body)
    for entity in ("Customer", "Vendor", "Employee"):
        for body in records.get(entity, []):
            found.names[f"{entity}:{body['Id']}"] = body["DisplayName"]
            if value_of(body, "ParentRef"):
                found.parents[f"{entity}:{body['Id']}"] = f"{entity}:{value_of(body, 'ParentRef')}"
    reader = _Reader(found, records)
    for entity, rows in records.items():
        for body in rows:
            doc = reader.document(entity, body)
            if doc is not None:
                found.docs[doc.key] = doc
    return found


def opened(company: Company, item: str, units: Any, day: str) -> None:
    """Say with how much stock an item began: no readable record does."""
    old = company.items[item]
    company.items[item] = Item(
        old.id, old.name, old.kind, old.cost, old.asset, old.cost_of_sales, Fraction(str(units)), day
    )


def _item(body: dict[str, Any]) -> Item:
    return Item(
        str(body["Id"]),
        body["Name"],
        body["Type"],
        cents(body.get("PurchaseCost")),
        value_of(body, "AssetAccountRef"),
        value_of(body, "ExpenseAccountRef"),
    )


class _Reader:
    def __init__(self, company: Company, records: dict[str, list[dict[str, Any]]]) -> None:
        self.company = company
        self.income = {str(body["Id"]): value_of(body, "IncomeAccountRef") for body in records.get("Item", [])}
        self.expense = {str(body["Id"]): value_of(body, "ExpenseAccountRef") for body in records.get("Item", [])}
        self.agency = {str(body["Id"]): value_of(body, "AgencyRef") for body in records.get("TaxRate", [])}
        self.agencies = {str(body["Id"]): body["DisplayName"] for body in records.get("TaxAgency", [])}
        self.codes = {str(body["Id"]): value_of(body, "CurrencyRef") for body in records.get("Account", [])}

    def document(self, entity: str, body: dict[str, Any]) -> Doc | None:
        """None for what posts nothing."""
        if entity in SALES:
            return self._sale(entity, body)
        if entity in ("Bill", "VendorCredit", "Purchase"):
            return self._purchase(entity, body)
        if entity in PAYMENTS:
            return self._payment(entity, body)
        one = {"JournalEntry": self._journal, "Deposit": self._deposit, "Transfer": self._transfer}
        one |= {"CreditCardPayment": self._card, "TaxPayment": self._tax, "InventoryAdjustment": self._adjustment}
        return one[entity](entity, body) if entity in one else None

    def _doc(self, entity: str, body: dict[str, Any], total: Any, lines: list[Line], **more: Any) -> Doc:
        return Doc(
            entity,
            str(body["Id"]),
            str(body.get("TxnDate") or body.get("PaymentDate"))[:10],
            cents(total),
            lines,
            due=str(body.get("DueDate", "")),
            number=str(body.get("DocNumber", "")),
            memo=str(body.get("PrivateNote", "")),
            department=value_of(body, "DepartmentRef"),
            klass=value_of(body, "ClassRef"),
            rate=Decimal(str(body.get("ExchangeRate") or 1)),
            **more,
        )

    def _control(self, kind: str, body: dict[str, Any]) -> str:
        code = value_of(body, "CurrencyRef")
        found = [one for one in self.company.accounts.values() if one.kind == kind]
        same = [one.id for one in found if self.codes.get(one.id) in ("", code)]
        return min(same or [one.id for one in found], key=int, default=kind)

    def _sale(self, entity: str, body: dict[str, Any]) -> Doc:
        if entity in ("Invoice", "CreditMemo"):
            account = value_of(body, "ARAccountRef") or self._control("Accounts Receivable", body)
        else:
            account = value_of(body, "DepositToAccountRef") or self.company.role(
                "Other Current Asset", "UndepositedFunds"
            )
        lines: list[Line] = []
        for line in body.get("Line", []):
            lines += self._sales_line(line)
        for line in (body.get("TxnTaxDetail") or {}).get("TaxLine", []):
            rate = value_of(line["TaxLineDetail"], "TaxRateRef")
            name = f"{self.agencies.get(self.agency.get(rate, ''), '')} Payable"
            owed = self.company.role("Other Current Liability", name=name)
            base = cents(line["TaxLineDetail"].get("NetAmountTaxable"))
            lines.append(Line("tax", cents(line["Amount"]), owed, rate=rate, base=base))
        party = f"Customer:{value_of(body, 'CustomerRef')}"
        return self._doc(entity, body, body["TotalAmt"], lines, account=account, party=party)

    def _sales_line(self, line: dict[str, Any]) -> list[Line]:
        kind = line.get("DetailType")
        found = line.get(str(kind)) or {}
        if kind == "GroupLineDetail":
            return [row for inner in found.get("Line", []) for row in self._sales_line(inner)]
        if kind == "DiscountLineDetail":
            account = value_of(found, "DiscountAccountRef")
            return [Line("discount", cents(line["Amount"]), account, klass=value_of(found, "ClassRef"))]
        if kind != "SalesItemLineDetail":
            return []
        item = value_of(found, "ItemRef")
        if item == "SHIPPING_ITEM_ID":
            return [Line("item", cents(line["Amount"]), self.company.role("Income", name="Shipping Income"), item="")]
        account = value_of(found, "ItemAccountRef") or self.income.get(item, "")
        return [self._line("item", line, found, account, item)]

    def _line(self, kind: str, line: dict[str, Any], found: dict[str, Any], account: str, item: str = "") -> Line:
        return Line(
            kind,
            cents(line.get("Amount")),
            account,
            item,
            Fraction(str(found.get("Qty") or 0)),
            value_of(found, "ClassRef"),
            value_of(found, "DepartmentRef"),
            memo=str(line.get("Description", "")),
        )

    def _purchase(self, entity: str, body: dict[str, Any]) -> Doc:
        lines = []
        for line in body.get("Line", []):
            kind = line.get("DetailType")
            found = line.get(str(kind)) or {}
            item = value_of(found, "ItemRef")
            if kind == "ItemBasedExpenseLineDetail":
                known = self.company.items[item]
                account = known.asset if known.kind == "Inventory" else self.expense[item]
            elif kind == "AccountBasedExpenseLineDetail":
                account = value_of(found, "AccountRef")
            else:
                continue
            row = self._line("item" if item else "account", line, found, account, item)
            customer = value_of(found, "CustomerRef")
            row.party = f"Customer:{customer}" if customer else ""
            row.billable = found.get("BillableStatus") == "Billable"
            lines.append(row)
        if entity == "Purchase":
            holder = body.get("EntityRef") or {}
            party = f"{holder.get('type', 'Vendor')}:{holder['value']}" if holder else ""
            more = {"account": value_of(body, "AccountRef"), "party": party, "credit": bool(body.get("Credit"))}
            return self._doc(entity, body, body["TotalAmt"], lines, **more)
        account = value_of(body, "APAccountRef") or self._control("Accounts Payable", body)
        party = f"Vendor:{value_of(body, 'VendorRef')}"
        return self._doc(entity, body, body["TotalAmt"], lines, account=account, party=party)

    def _payment(self, entity: str, body: dict[str, Any]) -> Doc:
        applied: dict[Key, int] = {}
        for line in body.get("Line", []):
            for link in line.get("LinkedTxn", [])[:1]:
                key = (LINKED.get(link["TxnType"], link["TxnType"]), str(link["TxnId"]))
                applied[key] = applied.get(key, 0) + cents(line["Amount"])
        if entity == "Payment":
            bank = value_of(body, "DepositToAccountRef")
            control = value_of(body, "ARAccountRef") or self._control("Accounts Receivable", body)
            party = f"Customer:{value_of(body, 'CustomerRef')}"
        else:
            check = body.get("CheckPayment") or {}
            bank = value_of(check, "BankAccountRef") or value_of(body.get("CreditCardPayment"), "CCAccountRef")
            control = value_of(body, "APAccountRef") or self._control("Accounts Payable", body)
            party = f"Vendor:{value_of(body, 'VendorRef')}"
        lines = [Line("account", cents(body["TotalAmt"]), control)]
        return self._doc(entity, body, body["TotalAmt"], lines, account=bank, party=party, applied=applied)

    def _journal(self, entity: str, body: dict[str, Any]) -> Doc:
        lines = []
        for line in body.get("Line", []):
            found = line.get("JournalEntryLineDetail")
            if not found:
                continue
            row = self._line("account", line, found, value_of(found, "AccountRef"))
            row.cents *= 1 if found["PostingType"] == "Debit" else -1
            named = found.get("Entity") or {}
            row.party = f"{named['Type']}:{value_of(named, 'EntityRef')}" if named else ""
            lines.append(row)
        total = Decimal(sum(line.cents for line in lines if line.cents > 0)) / 100
        return self._doc(entity, body, total, lines)

    def _deposit(self, entity: str, body: dict[str, Any]) -> Doc:
        lines = []
        funds = self.company.role("Other Current Asset", "UndepositedFunds")
        for line in body.get("Line", []):
            if line.get("LinkedTxn"):
                link = line["LinkedTxn"][0]
                target = (str(link["TxnType"]), str(link["TxnId"]))
                lines.append(Line("held", cents(line["Amount"]), funds, target=target))
                continue
            found = line["DepositLineDetail"]
            row = self._line("account", line, found, value_of(found, "AccountRef"))
            named = found.get("Entity") or {}
            row.party = f"{str(named.get('type', 'Customer')).capitalize()}:{named['value']}" if named else ""
            lines.append(row)
        back = body.get("CashBack")
        if back:
            lines.append(Line("back", cents(back["Amount"]), value_of(back, "AccountRef")))
        return self._doc(entity, body, body["TotalAmt"], lines, account=value_of(body, "DepositToAccountRef"))

    def _transfer(self, entity: str, body: dict[str, Any]) -> Doc:
        lines = [Line("account", cents(body["Amount"]), value_of(body, "FromAccountRef"))]
        return self._doc(entity, body, body["Amount"], lines, account=value_of(body, "ToAccountRef"))

    def _card(self, entity: str, body: dict[str, Any]) -> Doc:
        lines = [Line("account", cents(body["Amount"]), value_of(body, "BankAccountRef"))]
        return self._doc(entity, body, body["Amount"], lines, account=value_of(body, "CreditCardAccountRef"))

    def _tax(self, entity: str, body: dict[str, Any]) -> Doc:
        amount = Decimal(str(body["PaymentAmount"])) * (-1 if body.get("Refund") else 1)
        lines = [Line("account", cents(amount), value_of(body, "PaymentAccountRef"))]
        owed = [
            one.id for one in self.company.accounts.values() if one.subtype in ("GlobalTaxPayable", "SalesTaxPayable")
        ]
        return self._doc(entity, body, amount, lines, account=owed[0] if owed else "")

    def _adjustment(self, entity: str, body: dict[str, Any]) -> Doc:
        lines = []
        for line in body.get("Line", []):
            found = line["ItemAdjustmentLineDetail"]
            row = self._line("adjust", line, found, value_of(body, "AdjustAccountRef"), value_of(found, "ItemRef"))
            row.quantity = Fraction(str(found["QtyDiff"]))
            lines.append(row)
        return self._doc(entity, body, 0, lines)
