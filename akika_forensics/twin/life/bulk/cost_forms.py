"""Bodies of purchases and of the books' own entries, in the order of the wire."""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.life import acts
from akika_forensics.twin.life.bulk.figures import amount, short, text
from akika_forensics.twin.life.bulk.paper import Paper
from akika_forensics.twin.life.bulk.pieces import VALUE, Pieces
from akika_forensics.twin.life.lines import CostLine

_FORM: Final = {"CreditCard": "1", "Check": "3", "Cash": "31"}


class CostForms(Pieces):
    """Bills, orders, expenses, entries, transfers, hours."""

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

    def bill(self, paper: Paper) -> str:
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

    def order(self, paper: Paper) -> str:
        act = paper.act
        party = paper.party
        assert party is not None  # noqa: S101 - every order goes to somebody
        return (
            f'{{"POStatus":"{paper.state}",{paper.meta()},"CustomField":[],"DocNumber":{text(act.number)},'
            f'"TxnDate":"{act.date}",{self._currency(0)}{self._note(act.memo)}"LinkedTxn":[{paper.others()}],'
            f'"Line":[{self._cost_lines(act.lines, numbered=True)}],"VendorRef":{party.ref},'
            f'"APAccountRef":{self._known.payable_ref},"TotalAmt":{amount(paper.total)}}}'
        )

    def bill_payment(self, paper: Paper) -> str:
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

    def purchase(self, paper: Paper) -> str:
        act, known = paper.act, self._known
        party = paper.party
        assert party is not None  # noqa: S101 - every expense of a life is paid to somebody
        printed = '"PrintStatus":"NotSet",' if act.by == "Check" else ""
        return (
            f'{{"AccountRef":{known.account_refs[act.account]},"PaymentType":"{act.by}","EntityRef":'
            f'{party.ref[:-1]},"type":"Vendor"}},"Credit":{"true" if act.credit else "false"},'
            f'"TotalAmt":{amount(paper.total)},{printed}"PurchaseEx":{{"any":[{VALUE % ("TxnType", form_number(act))}]}},'
            f'{paper.meta()},"DocNumber":{text(act.number)},"TxnDate":"{act.date}",'
            f"{self._named('DepartmentRef', act.department)}{self._currency(0)}{self._note(act.memo)}"
            f'"Line":[{self._cost_lines(paper.lines, numbered=False)}]}}'
        )

    # the books

    def journal(self, paper: Paper) -> str:
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

    def transfer(self, paper: Paper) -> str:
        act, refs = paper.act, self._known.account_refs
        whole = (
            f'{{"FromAccountRef":{refs[act.source]},"ToAccountRef":{refs[act.target]},"Amount":{amount(paper.total)},'
            f'{paper.meta()},"TxnDate":"{act.date}",{self._currency(act.rate)}{self._note(act.memo)}'
        )
        return whole[:-1] + "}"

    def card_payment(self, paper: Paper) -> str:
        act, refs = paper.act, self._known.account_refs
        whole = (
            f'{{"CreditCardAccountRef":{refs[act.card]},"BankAccountRef":{refs[act.account]},'
            f'"Amount":{amount(paper.total)},{paper.meta()},"TxnDate":"{act.date}",{self._currency(0)}'
            f"{self._note(act.memo)}"
        )
        return whole[:-1] + "}"

    def time(self, paper: Paper) -> str:
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


def form_number(act: acts.Spend) -> str:
    """The number of the form in PurchaseEx."""
    return "11" if act.credit else _FORM[act.by]
