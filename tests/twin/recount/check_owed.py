"""Ageing and balances of customers and vendors against the recount, on several days; the same on both bases."""

from __future__ import annotations

from tests.twin.recount import parties, sheet
from tests.twin.recount.stage import Recount

OWED = (
    (parties.RECEIVABLE, "Customer", "AgedReceivables", "CustomerBalance"),
    (parties.PAYABLE, "Vendor", "AgedPayables", "VendorBalance"),
)


def ageing(books: Recount, basis: str) -> None:
    """The same on both bases."""
    for kind, entity, aged, balance in OWED:
        for day in books.days:
            ours = parties.ages(books.company, kind, day)
            report = books.report(aged, report_date=day)
            titles = sheet.keys(report)[1:]
            theirs, totals = {}, {}
            for row in sheet.rows(report):
                if row.kind == "summary":
                    continue
                for span, title in enumerate(titles[:-1]):
                    if row.cents(title):
                        theirs[f"{entity}:{row.id}", span] = row.cents(title)
                if row.cents(titles[-1]):
                    totals[f"{entity}:{row.id}"] = row.cents(titles[-1])
            books.same(f"{aged} of {day}", ours, theirs)
            owed = parties.owed(books.company, kind, day)
            books.same(f"{aged} of {day}, totals", owed, totals)
            assert not sheet.does_not_add_up(report), sheet.does_not_add_up(report)
            held = parties.control(books.company, books.sides["Accrual"], kind, day)
            assert sum(owed.values()) == held, f"{aged} of {day}: {sum(owed.values())} is not the {held} of the account"
            said = [row.cents(titles[-1]) for row in sheet.rows(report) if row.group == "GrandTotal"]
            assert (said or [0])[-1] == held, f"{aged} of {day}: its total is not what the account holds"
            _balances(books, balance, entity, day, owed)


def _balances(books: Recount, name: str, entity: str, day: str, owed: dict[str, int]) -> None:
    report = books.report(name, report_date=day)
    column = sheet.keys(report)[-1]
    rows = [row for row in sheet.rows(report) if row.kind != "summary" and row.cents(column)]
    books.same(f"{name} of {day}", owed, {f"{entity}:{row.id}": row.cents(column) for row in rows})


def ageing_detail(books: Recount, basis: str) -> None:
    for kind, _, aged, balance in OWED:
        for day in books.days:
            for name in (aged.removesuffix("s") + "Detail", balance + "Detail"):
                report = books.report(name, report_date=day)
                ours = {one.key[1]: 0 for one in parties.opened(books.company, kind, day)}
                for one in parties.opened(books.company, kind, day):
                    ours[one.key[1]] += one.cents
                theirs: dict[str, int] = {}
                for row in sheet.data(report):
                    record = row.ids.get("txn_type", "")
                    theirs[record] = theirs.get(record, 0) + (
                        row.cents("subt_open_bal") or row.cents("subt_neg_open_bal") or 0
                    )
                books.same(f"{name} of {day}", ours, theirs)


CHECKS = (ageing, ageing_detail)
