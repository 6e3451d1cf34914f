"""The columns of lists: key, title, type and the cell that each makes of the facts of a row.

Source: QuickBooks API, reports, the keys; titles, types and forms of values from recorded lists and ledgers. Money has
no leading zero (``.00``, ``.25``), a day that there is not is ``0-00-00``, times have an offset without a colon.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.money import cents as to_cents
from akika_forensics.model.money import money as to_money
from akika_forensics.twin import wire
from akika_forensics.twin.reports.listings.authors import Authors
from akika_forensics.twin.reports.listings.names import NOBODY, Cell, Names

NO_DAY: Final = "0-00-00"
EMPTY: Final[Cell] = {"value": ""}


@dataclass(frozen=True, slots=True)
class Shown:
    """What cells are made with."""

    names: Names
    authors: Authors
    letters: bool = True
    """Whether a status on a statement is a letter."""


type Maker = Callable[[Shown], Callable[..., Cell]]


@dataclass(frozen=True, slots=True)
class Column:
    """``facts`` are what its cell is made of, in this order. ``whole``: it tells of the transaction, not of a line.

    ``blank`` is its cell on the further lines of a transaction, None for the cell of a type with nothing but the Id.
    """

    key: str
    title: str
    kind: str
    facts: tuple[str, ...]
    cell: Maker
    whole: bool = False
    blank: Cell | None = None


def amount(cents: int) -> str:
    """Cents as lists write them."""
    if -10 < cents < 10:
        return f"{'-' if cents < 0 else ''}.0{abs(cents)}"
    text = str(cents)
    return f"{text[:-2]}.{text[-2:]}"


def money(cents: int | None) -> Cell:
    return EMPTY if cents is None else {"value": amount(cents)}


def cents_of(text: str | None) -> int | None:
    """Of an amount as a record has it."""
    return None if text is None else int(to_cents(to_money(text)) * 100)


def _text(_: Shown) -> Callable[..., Cell]:
    return lambda text: {"value": text or ""}


def _day(_: Shown) -> Callable[..., Cell]:
    return lambda day: {"value": day or NO_DAY}


def _stamp(_: Shown) -> Callable[..., Cell]:
    # Since 1970 the zone's offset moves at full hours alone, and a time is written out once for all of its hour.
    hours: dict[int, tuple[str, str]] = {}

    def written(hour: int) -> tuple[str, str]:
        text = datetime.fromtimestamp(hour * 3600, wire.PACIFIC).isoformat()
        return text[:14], f"{text[19:22]}{text[23:]}"  # the offset without its colon

    def cell(micros: int | None) -> Cell:
        if micros is None:
            return EMPTY
        hour, seconds = divmod(micros // 1_000_000, 3600)
        known = hours.get(hour)
        if known is None:
            known = hours[hour] = written(hour)
        return {"value": f"{known[0]}{seconds // 60:02}:{seconds % 60:02}{known[1]}"}

    return cell


def _type(_: Shown) -> Callable[..., Cell]:
    return lambda label, record_id: {"value": label, "id": record_id}


def _yes(_: Shown) -> Callable[..., Cell]:
    return lambda holds: {"value": "Yes" if holds and holds != "false" else "No"}


def _record(entity: str) -> Maker:
    return lambda shown: lambda record_id: shown.names.of(entity, record_id)


def _party(shown: Shown) -> Callable[..., Cell]:
    return shown.names.party


def _number(shown: Shown) -> Callable[..., Cell]:
    return lambda account: {"value": shown.names.number(account)}


def _author(which: str) -> Maker:
    return lambda shown: lambda entity, record_id, user: {"value": shown.authors.name(which, entity, record_id, user)}


def _natural(shown: Shown) -> Callable[..., Cell]:
    """An amount as its account shows it; without an account as it is."""
    sign = shown.names.sign
    return lambda cents, account: money(cents if cents is None or not account else sign(account) * cents)


def _debit(_: Shown) -> Callable[..., Cell]:
    return lambda cents: EMPTY if cents is None or cents < 0 else {"value": amount(cents)}


def _credit(_: Shown) -> Callable[..., Cell]:
    return lambda cents: EMPTY if cents is None or cents >= 0 else {"value": amount(-cents)}


def _amount(_: Shown) -> Callable[..., Cell]:
    return money


def _written(_: Shown) -> Callable[..., Cell]:
    return lambda text: money(cents_of(text) if text is not None else 0)


_CREDITS: Final = frozenset({"CreditMemo", "VendorCredit", "Payment"})


def _open(_: Shown) -> Callable[..., Cell]:
    """What is still to be paid, less than nothing of a credit."""

    def cell(text: str | None, entity: str) -> Cell:
        left = cents_of(text) or 0
        return {"value": amount(-left if entity in _CREDITS else left)}

    return cell


def _rate(_: Shown) -> Callable[..., Cell]:
    return lambda text: {"value": text if text and "." in text else f"{text or 1}.00"}


def _price(_: Shown) -> Callable[..., Cell]:
    def cell(cents: int | None, quantity: str | None) -> Cell:
        if cents is None or not quantity or not Decimal(quantity):
            return EMPTY
        price = round(abs(Decimal(cents)) / 100 / abs(Decimal(quantity)), 7).normalize()
        return {"value": f"{price:f}"}

    return cell


def _status(shown: Shown) -> Callable[..., Cell]:
    words = ("R", "C") if shown.letters else ("Reconciled", "Cleared")

    def cell(marks: str | None) -> Cell:
        return {"value": words[0] if "reconciled" in (marks or "") else words[1] if marks else ""}

    return cell


def _online(_: Shown) -> Callable[..., Cell]:
    return lambda marks: {"value": "Matched" if "matched" in (marks or "") else ""}


_RECEIVABLE: Final = frozenset({"Invoice", "CreditMemo"})
_PAYABLE: Final = frozenset({"Bill", "VendorCredit"})


def _paid(kinds: frozenset[str]) -> Maker:
    def maker(_: Shown) -> Callable[..., Cell]:
        return lambda left, entity: EMPTY if entity not in kinds else {"value": "Unpaid" if cents_of(left) else "Paid"}

    return maker


def _print(_: Shown) -> Callable[..., Cell]:
    words = {"PrintComplete": "Printed", "NeedToPrint": "To be printed"}
    return lambda status: {"value": words.get(status or "", "")}


def _invoice_day(_: Shown) -> Callable[..., Cell]:
    return lambda day, entity: {"value": day if entity == "Invoice" else NO_DAY}


def _of(key: str, title: str, kind: str, facts: str, cell: Maker, blank: Any = False) -> Column:
    """``blank`` False: a column of the line."""
    return Column(key, title, kind, tuple(facts.split()), cell, blank is not False, None if blank is False else blank)


_NO_DAY: Final[Cell] = {"value": NO_DAY}

COLUMNS: Final[dict[str, Column]] = {
    column.key: column
    for column in (
        _of("tx_date", "Date", "Date", "date", _day, _NO_DAY),
        _of("txn_type", "Transaction Type", "String", "label id", _type, None),
        _of("doc_num", "Num", "String", "doc", _text, EMPTY),
        _of("is_no_post", "Posting", "Boolean", "posts", _yes, EMPTY),
        _of("is_adj", "Adj", "Boolean", "adjusting", _yes, EMPTY),
        _of("create_date", "Create Date", "TimeStamp", "created", _stamp, EMPTY),
        _of("create_by", "Created By", "String", "entity id created_by", _author("created"), EMPTY),
        _of("last_mod_date", "Last Modified", "TimeStamp", "updated", _stamp, EMPTY),
        _of("last_mod_by", "Last Modified By", "String", "entity id modified_by", _author("modified"), EMPTY),
        _of("name", "Name", "String", "party", _party, NOBODY),
        _of("cust_name", "Customer", "String", "customer", _party),
        _of("vend_name", "Vendor", "String", "vendor", _party),
        _of("emp_name", "Employee", "String", "employee", _party),
        _of("dept_name", "Location", "String", "department", _record("Department")),
        _of("klass_name", "Class", "String", "class", _record("Class")),
        _of("item_name", "Product/Service", "String", "item", _record("Item")),
        _of("memo", "Memo/Description", "String", "memo", _text),
        _of("quantity", "Qty", "Money", "quantity", _text),
        _of("rate", "Rate", "Money", "cents quantity", _price),
        _of("acct_num_with_extn", "Account #", "String", "account", _number),
        _of("account_num", "Account #", "String", "account", _number),
        _of("account_name", "Account", "String", "account", _record("Account")),
        _of("split_acc", "Split", "String", "split", _record("Account")),
        _of("other_account", "Split", "String", "split", _record("Account")),
        _of("sales_cust1", "Custom 1", "String", "custom_1", _text, EMPTY),
        _of("sales_cust2", "Custom 2", "String", "custom_2", _text, EMPTY),
        _of("sales_cust3", "Custom 3", "String", "custom_3", _text, EMPTY),
        _of("pmt_mthd", "Payment Method", "String", "method", _record("PaymentMethod"), NOBODY),
        _of("term_name", "Terms", "String", "term", _record("Term"), NOBODY),
        _of("due_date", "Due Date", "Date", "due", _day, _NO_DAY),
        _of("cust_msg", "Customer/Vendor Message", "String", "message", _text, EMPTY),
        _of("ship_via", "Ship Via", "String", "ship_via", _text, EMPTY),
        _of("tracking_num", "Tracking #", "String", "tracking", _text, EMPTY),
        _of("inv_date", "Invoice Date", "Date", "date kind", _invoice_day, _NO_DAY),
        _of("is_ar_paid", "A/R Paid", "String", "open kind", _paid(_RECEIVABLE), EMPTY),
        _of("is_ap_paid", "A/P Paid", "String", "open kind", _paid(_PAYABLE), EMPTY),
        _of("is_cleared", "Clr", "String", "marks", _status),
        _of("olb_status", "Online Banking", "String", "marks", _online),
        _of("printed", "Check Printed", "String", "printed", _print, EMPTY),
        _of("chk_print_state", "Check Printed", "String", "printed", _print, EMPTY),
        _of("debt_amt", "Debit", "Money", "cents", _debit),
        _of("credit_amt", "Credit", "Money", "cents", _credit),
        _of("debt_home_amt", "Debit", "Money", "cents", _debit),
        _of("credit_home_amt", "Credit", "Money", "cents", _credit),
        _of("nat_amount", "Amount", "Money", "cents account", _natural),
        _of("subt_nat_amount", "Amount", "Money", "cents account", _natural),
        _of("subt_nat_home_amount", "Amount", "Money", "cents account", _natural),
        _of("nat_open_bal", "Open Balance", "Money", "open kind", _open, EMPTY),
        _of("nat_home_open_bal", "Open Balance", "Money", "open_home kind", _open, EMPTY),
        _of("nat_foreign_open_bal", "Foreign Open Balance", "Money", "open kind", _open, EMPTY),
        _of("nat_foreign_amount", "Foreign Amount", "Money", "own account", _natural),
        _of("exch_rate", "Exchange Rate", "Money", "rate", _rate, EMPTY),
        _of("currency", "Currency", "String", "currency", _text, EMPTY),
        _of("tax_amount", "Tax Amount", "Money", "tax", _written, EMPTY),
        _of("home_tax_amount", "Tax Amount", "Money", "tax", _written, EMPTY),
        _of("net_amount", "Taxable Amount", "Money", "taxable", _written, EMPTY),
        _of("home_net_amount", "Taxable Amount", "Money", "taxable", _written, EMPTY),
        _of("rbal_nat_amount", "Balance", "Money", "balance", _amount),
        _of("rbal_nat_home_amount", "Balance", "Money", "balance", _amount),
    )
}
"""By key, in the order in which reports show them. Source of the order: a recorded list of 2017."""

SUMMED: Final = frozenset(
    {
        "debt_amt",
        "credit_amt",
        "debt_home_amt",
        "credit_home_amt",
        "nat_amount",
        "subt_nat_amount",
        "subt_nat_home_amount",
        "nat_foreign_amount",
        "nat_open_bal",
        "nat_home_open_bal",
        "nat_foreign_open_bal",
    }
)
"""Keys of the columns that a section adds up."""
