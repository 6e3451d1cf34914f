"""Customers and their jobs. Ids, names and structure are the stock company's; addresses and contacts are our own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple


class CustomerRow(NamedTuple):
    id: str
    display: str
    given: str
    family: str
    company: str
    parent: str
    taxable: bool
    tax_code: str
    address: str
    phone: str
    email: str


def _row(
    number: int,
    display: str,
    person: str,
    address: str = "",
    *,
    company: bool = True,
    parent: str = "",
    taxable: bool = False,
    tax_code: str = "",
    mail: str = "",
) -> CustomerRow:
    given, _, family = person.partition(" ")
    return CustomerRow(
        id=str(number),
        display=display,
        given=given,
        family=family,
        company=display if company else "",
        parent=parent,
        taxable=taxable,
        tax_code=tax_code,
        address=address,
        phone=f"({550 + number}) 555-01{number:02d}" if address else "",
        email=f"{mail}@example.com" if mail else "",
    )


CUSTOMERS: Final[tuple[CustomerRow, ...]] = (
    _row(
        1,
        "Amy's Bird Sanctuary",
        "Amy Lauterbach",
        "12 Wren Lane|Sandpiper Bay|CA|94090",
        taxable=True,
        tax_code="2",
        mail="office.birds",
    ),
    _row(2, "Bill's Windsurf Shop", "Bill Lucchini", "3 Breakwater Road|Gull Harbor|CA|94091", mail="shop.windsurf"),
    _row(3, "Cool Cars", "Grace Pariente", "71 Chrome Street|Gull Harbor|CA|94091", tax_code="2", mail="cool.cars"),
    _row(4, "Diego Rodriguez", "Diego Rodriguez", "208 Alder Court|Oak Flats|CA|94092", company=False, mail="diego.r"),
    _row(
        5,
        "Dukes Basketball Camp",
        "Peter Dukes",
        "9 Rebound Way|Tucson|AZ|85700",
        taxable=True,
        tax_code="3",
        mail="camp.dukes",
    ),
    _row(6, "Dylan Sollfrank", "Dylan Sollfrank", company=False),
    _row(7, "Freeman Sporting Goods", "Kirby Freeman", "440 Fielding Avenue|Millbrook|CA|94093", mail="orders.freeman"),
    _row(
        8,
        "0969 Ocean View Road",
        "Sasha Tillou",
        "969 Ocean View Road|Millbrook|CA|94093",
        company=False,
        parent="7",
        tax_code="2",
        mail="site8.freeman",
    ),
    _row(
        9,
        "55 Twin Lane",
        "Amelia",
        "55 Twin Lane|Millbrook|CA|94093",
        company=False,
        parent="7",
        tax_code="2",
        mail="site9.freeman",
    ),
    _row(
        10,
        "Geeta Kalapatapu",
        "Geeta Kalapatapu",
        "17 Lantern Close|Millbrook|CA|94093",
        company=False,
        tax_code="2",
        mail="geeta.k",
    ),
    _row(11, "Gevelber Photography", "Lisa Gevelber", "80 Shutter Row|Gull Harbor|CA|94091", mail="studio.gevelber"),
    _row(12, "Jeff's Jalopies", "Jeff Chin", "12 Axle Street|Cedar Park|CA|94094", tax_code="2", mail="jalopies"),
    _row(13, "John Melton", "John Melton", "85 Pinecrest|Cedar Park|CA|94094", company=False, mail="john.m"),
    _row(14, "Kate Whelan", "Kate Whelan", "45 Ashford Drive|Cedar Park|CA|94094", company=False, mail="kate.w"),
    _row(15, "Pye's Cakes", "Karen Pye", "3 Batter Hill|South Vale|NJ|07090", mail="cakes"),
    _row(16, "Kookies by Kathy", "Kathy Kuplis", "65 Ginger Street|Millbrook|CA|94093", mail="kookies"),
    _row(17, "Mark Cho", "Mark Cho", "36 Hillside|Cedar Park|CA|94094", company=False, tax_code="2", mail="mark.c"),
    _row(
        18, "Paulsen Medical Supplies", "Kathy Paulsen", "900 Splint Avenue|Millbrook|CA|94093", mail="orders.paulsen"
    ),
    _row(19, "Rago Travel Agency", "Jeff Rago", "753 Meridian|Sandpiper Bay|CA|94090", mail="desk.rago"),
    _row(20, "Red Rock Diner", "Stephanie Martini", "5 Griddle Road|Sandpiper Bay|CA|94090", mail="kitchen.redrock"),
    _row(
        21,
        "Rondonuwu Fruit and Vegi",
        "Rondonuwu Vegi",
        "847 Orchard Road|San Jose|CA|95190",
        company=False,
        tax_code="2",
        mail="fruit.vegi",
    ),
    _row(22, "Shara Barnett", "Shara Barnett", "19 Maple Walk|Oak Flats|CA|94092", company=False, mail="shara.b"),
    _row(
        23,
        "Barnett Design",
        "Shara Barnett",
        "19 Maple Walk, Studio|Millbrook|CA|94093",
        parent="22",
        mail="design.barnett",
    ),
    _row(
        24,
        "Sonnenschein Family Store",
        "Russ Sonnenschein",
        "5600 Cypress Bend|Millbrook|CA|94093",
        tax_code="2",
        mail="store.sonnenschein",
    ),
    _row(25, "Sushi by Katsuyuki", "Katsuyuki Yanagawa", "898 Bamboo Way|Mapleton|NJ|07091", mail="sushi.k"),
    _row(
        26,
        "Travis Waldron",
        "Travis Waldron",
        "78 First Street|Cedar Park|CA|94094",
        company=False,
        tax_code="2",
        mail="travis.w",
    ),
    _row(27, "Video Games by Dan", "Dan Wilks", "21 Joystick Drive|Tucson|AZ|85701", mail="games.dan"),
    _row(
        28,
        "Wedding Planning by Whitney",
        "Whitney Brewer",
        "135 Confetti Road|Cedar Park|CA|94094",
        mail="plan.whitney",
    ),
    _row(29, "Weiskopf Consulting", "Nicola Weiskopf", "45612 Ledger Street|Sandpiper Bay|CA|94090", mail="nicola.w"),
)

BY_ID: Final[dict[str, CustomerRow]] = {row.id: row for row in CUSTOMERS}


def postal_address(text: str) -> dict[str, str]:
    """``street|city|state|code`` as a QuickBooks address."""
    street, city, state, code = text.split("|")
    return {"Line1": street, "City": city, "CountrySubDivisionCode": state, "PostalCode": code}


def customer_ref(customer_id: str) -> dict[str, str]:
    return {"value": customer_id, "name": BY_ID[customer_id].display}


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """``(id, body)`` of every customer; a parent comes before its jobs."""
    for row in CUSTOMERS:
        body: dict[str, Any] = {
            "DisplayName": row.display,
            "GivenName": row.given,
            "Taxable": row.taxable,
            "PreferredDeliveryMethod": "Print",
        }
        if row.family:
            body["FamilyName"] = row.family
        if row.company:
            body["CompanyName"] = row.company
        if row.parent:
            body |= {"Job": True, "ParentRef": {"value": row.parent}}
        if row.tax_code:
            body["DefaultTaxCodeRef"] = {"value": row.tax_code}
        if row.address:
            body |= {"BillAddr": postal_address(row.address), "PrimaryPhone": {"FreeFormNumber": row.phone}}
        if row.email:
            body["PrimaryEmailAddr"] = {"Address": row.email}
        yield row.id, body
