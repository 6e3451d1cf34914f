"""The tax of a document, by tax rate, to the agencies' liability accounts."""

from __future__ import annotations

from typing import Any

from akika_forensics.books.body import amount, elements, part, ref
from akika_forensics.books.posting import TAX, Sheet
from akika_forensics.model.money import ZERO, money_text


def post_tax(sheet: Sheet, body: dict[str, Any], sign: int) -> None:
    """Post each tax line; ``sign`` is -1 where tax is owed (credit) and +1 where it is deducted (debit).

    What ``TotalTax`` has beyond its lines goes by the document's tax code.
    """
    detail = part(body, "TxnTaxDetail")
    if not detail:
        return
    code = ref(detail, "TxnTaxCodeRef")
    seen = ZERO
    for line in elements(detail, "TaxLine"):
        value = amount(line)
        seen += value
        account = sheet.chart.tax.of_rate(ref(part(line, "TaxLineDetail"), "TaxRateRef"))
        sheet.put(account or sheet.chart.tax.of_code(code), sign * value, TAX)
    rest = amount(detail, "TotalTax") - seen if detail.get("TotalTax") not in (None, "") else ZERO
    if rest:
        if seen:
            sheet.say("tax_lines_differ", f"has a total tax {money_text(rest)} beyond its tax lines", "note")
        sheet.put(sheet.chart.tax.of_code(code), sign * rest, TAX)
