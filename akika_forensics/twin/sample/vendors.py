"""Vendors and employees. Ids and names are the stock company's; addresses, numbers and contacts are our own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from akika_forensics.twin.sample.customers import postal_address


class VendorRow(NamedTuple):
    id: str
    display: str
    person: str = ""
    address: str = ""
    term: str = ""
    form_1099: bool = False
    person_only: bool = False


_ROWS: Final[tuple[tuple[Any, ...], ...]] = (
    ("30", "Books by Bessie", "Bessie Williams", "15 Folio Street|Oak Flats|CA|94092"),
    ("31", "Brosnahan Insurance Agency", "Nick Brosnahan", "P.O. Box 51|Millbrook|CA|94093", "5", True),
    ("32", "Cal Telephone", "", "10 Exchange Place|Oak Flats|CA|94092", "1"),
    ("33", "Chin's Gas and Oil"),
    ("34", "Cigna Health Care"),
    ("35", "Computers by Jenni", "Jenni Winslow", "1515 Socket Lane|Millbrook|CA|94093"),
    ("36", "Diego's Road Warrior Bodyshop"),
    ("37", "EDD"),
    ("38", "Ellis Equipment Rental", "Julie Ellis", "45 Forklift Row|Oak Flats|CA|94092"),
    ("39", "Fidelity"),
    ("40", "Hall Properties", "Melanie Hall", "P.O. Box 357|South Vale|CA|94095", "", True),
    ("41", "Hicks Hardware", "Geoff Hicks", "42 Hammer Street|Millbrook|CA|94093"),
    ("42", "Lee Advertising", "Laurel Lee", "53 Billboard Road|Millbrook|CA|94093"),
    ("43", "Mahoney Mugs"),
    ("44", "Met Life Dental"),
    ("45", "National Eye Care", "", "123 Iris Street|Cedar Park|CA|94094", "3"),
    ("46", "Norton Lumber and Building Materials", "Julie Norton", "4528 Timber Road|Millbrook|CA|94093", "3"),
    ("47", "Pam Seitz", "Pam Seitz", "P.O. Box 15|Sandpiper Bay|CA|94090", "1", False, True),
    ("48", "PG&E", "", "4 Meter Road|Oak Flats|CA|94092"),
    ("49", "Robertson & Associates", "Jenny Robertson", "147 Brief Street|Sandpiper Bay|CA|94090", "", True),
    ("50", "Tania's Nursery", "Tania Kronberg", "90 Seedling Way|Millbrook|CA|94093"),
    ("51", "Tim Philip Masonry", "Tim Philip", "3948 Mortar Street|Millbrook|CA|94093", "", True),
    ("52", "Tony Rondonuwu", "Tony Rondonuwu", "", "", False, True),
    ("53", "United States Treasury"),
    ("56", "Bob's Burger Joint"),
    ("57", "Squeaky Kleen Car Wash"),
)

VENDORS: Final[tuple[VendorRow, ...]] = tuple(VendorRow(*row) for row in _ROWS)

EMPLOYEES: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("54", "John", "Johnson", "2025-09-08"),
    ("55", "Emily", "Platt", "2025-11-17"),
)

BY_ID: Final[dict[str, VendorRow]] = {row.id: row for row in VENDORS}
EMPLOYEE_NAMES: Final[dict[str, str]] = {row[0]: f"{row[1]} {row[2]}" for row in EMPLOYEES}


def vendor_ref(vendor_id: str) -> dict[str, str]:
    return {"value": vendor_id, "name": BY_ID[vendor_id].display}


def employee_ref(employee_id: str) -> dict[str, str]:
    return {"value": employee_id, "name": EMPLOYEE_NAMES[employee_id]}


def _vendor(row: VendorRow) -> dict[str, Any]:
    body: dict[str, Any] = {"DisplayName": row.display, "Vendor1099": row.form_1099}
    given, _, family = row.person.partition(" ")
    if given:
        body |= {"GivenName": given, "FamilyName": family}
    if not row.person_only:
        body["CompanyName"] = row.display
    if row.address:
        body |= {
            "BillAddr": postal_address(row.address),
            "PrimaryPhone": {"FreeFormNumber": f"(5{row.id}) 555-02{row.id}"},
            "PrimaryEmailAddr": {"Address": f"vendor{row.id}@example.org"},
            "AcctNum": f"C-{int(row.id) * 37:05d}",
        }
    if row.term:
        body["TermRef"] = {"value": row.term}
    return body


def bodies() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """``(entity, id, body)`` of vendors and employees in the order of their shared id sequence."""
    rows: list[tuple[str, str, dict[str, Any]]] = [("Vendor", row.id, _vendor(row)) for row in VENDORS]
    rows += [
        ("Employee", number, {"GivenName": given, "FamilyName": family, "HiredDate": hired})
        for number, given, family, hired in EMPLOYEES
    ]
    yield from sorted(rows, key=lambda row: int(row[1]))
