"""Import a file of customers, vendors, invoices or bills, as the screens' own templates have it.

The columns are those of QuickBooks' sample files: a star marks what must be there, upper and lower case do not count.
Rows with the same number are the lines of one document. Source: the templates as other programs write them; for bills
by analogy.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from akika_forensics.errors import WrongUse
from akika_forensics.twin import settings
from akika_forensics.twin.documents import references
from akika_forensics.twin.screens import entering
from akika_forensics.twin.screens.asking import Body, ScreenRefused
from akika_forensics.twin.session import Session

type Row = dict[str, str]

_COLUMNS: Final = {
    "Customer": ("Name", "Company", "Email", "Phone", "Mobile", "Street", "City", "State", "ZIP", "Country"),
    "Vendor": ("Name", "Company", "Email", "Phone", "Mobile", "Street", "City", "State", "ZIP", "Country", "Tax ID"),
    "Invoice": (
        "*InvoiceNo", "*Customer", "*InvoiceDate", "*DueDate", "Memo", "Item(Product/Service)", "ItemDescription",
        "ItemQuantity", "ItemRate", "*ItemAmount",
    ),
    "Bill": ("*BillNo", "*Vendor", "*BillDate", "*DueDate", "Memo", "*Account", "LineDescription", "*LineAmount"),
}  # fmt: skip
_LONGEST: Final = 15
"""Digits before the point of an amount, less one."""
_MOST: Final = 1_000
"""Rows of one file. Source: Intuit's help on importing."""


def import_file(
    session: Session,
    entity: str,
    text: str,
    add_missing: bool = False,
    password: str = "",
    sure: bool = False,
) -> Body:
    """Key what a CSV file says, all of it or nothing; gives the Ids, and those of names that were added.

    ``add_missing`` adds customers, vendors and services that the company does not have. Raises WrongUse for a file
    that is none, ScreenRefused that names the first row with a fault.
    """
    if entity not in _COLUMNS:
        raise WrongUse(f"A file of {entity} cannot be imported.", do=f"Import one of {', '.join(_COLUMNS)}.")
    rows = _read(entity, text)
    missing = _Missing(session, add=add_missing)
    made = _MAKERS[entity](session, rows, missing)
    return {**entering.import_rows(session, entity, made, password, sure), "added": missing.added}


class _Missing:
    """Names that a file cites, by Id; those that are not there are added if the person ticked so."""

    def __init__(self, session: Session, *, add: bool) -> None:
        self.added: list[Body] = []
        self._session = session
        self._add = add

    def find(self, entity: str, name: str, number: int, more: Body | None = None) -> Body:
        wanted = name.casefold()
        for body in self._session.each(entity):
            if references.name_of(entity, body).casefold() == wanted and body.get("Active") is not False:
                return {"value": str(body["Id"])}
        if not self._add or entity == "Account":
            raise ScreenRefused(f"Row {number}: {name!r} is not in the list of {entity}.", do="Add it first.")
        field = "DisplayName" if entity in {"Customer", "Vendor"} else "Name"
        made = entering.import_rows(self._session, entity, [{field: name, **(more or {})}])
        self.added.append({"entity": entity, "id": made["ids"][0]})
        return {"value": made["ids"][0]}


def _read(entity: str, text: str) -> list[Row]:
    """Rows by column, each with its number in the file under ``#``."""
    known = {_plain(name): name.lstrip("*") for name in _COLUMNS[entity]}
    read = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = [known.get(_plain(cell), "") for cell in next(_cells(read), [])]
    needed = [name.lstrip("*") for name in _COLUMNS[entity] if name.startswith("*")] or ["Name"]
    lacking = [name for name in needed if name not in header]
    if lacking:
        raise WrongUse(f"The file has no column {lacking[0]}.", do=f"Its columns are {', '.join(_COLUMNS[entity])}.")
    rows = []
    for number, cells in enumerate(_cells(read), 2):
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
        if any(row.values()):
            rows.append({**dict.fromkeys(known.values(), ""), **row, "#": str(number)})
    if not rows:
        raise WrongUse("The file has no rows.")
    if len(rows) > _MOST:
        raise ScreenRefused(f"A file can have {_MOST} rows at most; this one has {len(rows)}.")
    return rows


def _cells(read: Iterable[list[str]]) -> Iterator[list[str]]:
    """Raises WrongUse for what is no CSV, such as a cell without end."""
    try:
        yield from read
    except csv.Error as error:
        raise WrongUse(f"This is no CSV file: {error}.") from error


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.casefold())


def _parties(_session: Session, rows: list[Row], _missing: _Missing) -> list[Body]:
    made = []
    for row in rows:
        address = {
            field: row[name]
            for field, name in (
                ("Line1", "Street"),
                ("City", "City"),
                ("CountrySubDivisionCode", "State"),
                ("PostalCode", "ZIP"),
                ("Country", "Country"),
            )
            if row[name]
        }
        body: Body = {"DisplayName": row["Name"], "CompanyName": row["Company"], "TaxIdentifier": row.get("Tax ID", "")}
        body |= {"PrimaryEmailAddr": {"Address": row["Email"]}} if row["Email"] else {}
        body |= {"PrimaryPhone": {"FreeFormNumber": row["Phone"]}} if row["Phone"] else {}
        body |= {"Mobile": {"FreeFormNumber": row["Mobile"]}} if row["Mobile"] else {}
        body |= {"BillAddr": address} if address else {}
        made.append({name: value for name, value in body.items() if value})
    return made


def _invoices(session: Session, rows: list[Row], missing: _Missing) -> list[Body]:
    made: dict[str, Body] = {}
    for row in rows:
        number = int(row["#"])
        body = made.get(row["InvoiceNo"])
        if body is None:
            body = _document(session, row, number, "InvoiceNo", "InvoiceDate")
            body["CustomerRef"] = missing.find("Customer", row["Customer"], number)
            made[row["InvoiceNo"]] = body
        item = row["Item(Product/Service)"] or "Services"
        detail: Body = {"ItemRef": missing.find("Item", item, number, _service(session))}
        if row["ItemQuantity"]:
            detail["Qty"] = _amount(row["ItemQuantity"], number)
        if row["ItemRate"]:
            detail["UnitPrice"] = _amount(row["ItemRate"], number)
        line = {"Amount": _amount(row["ItemAmount"], number), "DetailType": "SalesItemLineDetail"}
        line |= {"Description": row["ItemDescription"]} if row["ItemDescription"] else {}
        body["Line"].append({**line, "SalesItemLineDetail": detail})
    return list(made.values())


def _bills(session: Session, rows: list[Row], missing: _Missing) -> list[Body]:
    made: dict[str, Body] = {}
    for row in rows:
        number = int(row["#"])
        body = made.get(row["BillNo"])
        if body is None:
            body = _document(session, row, number, "BillNo", "BillDate")
            body["VendorRef"] = missing.find("Vendor", row["Vendor"], number)
            made[row["BillNo"]] = body
        detail = {"AccountRef": missing.find("Account", row["Account"], number)}
        line = {"Amount": _amount(row["LineAmount"], number), "DetailType": "AccountBasedExpenseLineDetail"}
        line |= {"Description": row["LineDescription"]} if row["LineDescription"] else {}
        body["Line"].append({**line, "AccountBasedExpenseLineDetail": detail})
    return list(made.values())


def _document(session: Session, row: Row, number: int, doc: str, date: str) -> Body:
    body: Body = {"DocNumber": row[doc], "TxnDate": _date(session, row[date], number), "Line": []}
    body |= {"DueDate": _date(session, row["DueDate"], number)} if row["DueDate"] else {}
    return body | ({"PrivateNote": row["Memo"]} if row["Memo"] else {})


def _service(session: Session) -> Body:
    """What a service is made of that a file names and the company does not have: the first account of income."""
    income = next((one for one in session.each("Account") if one.get("AccountType") == "Income"), None)
    return {"Type": "Service", "IncomeAccountRef": {"value": str(income["Id"])}} if income else {"Type": "Service"}


def _date(session: Session, text: str, number: int) -> str:
    """Of the company's country: month first in the United States, day first elsewhere."""
    form = "%m/%d/%Y" if settings.country(session) == "US" else "%d/%m/%Y"
    try:
        return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise ScreenRefused(f"Row {number}: {text!r} is no date.") from None


def _amount(text: str, number: int) -> Decimal:
    try:
        value = Decimal(re.sub(r"[$£€,\s]", "", text))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value.adjusted() > _LONGEST:
        raise ScreenRefused(f"Row {number}: {text!r:.80} is no amount.")
    return value


_MAKERS: Final[dict[str, Callable[[Session, list[Row], _Missing], list[Body]]]] = {
    "Customer": _parties,
    "Vendor": _parties,
    "Invoice": _invoices,
    "Bill": _bills,
}
