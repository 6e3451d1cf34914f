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


def ageing_detail(books: Recount, _: str) -> None:
    """Document by document: when it is due, in which span it stands, what is open of it."""
    for kind, _, aged, balance in OWED:
        for day in books.days:
            opened = parties.opened(books.company, kind, day)
            ours = {one.key[1]: (one.due, parties.span(one, day), one.cents) for one in opened}
            if len(ours) < len(opened):
                continue  # An entry with two names stands twice under one Id.
            report = books.report(aged.removesuffix("s") + "Detail", report_date=day)
            theirs = {
                row.ids["txn_type"]: (row.values["due_date"], _span(row), _left(row))
                for row in sheet.data(report)
                if "txn_type" in row.ids
            }
            books.same(f"{aged} in detail of {day}", ours, theirs)
            report = books.report(balance + "Detail", report_date=day)
            theirs = {row.ids["txn_type"]: _left(row) for row in sheet.data(report) if "txn_type" in row.ids}
            books.same(f"{balance} in detail of {day}", {key: row[-1] for key, row in ours.items()}, theirs)
            wrong = sheet.does_not_add_up(report, "subt_amount", "subt_open_bal")
            assert not wrong, wrong


def _left(row: sheet.Row) -> int:
    return row.cents("subt_open_bal") or row.cents("subt_neg_open_bal") or 0


def _span(row: sheet.Row) -> int:
    """Of the section in which a row stands: ``31 - 60 days past due`` is the second."""
    title = row.path[0][0]
    return 0 if not title[:1].isdigit() else (int(title.split()[0]) - 1) // 30 + 1


def owed_at_home(books: Recount, _: str) -> None:
    """Whatever the currencies: what is owed in all is what the control accounts hold."""
    for kind, _entity, aged, balance in OWED:
        for day in books.days:
            held = parties.control(books.company, books.sides["Accrual"], kind, day)
            for name in (aged, balance):
                report = books.report(name, report_date=day)
                (total,) = [row for row in sheet.rows(report) if row.group == "GrandTotal"] or [None]
                said = total.cents(sheet.keys(report)[-1]) if total else 0
                assert said == held, f"{name} of {day}: {said} in all, {held} on the accounts"


CHECKS = (ageing, ageing_detail)
ABROAD = (owed_at_home,)
