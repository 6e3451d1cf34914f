"""The general ledger, the journal and lists of transactions against the recount, line by line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

from tests.twin.recount import sheet, statements
from tests.twin.recount.documents import Doc
from tests.twin.recount.posting import OPENING, Side
from tests.twin.recount.stage import Recount


def general_ledger(books: Recount, basis: str) -> None:
    """What moved each account, transaction by transaction, and the balance before, between and after."""
    for start, end in books.periods:
        report = books.report("GeneralLedger", start_date=start, end_date=end, accounting_method=basis)
        what = f"GeneralLedger of {start} to {end}, {basis}"
        rows = books.sides[basis]
        moved: dict[tuple[str, str, str], int] = defaultdict(int)
        for side in rows:
            if start <= side.day <= end:
                natural = statements.natural(books.company, side.account, side.cents)
                moved[side.account, record(side), side.day] += natural
        theirs: dict[tuple[str, str, str], int] = defaultdict(int)
        begun: dict[str, int] = {}
        running: dict[str, int] = defaultdict(int)
        for row in sheet.data(report):
            account = _account(row)
            if row.values["tx_date"] == "Beginning Balance":
                begun[account] = row.cents("rbal_nat_amount") or 0
                running[account] = begun[account]
                continue
            amount = row.cents("subt_nat_amount") or 0
            theirs[account, row.ids.get("txn_type", ""), row.values["tx_date"]] += amount
            running[account] += amount
            assert running[account] == row.cents("rbal_nat_amount"), f"{what}: the balance after {row}"
        books.same(what, _some(moved), _some(theirs))
        wrong = sheet.does_not_add_up(report, "subt_nat_amount")
        assert not wrong, f"{what}: {wrong}"
        books.same(f"{what}, beginning", _before(books, rows, start), begun)
        _closing(books, what, rows, end, running)


def general_ledger_of_one(books: Recount, basis: str) -> None:
    """Kept to one class, one place, one account."""
    start, end = books.periods[0]
    account = next(iter(books.company.accounts))
    parts: dict[str, Callable[[Side], str]] = {
        "class": lambda side: side.klass,
        "department": lambda side: side.department,
        "account": lambda side: side.account,
    }
    for kind, of_side in parts.items():
        record_id = account if kind == "account" else books.kept.get(kind, "")
        if not record_id:
            continue
        period = {"start_date": start, "end_date": end, "accounting_method": basis}
        report = books.report("GeneralLedger", **period, **{kind: record_id})
        ours: dict[tuple[str, str], int] = defaultdict(int)
        for side in books.sides[basis]:
            if start <= side.day <= end and of_side(side) == record_id:
                ours[side.account, record(side)] += statements.natural(books.company, side.account, side.cents)
        theirs: dict[tuple[str, str], int] = defaultdict(int)
        for row in sheet.data(report):
            if row.values["tx_date"] != "Beginning Balance":
                theirs[_account(row), row.ids.get("txn_type", "")] += row.cents("subt_nat_amount") or 0
        books.same(f"GeneralLedger of {kind} {record_id}, {basis}", _some(ours), _some(theirs))


def _account(row: sheet.Row) -> str:
    """The innermost header above a row that says which account it is."""
    return next((record for _, record in reversed(row.path) if record), row.path[-1][0] if row.path else "")


def record(side: Side) -> str:
    return "" if side.key == OPENING else side.key[1]


def _before(books: Recount, rows: list[Side], start: str) -> dict[str, int]:
    """Balances when the first day begins; income and expenses since the year of that day began."""
    day = (date.fromisoformat(start) - timedelta(days=1)).isoformat()
    held: dict[str, int] = defaultdict(int)
    for side in rows:
        if side.day <= day:
            old = statements.earns(books.company, side.account) and side.day < f"{start[:4]}-01-01"
            held[statements.retained(books.company) if old else side.account] += side.cents
    return _some({one: _natural(books, one, cents) for one, cents in held.items()})


def _natural(books: Recount, account: str, cents: int) -> int:
    return (
        -cents if account == statements.retained(books.company) else statements.natural(books.company, account, cents)
    )


def _closing(books: Recount, what: str, rows: list[Side], end: str, running: dict[str, int]) -> None:
    """What an account is left with is its line in the trial balance, where the year did not change in between."""
    if end[:4] != what.split(" of ")[1][:4]:
        return
    trial = statements.trial_balance(books.company, rows, end)
    ours = {one: _natural(books, one, cents) for one, cents in trial.items() if one != "retained"}
    books.same(
        f"{what}, closing",
        ours,
        {one: cents for one, cents in _some(running).items() if one != statements.retained(books.company)},
    )


def _some[Key](sums: dict[Key, int]) -> dict[Key, int]:
    return {key: cents for key, cents in sums.items() if cents}


def journal(books: Recount, _: str) -> None:
    """Debits and credits of each transaction, account by account; each balances."""
    for start, end in books.periods:
        report = books.report("JournalReport", start_date=start, end_date=end)
        what = f"JournalReport of {start} to {end}"
        ours: dict[tuple[str, str], int] = defaultdict(int)
        for side in books.sides["Accrual"]:
            if start <= side.day <= end:
                ours[record(side), side.account] += side.cents
        theirs: dict[tuple[str, str], int] = defaultdict(int)
        for row in sheet.rows(report):
            debit, credit = row.cents("debt_amt") or 0, row.cents("credit_amt") or 0
            if row.kind == "summary":
                assert debit == credit, f"{what}: {row}"
            elif debit or credit:
                theirs[row.ids.get("txn_type", ""), row.ids.get("account_name", "")] += debit - credit
        books.same(what, _some(ours), _some(theirs))


def transaction_list(books: Recount, _: str) -> None:
    """One row a transaction: its day, its name and what it does to the account that it is about.

    What posts nothing, such as an estimate, has Ids of its own and is left aside.
    """
    for start, end in books.periods:
        report = books.report("TransactionList", start_date=start, end_date=end)
        ours = {
            doc.id: (doc.day, _name(doc), _about(books, doc))
            for doc in books.company.docs.values()
            if start <= doc.day <= end
        }
        theirs = {
            row.ids["txn_type"]: (row.values["tx_date"], row.ids.get("name", ""), row.cents("subt_nat_amount") or 0)
            for row in sheet.data(report)
            if row.ids.get("txn_type") and row.values["is_no_post"] == "Yes"
        }
        books.same(f"TransactionList of {start} to {end}", ours, theirs)


def transaction_list_by_name(books: Recount, _: str) -> None:
    """The same rows under the customer or vendor they are with; those of nobody are not there."""
    start, end = books.periods[0]
    for entity in ("Customer", "Vendor"):
        report = books.report(f"TransactionListBy{entity}", start_date=start, end_date=end)
        ours = {
            doc.id: (_name(doc), _about(books, doc))
            for doc in books.company.docs.values()
            if start <= doc.day <= end and _party(doc).startswith(f"{entity}:")
        }
        theirs = {
            row.ids["txn_type"]: (row.path[-1][1], row.cents("subt_nat_amount") or 0)
            for row in sheet.data(report)
            if row.ids.get("txn_type") and row.values["is_no_post"] == "Yes"
        }
        books.same(f"TransactionListBy{entity}", ours, theirs)
        assert not sheet.does_not_add_up(report, "subt_nat_amount")


def _party(doc: Doc) -> str:
    """A journal entry is under the name of its first line."""
    return doc.lines[0].party if doc.entity == "JournalEntry" else doc.party


def _name(doc: Doc) -> str:
    return _party(doc).partition(":")[2]


def _about(books: Recount, doc: Doc) -> int:
    if doc.entity == "InventoryAdjustment":
        return 0
    if doc.entity == "JournalEntry":
        first = doc.lines[0]
        return statements.natural(books.company, first.account, first.cents)
    whole = [side.cents for side in books.of_document(doc.key) if side.line == 0 and side.account == doc.account]
    return statements.natural(books.company, doc.account, sum(whole))


def splits(books: Recount, _: str) -> None:
    """Every side of every transaction, with the sign of its account."""
    report = books.report("TransactionListWithSplits", start_date=books.start, end_date=books.end)
    ours: dict[tuple[str, str], int] = defaultdict(int)
    for side in books.sides["Accrual"]:
        if side.key != OPENING:
            ours[record(side), side.account] += statements.natural(books.company, side.account, side.cents)
    theirs: dict[tuple[str, str], int] = defaultdict(int)
    for row in sheet.data(report):
        if row.ids.get("txn_type") and row.ids.get("account_name"):
            theirs[row.ids["txn_type"], row.ids["account_name"]] += row.cents("nat_amount") or 0
    books.same("TransactionListWithSplits", _some(ours), _some(theirs))


def profit_and_loss_detail(books: Recount, basis: str) -> None:
    """What each account of income and expense moved, transaction by transaction; their sums are the statement's."""
    for start, end in books.periods:
        report = books.report("ProfitAndLossDetail", start_date=start, end_date=end, accounting_method=basis)
        what = f"ProfitAndLossDetail of {start} to {end}, {basis}"
        ours: dict[tuple[str, str, str], int] = defaultdict(int)
        for side in books.sides[basis]:
            if start <= side.day <= end and statements.earns(books.company, side.account):
                natural = statements.natural(books.company, side.account, side.cents)
                ours[side.account, record(side), side.day] += natural
        theirs: dict[tuple[str, str, str], int] = defaultdict(int)
        running: dict[str, int] = defaultdict(int)
        for row in sheet.data(report):
            account, amount = _account(row), row.cents("subt_nat_amount") or 0
            theirs[account, row.ids.get("txn_type", ""), row.values["tx_date"]] += amount
            running[account] += amount
            assert running[account] == row.cents("rbal_nat_amount"), f"{what}: the balance after {row}"
        books.same(what, _some(ours), _some(theirs))
        said = [row.cents("subt_nat_amount") or 0 for row in sheet.rows(report) if row.first == "Net Income"]
        result = -sum(
            side.cents
            for side in books.sides[basis]
            if start <= side.day <= end and statements.earns(books.company, side.account)
        )
        assert (said or [0])[-1] == result, f"{what}: its result is not {result}"


def account_list(books: Recount, _: str) -> None:
    """What each account of the balance sheet holds, whatever the day."""
    report = books.report("AccountList")
    ours: dict[str, int] = defaultdict(int)
    for side in books.sides["Accrual"]:
        if not statements.earns(books.company, side.account):
            ours[side.account] += statements.natural(books.company, side.account, side.cents)
    theirs = {row.ids["account_name"]: row.cents("account_bal") or 0 for row in sheet.data(report)}
    books.same("AccountList", _some(ours), _some(theirs))
    assert theirs.keys() == books.company.accounts.keys()


CHECKS = (general_ledger, general_ledger_of_one, profit_and_loss_detail)
LISTS = (journal, transaction_list, transaction_list_by_name, splits)
OWN = (account_list,)
"""In the currency of each account."""
