"""Bodies of transactions as they stand in the end, in the order of the wire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from akika_forensics.twin.life.acts import CostLine, SaleLine
from akika_forensics.twin.life.bulk.figures import amount, at_home, fixed, rate, short, text
from akika_forensics.twin.life.bulk.known import Known
from akika_forensics.twin.life.bulk.paper import Paper

_VALUE = (
    '{"name":"{http://schema.intuit.com/finance/v3}NameValue","declaredType":"com.intuit.schema.finance.v3.NameValue",'
    '"scope":"javax.xml.bind.JAXBElement$GlobalScope","value":{"Name":"%s","Value":"%s"},"nil":false,'
    '"globalScope":true,"typeSubstituted":false}'
)
_LINE_EX: Final = (
    '"LineEx":{"any":[' + ",".join(_VALUE % (name, "%s") for name in ("txnId", "txnOpenBalance", "txnReferenceNumber"))
) + "]}"
_FORM: Final = {"CreditCard": "1", "Check": "3", "Cash": "31"}
_ONLINE: Final = (
    '"AllowIPNPayment":false,"AllowOnlinePayment":false,"AllowOnlineCreditCardPayment":false,'
    '"AllowOnlineACHPayment":false,'
)


class Forms:
    """Writes papers down. ``many`` companies show rates and amounts in home currency."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._many = known.many
        self._pieces: dict[tuple[str, str], str] = {}
        self._forms: dict[str, Callable[[Paper], str]] = {
            "Invoice": self._sale,
            "SalesReceipt": self._sale,
            "Estimate": self._sale,
            "CreditMemo": self._sale,
            "RefundReceipt": self._sale,
            "Payment": self._payment,
            "Deposit": self._deposit,
            "Bill": self._bill,
            "VendorCredit": self._bill,
            "PurchaseOrder": self._order,
            "BillPayment": self._bill_payment,
            "Purchase": self._purchase,
            "JournalEntry": self._journal,
            "Transfer": self._transfer,
            "CreditCardPayment": self._card_payment,
            "TimeActivity": self._time,
        }

    def body(self, paper: Paper) -> bytes:
        return self._forms[paper.entity](paper).encode()

    # pieces

    def _piece(self, kind: str, name: str) -> str:
        """A reference with its field, from the lists: never made twice."""
        found = self._pieces.get((kind, name))
        if found is None:
            known = self._known
            match kind:
                case "DepartmentRef":
                    found = f'"DepartmentRef":{{"value":"{known.departments[name]}","name":{text(name)}}},'
                case "ClassRef":
                    found = f'"ClassRef":{{"value":"{known.classes[name]}","name":{text(name)}}},'
                case "SalesTermRef":
                    found = f'"SalesTermRef":{{"value":"{known.terms[name][0]}","name":{text(name)}}},'
                case "PaymentMethodRef":
                    found = f'"PaymentMethodRef":{{"value":"{known.methods[name]}","name":{text(name)}}},'
                case _:
                    found = f'"PaymentMethodRef":{{"value":"{known.methods[name]}"}},'
            self._pieces[kind, name] = found
        return found

    def _named(self, kind: str, name: str) -> str:
        return self._piece(kind, name) if name else ""

    def _currency(self, millionths: int) -> str:
        if not self._many:
            return f'"CurrencyRef":{self._known.home},'
        if not millionths:
            return f'"CurrencyRef":{self._known.home},"ExchangeRate":1,'
        return f'"CurrencyRef":{self._known.abroad},"ExchangeRate":{rate(millionths)},'

    def _home(self, field: str, cents: int, millionths: int) -> str:
        return f'"{field}":{amount(at_home(cents, millionths))},' if self._many else ""

    @staticmethod
    def _note(memo: str) -> str:
        return f'"PrivateNote":{text(memo)},' if memo else ""

    # sales

    def _sale_lines(self, rows: tuple[SaleLine, ...], estimate: str) -> str:
        linked = f'"LinkedTxn":[{{"TxnId":"{estimate}","TxnType":"Estimate"}}],' if estimate else ""
        out, total = [], 0
        items = self._known.items
        for position, row in enumerate(rows, 1):
            cents = row.cents
            total += cents
            out.append(
                f'{{"Id":"{position}","LineNum":{position},"Description":{text(row.text)},"Amount":{amount(cents)},'
                f'{linked}"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{items[row.item].ref},'
                f'{self._named("ClassRef", row.klass)}"UnitPrice":{short(row.price)},"Qty":{short(row.quantity)},'
                f'"TaxCodeRef":{{"value":"{"TAX" if row.taxed else "NON"}"}}}}}}'
            )
        out.append(f'{{"Amount":{amount(total)},"DetailType":"SubTotalLineDetail","SubTotalLineDetail":{{}}}}')
        return ",".join(out)

    def _tax(self, act: Any) -> str:
        if not act.tax:
            return '"TxnTaxDetail":{"TotalTax":0},'
        taxable = sum(line.cents for line in act.lines if line.taxed)
        rows, total = [], 0
        for number, thousandths in self._known.tax_rates[act.tax]:
            part = (taxable * thousandths + 50_000) // 100_000
            total += part
            percent = rate(thousandths * 1000)
            rows.append(
                f'{{"Amount":{amount(part)},"DetailType":"TaxLineDetail","TaxLineDetail":{{"TaxRateRef":'
                f'{{"value":"{number}"}},"PercentBased":true,"TaxPercent":{percent},'
                f'"NetAmountTaxable":{amount(taxable)}}}}}'
            )
        code = self._known.codes[act.tax]
        return (
            f'"TxnTaxDetail":{{"TxnTaxCodeRef":{{"value":"{code}"}},"TotalTax":{amount(total)},'
            f'"TaxLine":[{",".join(rows)}]}},'
        )

    def _sale(self, paper: Paper) -> str:
        act, kind = paper.act, paper.entity
        party = paper.party
        invoiced = kind == "Invoice"
        lead, tail = "", ""
        linked = f'"LinkedTxn":[{paper.others()}],' if paper.links or invoiced or kind == "Estimate" else ""
        printed, mailed = "NeedToPrint", '"EmailStatus":"NotSet",'
        if invoiced:
            lead = _ONLINE
            days = timedelta(days=self._known.terms[act.term][1])
            tail = f'{self._named("SalesTermRef", act.term)}"DueDate":"{act.date + days}",'
        elif kind == "CreditMemo":
            lead, printed = f'"RemainingCredit":{amount(paper.balance)},', "NotSet"
        elif kind == "RefundReceipt":
            printed, mailed = "NotSet", ""
        status = f'"TxnStatus":"{paper.state}",' if kind == "Estimate" else ""
        closing = ""
        if kind != "Estimate":
            closing = f'"Balance":{amount(paper.balance)},{self._home("HomeBalance", paper.balance, act.rate)}'
        if kind in {"SalesReceipt", "RefundReceipt"}:
            account = self._known.account_refs[act.account] if act.account else self._known.undeposited_ref
            closing += self._named("PaymentMethodRef", act.method)
            closing += f'"PaymentRefNum":{text(act.reference)},' if act.reference else ""
            closing += f'"DepositToAccountRef":{account},'
        estimate = paper.links[-1][0] if invoiced and act.estimate else ""
        assert party is not None  # noqa: S101 - every sale is to somebody
        whole = (
            f'{{{lead}{paper.meta()},"CustomField":[],"DocNumber":{text(act.number)},"TxnDate":"{act.date}",'
            f"{self._named('DepartmentRef', act.department)}{self._currency(act.rate)}{self._note(act.memo)}{status}"
            f'{linked}"Line":[{self._sale_lines(act.lines, estimate)}],{self._tax(act)}"CustomerRef":{party.ref},'
            f'{party.address}{tail}"TotalAmt":{amount(paper.total)},'
            f"{self._home('HomeTotalAmt', paper.total, act.rate)}"
            f'"ApplyTaxAfterDiscount":false,"PrintStatus":"{printed}",{mailed}{closing}'
        )
        return whole[:-1] + "}"

    # money in

    def _payment(self, paper: Paper) -> str:
        act, known = paper.act, self._known
        party = paper.party
        assert party is not None  # noqa: S101 - every payment is somebody's
        lines = []
        taken = 0
        for row in paper.applied:
            other = row.paper
            taken += row.cents if other.entity == "Invoice" else -row.cents
            shown = fixed(row.opened)
            lines.append(
                f'{{"Amount":{amount(row.cents)},"LinkedTxn":[{{"TxnId":"{other.id}","TxnType":"{other.entity}"}}],'
                f"{_LINE_EX % (other.id, shown, other.act.number)}}}"
            )
        foreign = f'"ARAccountRef":{{"value":"{known.receivable_abroad}"}},' if act.rate else ""
        account = known.accounts[act.account].id if act.account else known.undeposited
        return (
            f'{{"CustomerRef":{party.ref},{foreign}"DepositToAccountRef":{{"value":"{account}"}},'
            f'{self._named("bare method", act.method)}"PaymentRefNum":{text(act.reference)},'
            f'"TotalAmt":{amount(paper.total)},"UnappliedAmt":{amount(paper.total - taken)},"ProcessPayment":false,'
            f'{paper.meta()},"TxnDate":"{act.date}",{self._currency(act.rate)}{self._note(act.memo)}'
            f'"LinkedTxn":[{paper.others()}],"Line":[{",".join(lines)}]}}'
        )

    def _deposit(self, paper: Paper) -> str:
        act, known = paper.act, self._known
        lines = [
            f'{{"Amount":{amount(row.cents)},"LinkedTxn":[{{"TxnId":"{row.paper.id}","TxnType":"{row.paper.entity}",'
            f'"TxnLineId":"0"}}]}}'
            for row in paper.applied
        ]
        if act.fee:
            lines.append(
                f'{{"Id":"1","LineNum":{len(lines) + 1},"Description":"Fee","Amount":{amount(-act.fee)},'
                f'"DetailType":"DepositLineDetail","DepositLineDetail":'
                f'{{"AccountRef":{known.account_refs[act.fee_account]}}}}}'
            )
        return (
            f'{{"DepositToAccountRef":{known.account_refs[act.account]},"TotalAmt":{amount(paper.total)},'
            f"{self._home('HomeTotalAmt', paper.total, 0)}"
            f'{paper.meta()},"TxnDate":"{act.date}",{self._currency(0)}{self._note(act.memo)}'
            f'"Line":[{",".join(lines)}]}}'
        )

    # purchases

    def _cost_lines(self, rows: tuple[CostLine, ...], *, numbered: bool) -> str:
        known, out = self._known, []
        for position, row in enumerate(rows, 1):
            number = f'"LineNum":{position},' if numbered else ""
            customer = f'"CustomerRef":{known.customers[row.customer].ref},' if row.customer else ""
            klass = self._named("ClassRef", row.klass)
            head = f'{{"Id":"{position}",{number}"Description":{text(row.text)},"Amount":{amount(row.cents)},'
            if row.item:
                out.append(
                    f'{head}"DetailType":"ItemBasedExpenseLineDetail","ItemBasedExpenseLineDetail":{{{customer}'
                    f'"BillableStatus":"NotBillable","ItemRef":{known.items[row.item].ref},{klass}'
                    f'"UnitPrice":{short(row.price)},"Qty":{short(row.quantity)},"TaxCodeRef":{{"value":"NON"}}}}}}'
                )
            else:
                out.append(
                    f'{head}"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{{{customer}'
                    f'{klass}"AccountRef":{known.account_refs[row.account]},"BillableStatus":"NotBillable",'
                    f'"TaxCodeRef":{{"value":"NON"}}}}}}'
                )
        return ",".join(out)

    def _bill(self, paper: Paper) -> str:
        act, known = paper.act, self._known
        party = paper.party
        assert party is not None  # noqa: S101 - every bill is somebody's
        billed = paper.entity == "Bill"
        due = f'"DueDate":"{act.due}",' if billed else ""
        home = self._home("HomeBalance", paper.balance, act.rate) if billed else ""
        linked = f'"LinkedTxn":[{paper.others()}],' if paper.links or billed else ""
        payable = known.payable_abroad_ref if act.rate else known.payable_ref
        return (
            f'{{{due}"Balance":{amount(paper.balance)},{home}{paper.meta()},"DocNumber":{text(act.number)},'
            f'"TxnDate":"{act.date}",{self._named("DepartmentRef", act.department)}{self._currency(act.rate)}'
            f'{self._note(act.memo)}{linked}"Line":[{self._cost_lines(paper.lines, numbered=True)}],'
            f'"VendorRef":{party.ref},"APAccountRef":{payable},"TotalAmt":{amount(paper.total)}}}'
        )

    def _order(self, paper: Paper) -> str:
        act = paper.act
        party = paper.party
        assert party is not None  # noqa: S101 - every order goes to somebody
        return (
            f'{{"POStatus":"{paper.state}",{paper.meta()},"CustomField":[],"DocNumber":{text(act.number)},'
            f'"TxnDate":"{act.date}",{self._currency(0)}{self._note(act.memo)}"LinkedTxn":[{paper.others()}],'
            f'"Line":[{self._cost_lines(act.lines, numbered=True)}],"VendorRef":{party.ref},'
            f'"APAccountRef":{self._known.payable_ref},"TotalAmt":{amount(paper.total)}}}'
        )

    def _bill_payment(self, paper: Paper) -> str:
        act = paper.act
        party = paper.party
        assert party is not None  # noqa: S101 - every payment goes to somebody
        account = self._known.account_refs[act.account]
        if act.by == "Check":
            how = f'"CheckPayment":{{"BankAccountRef":{account},"PrintStatus":"NotSet"}},'
        else:
            how = f'"CreditCardPayment":{{"CCAccountRef":{account}}},'
        lines = [
            f'{{"Amount":{amount(row.cents)},"LinkedTxn":[{{"TxnId":"{row.paper.id}","TxnType":"{row.paper.entity}"}}]}}'
            for row in paper.applied
        ]
        return (
            f'{{"VendorRef":{party.ref},"PayType":"{act.by}",{how}"TotalAmt":{amount(paper.total)},{paper.meta()},'
            f'"DocNumber":{text(act.number)},"TxnDate":"{act.date}",{self._currency(act.rate)}'
            f'{self._note("Voided" if paper.void else act.memo)}"Line":[{",".join(lines)}]}}'
        )

    def _purchase(self, paper: Paper) -> str:
        act, known = paper.act, self._known
        party = paper.party
        assert party is not None  # noqa: S101 - every expense of a life is paid to somebody
        form = "11" if act.credit else _FORM[act.by]
        printed = '"PrintStatus":"NotSet",' if act.by == "Check" else ""
        return (
            f'{{"AccountRef":{known.account_refs[act.account]},"PaymentType":"{act.by}","EntityRef":'
            f'{party.ref[:-1]},"type":"Vendor"}},"Credit":{"true" if act.credit else "false"},'
            f'"TotalAmt":{amount(paper.total)},{printed}"PurchaseEx":{{"any":[{_VALUE % ("TxnType", form)}]}},'
            f'{paper.meta()},"DocNumber":{text(act.number)},"TxnDate":"{act.date}",'
            f"{self._named('DepartmentRef', act.department)}{self._currency(0)}{self._note(act.memo)}"
            f'"Line":[{self._cost_lines(paper.lines, numbered=False)}]}}'
        )

    # the books

    def _journal(self, paper: Paper) -> str:
        act, known = paper.act, self._known
        lines = [
            f'{{"Id":"{position}","Description":{text(row.text)},"Amount":{amount(abs(row.cents))},"DetailType":'
            f'"JournalEntryLineDetail","JournalEntryLineDetail":{{"PostingType":'
            f'"{"Debit" if row.cents > 0 else "Credit"}","AccountRef":{known.account_refs[row.account]}}}}}'
            for position, row in enumerate(act.lines)
        ]
        return (
            f'{{"Adjustment":{"true" if act.adjustment else "false"},{paper.meta()},"DocNumber":{text(act.number)},'
            f'"TxnDate":"{act.date}",{self._currency(0)}{self._note(act.memo)}"Line":[{",".join(lines)}],'
            f'"TxnTaxDetail":{{}}}}'
        )

    def _transfer(self, paper: Paper) -> str:
        act, refs = paper.act, self._known.account_refs
        whole = (
            f'{{"FromAccountRef":{refs[act.source]},"ToAccountRef":{refs[act.target]},"Amount":{amount(paper.total)},'
            f'{paper.meta()},"TxnDate":"{act.date}",{self._currency(act.rate)}{self._note(act.memo)}'
        )
        return whole[:-1] + "}"

    def _card_payment(self, paper: Paper) -> str:
        act, refs = paper.act, self._known.account_refs
        whole = (
            f'{{"CreditCardAccountRef":{refs[act.card]},"BankAccountRef":{refs[act.account]},'
            f'"Amount":{amount(paper.total)},{paper.meta()},"TxnDate":"{act.date}",{self._currency(0)}'
            f"{self._note(act.memo)}"
        )
        return whole[:-1] + "}"

    def _time(self, paper: Paper) -> str:
        act, known = paper.act, self._known
        party = paper.party
        assert party is not None  # noqa: S101 - every hour was somebody's
        billable = "Billable" if act.billable else "NotBillable"
        return (
            f'{{"TxnDate":"{act.date}","NameOf":"Employee","EmployeeRef":{known.employees[act.employee].ref},'
            f'"CustomerRef":{party.ref},"ItemRef":{known.items[act.item].ref},"BillableStatus":"{billable}",'
            f'"Taxable":false,"HourlyRate":{short(act.rate)},"Hours":{act.hours},"Minutes":0,'
            f'"Description":{text(act.text)},{paper.meta()}}}'
        )
