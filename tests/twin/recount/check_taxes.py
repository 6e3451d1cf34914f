"""The summary of sales taxes against the recount: by rate, what was sold, what of it was taxable, and the tax."""

from __future__ import annotations

from collections import defaultdict

from tests.twin.recount import sheet
from tests.twin.recount.check_trade import sold
from tests.twin.recount.documents import SALES, Doc
from tests.twin.recount.stage import Recount


def tax_summary(books: Recount, basis: str) -> None:
    """On the cash basis as far as documents were paid."""
    for start, end in books.periods:
        report = books.report("TaxSummary", start_date=start, end_date=end, accounting_method=basis)
        ours: dict[tuple[str, str], int] = defaultdict(int)
        for side in sold(books, basis):
            if start <= side.day <= end:
                for rate in _rates(books.company.docs[side.key]) or {""}:
                    ours[rate, "Gross Total"] -= side.cents
        for side in books.sides[basis]:
            doc = books.company.docs.get(side.key)
            if not (start <= side.day <= end) or doc is None or doc.entity not in SALES or not side.line or side.pair:
                continue
            line = doc.lines[side.line - 1] if side.line <= len(doc.lines) else None
            if line is not None and line.kind == "tax":
                ours[line.rate, "Tax Amount"] -= side.cents
                if basis == "Accrual":
                    ours[line.rate, "Taxable Amount"] += doc.sign * doc.home(line.base)
        theirs: dict[tuple[str, str], int] = {}
        for row in sheet.data(report):
            for key in ("Gross Total", "Tax Amount", *(("Taxable Amount",) if basis == "Accrual" else ())):
                if row.cents(key):
                    theirs[row.id, key] = row.cents(key) or 0
        what = f"TaxSummary of {start} to {end}, {basis}"
        books.same(what, {key: cents for key, cents in ours.items() if cents}, theirs)


def _rates(doc: Doc) -> set[str]:
    return {line.rate for line in doc.lines if line.kind == "tax"}


CHECKS = (tax_summary,)
