"""Bodies of sales and of money that comes in, in the order of the wire."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from akika_forensics.twin.life.bulk.figures import amount, fixed, rate, short, text
from akika_forensics.twin.life.bulk.paper import Paper
from akika_forensics.twin.life.bulk.pieces import VALUE, Pieces
from akika_forensics.twin.life.lines import SaleLine

_LINE_EX: Final = (
    '"LineEx":{"any":[' + ",".join(VALUE % (name, "%s") for name in ("txnId", "txnOpenBalance", "txnReferenceNumber"))
) + "]}"
_ONLINE: Final = (
    '"AllowIPNPayment":false,"AllowOnlinePayment":false,"AllowOnlineCreditCardPayment":false,'
    '"AllowOnlineACHPayment":false,'
)


class SaleForms(Pieces):
    """Sales, payments, deposits."""

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

    def sale(self, paper: Paper) -> str:
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

    def payment(self, paper: Paper) -> str:
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

    def deposit(self, paper: Paper) -> str:
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
