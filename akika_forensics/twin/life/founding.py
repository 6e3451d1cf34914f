"""What a company has before its life begins: settings, taxes, small lists, accounts, staff, vendors, items."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from akika_forensics.model import payload as payloads
from akika_forensics.twin import settings, wire
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.twin.clock import VirtualClock
from akika_forensics.twin.engine import Twin
from akika_forensics.twin.ledger.accounts import SYSTEM
from akika_forensics.twin.life.agenda import moment
from akika_forensics.twin.life.goods import WRITTEN_OFF, opening_stock
from akika_forensics.twin.life.parameter_tables import Parameters
from akika_forensics.twin.life.wish import Wish
from akika_forensics.twin.people import actors
from akika_forensics.twin.people.actors import Actor
from akika_forensics.twin.people.trail import User

type Body = dict[str, Any]


def nothing_yet(parameters: Parameters, path: Path | None = None, beliefs: Beliefs | None = None) -> Twin:
    """An empty company as the first day begins; its clock stands, and nothing of it knows the machine's time."""
    clock = VirtualClock()
    clock.set(moment(parameters.company.starts, 0))
    clock.freeze()
    return Twin(path, clock=clock, beliefs=beliefs)


def found(twin: Twin, parameters: Parameters, wish: Wish) -> None:
    """Key everything that is there on the first morning. The twin is empty but for its settings."""
    start = moment(parameters.company.starts, 4 * 3600)
    stamp = wire.metadata_time(start)
    founding = settings.Founding(multicurrency=bool(wish.currency))
    twin.put_raw("CompanyInfo", payloads.encode(_company_info(parameters, stamp, founding)))
    twin.put_raw("Preferences", payloads.encode(_preferences(stamp, founding)))
    _settle_people(twin, parameters)
    with twin.acting(people(parameters)[parameters.user_for("lists").key]):
        _keep_books(twin, parameters, wish, start)


def people(parameters: Parameters) -> dict[str, Actor]:
    """Who acts, by the keys of the parameters. An app acts for the owner, who connected it."""
    found: dict[str, Actor] = {}
    number = int(actors.OWNER)
    for row in parameters.user:
        if row.role == "app":
            found[row.key] = Actor(actors.OWNER, row.name, "app")
        elif row.role == "owner":
            found[row.key] = Actor(actors.OWNER, row.name)
        else:
            number += 1
            found[row.key] = Actor(str(number), row.name)
    return found


def _settle_people(twin: Twin, parameters: Parameters) -> None:
    who = people(parameters)
    with twin.transaction():
        for row in parameters.user:
            if row.role == "app":
                continue
            role = {"owner": "admin", "outside accountant": "accountant"}.get(row.role, "standard")
            twin.store.trail.put_user(User(who[row.key].user, row.name, row.email, role))
            if role == "admin":
                twin.name_user(row.name)


def _keep_books(twin: Twin, parameters: Parameters, wish: Wish, start: datetime) -> None:
    ids: dict[tuple[str, str], str] = {}
    for position, (entity, body) in enumerate(_lists(parameters, wish, ids)):
        at = start + timedelta(seconds=15 * position)
        if entity == "TaxService":
            twin.create(entity, body, at=at)
            continue
        made = twin.create(entity, body, at=at)
        name = str(made.get("DisplayName") or made.get("FullyQualifiedName") or made.get("Name") or made.get("Code"))
        ids[entity, name] = str(made["Id"])


def count(parameters: Parameters, wish: Wish) -> int:
    """How many records there are on the first morning."""
    ids: dict[tuple[str, str], str] = _Anything()
    rows = 2
    for entity, body in _lists(parameters, wish, ids):
        if entity == "TaxService":
            rows += 1 + sum("TaxRateId" not in rate for rate in body["TaxRateDetails"])
        else:
            rows += 1
    return rows


class _Anything(dict[tuple[str, str], str]):
    def __missing__(self, key: tuple[str, str]) -> str:
        return "1"


def _company_info(parameters: Parameters, stamp: str, founding: settings.Founding) -> Body:
    row = parameters.company
    body = settings.company_info(row.name, stamp, founding)
    address = {
        "Id": "1",
        "Line1": row.street,
        "City": row.city,
        "CountrySubDivisionCode": row.state,
        "PostalCode": row.postal_code,
    }
    body |= {field: dict(address) for field in ("CompanyAddr", "CustomerCommunicationAddr", "LegalAddr")}
    body["CompanyStartDate"] = row.starts.isoformat()
    body["PrimaryPhone"] = {"FreeFormNumber": row.phone}
    body["Email"] = {"Address": row.email}
    body["NameValue"] = [*body["NameValue"], {"Name": "IndustryType", "Value": row.industry}]
    return body


def _preferences(stamp: str, founding: settings.Founding) -> Body:
    body = settings.preferences(stamp, founding)
    body["AccountingInfoPrefs"] |= {
        "ClassTrackingPerTxnLine": True,
        "TrackDepartments": True,
        "DepartmentTerminology": "Location",
    }
    return body


def _lists(parameters: Parameters, wish: Wish, ids: dict[tuple[str, str], str]) -> Iterator[tuple[str, Body]]:
    """Entity and body in the order in which they are keyed; ``ids`` has what was keyed so far."""
    yield from _accounts(parameters, wish)
    for term in parameters.term:
        yield "Term", {"Name": term.name, "DueDays": term.days}
    for method in parameters.method:
        yield "PaymentMethod", {"Name": method.name, "Type": method.type}
    yield "TaxAgency", {"DisplayName": parameters.tax.agency}
    yield from _taxes(parameters, ids)
    for row in parameters.class_:
        yield "Class", {"Name": row.name}
    for row in parameters.department:
        yield "Department", {"Name": row.name}
    for person in parameters.employee:
        yield "Employee", {"GivenName": person.given, "FamilyName": person.family, "BillableTime": True}
    yield from _vendors(parameters, wish)
    yield from _items(parameters, wish, ids)


def _accounts(parameters: Parameters, wish: Wish) -> Iterator[tuple[str, Body]]:
    if wish.currency:
        yield "CompanyCurrency", {"Code": wish.currency}
        name, kind_, subtype = SYSTEM["exchange"]
        yield "Account", {"Name": name, "AccountType": kind_, "AccountSubType": subtype}
    for row in parameters.account:
        yield "Account", {"Name": row.name, "AccountType": row.type, "AccountSubType": row.subtype}
    if wish.currency:
        for role in ("receivable", "payable"):
            name = parameters.account_of(role)
            kind = next(row for row in parameters.account if row.name == name)
            yield (
                "Account",
                {
                    "Name": f"{name} - {wish.currency}",
                    "AccountType": kind.type,
                    "AccountSubType": kind.subtype,
                    "CurrencyRef": {"value": wish.currency},
                },
            )
        yield (
            "Account",
            {
                "Name": parameters.currency.bank,
                "AccountType": "Bank",
                "AccountSubType": "Checking",
                "CurrencyRef": {"value": wish.currency},
            },
        )


def _taxes(parameters: Parameters, ids: dict[tuple[str, str], str]) -> Iterator[tuple[str, Body]]:
    percent = {row.name: row.percent for row in parameters.tax.rate}
    order = {row.name: str(number) for number, row in enumerate(parameters.tax.rate, 1)}
    known: set[str] = set()
    for code in parameters.tax.code:
        rates: list[Body] = []
        for name in code.rates:
            if name in known:
                rates.append({"TaxRateId": order[name], "TaxApplicableOn": "Sales"})
                continue
            known.add(name)
            rates.append(
                {
                    "TaxRateName": name,
                    "RateValue": percent[name],
                    "TaxAgencyId": ids["TaxAgency", parameters.tax.agency],
                    "TaxApplicableOn": "Sales",
                }
            )
        yield "TaxService", {"TaxCode": code.name, "TaxRateDetails": rates}


def vendors(parameters: Parameters, wish: Wish) -> list[tuple[str, str]]:
    """Name and currency of every vendor, each once."""
    home = [row.vendor for row in parameters.recurring] + [row.vendor for row in parameters.spending]
    home += [row.vendor for row in parameters.item if row.vendor]
    home += [parameters.tax.agency, parameters.payroll.agency]
    rows = [(name, "") for name in dict.fromkeys(home)]
    return rows + ([(row.vendor, wish.currency) for row in parameters.abroad] if wish.currency else [])


def _vendors(parameters: Parameters, wish: Wish) -> Iterator[tuple[str, Body]]:
    for number, (name, currency) in enumerate(vendors(parameters, wish), 1):
        body: Body = {
            "DisplayName": name,
            "CompanyName": name,
            "PrimaryPhone": {"FreeFormNumber": f"(555) 0102-{number:04d}"},
            "PrimaryEmailAddr": {"Address": f"vendor{number}@example.net"},
            "AcctNum": f"V-{1000 + number}",
        }
        if currency:
            body["CurrencyRef"] = {"value": currency}
        yield "Vendor", body


def _items(parameters: Parameters, wish: Wish, ids: dict[tuple[str, str], str]) -> Iterator[tuple[str, Body]]:
    def account(name: str) -> Body:
        return {"value": ids["Account", name]}

    volume = wish.records / wish.months(parameters) / 222
    for row in parameters.item:
        body: Body = {
            "Name": row.name,
            "Type": row.type,
            "Description": row.text,
            "UnitPrice": row.price,
            "Taxable": row.type != "Service",
            "IncomeAccountRef": account(row.income),
        }
        if row.expense:
            body |= {"ExpenseAccountRef": account(row.expense), "PurchaseCost": row.cost}
        if row.type == "Inventory":
            body |= {
                "ExpenseAccountRef": account(parameters.account_of("cost of goods")),
                "AssetAccountRef": account(parameters.account_of("inventory")),
                "TrackQtyOnHand": True,
                "QtyOnHand": Decimal(opening_stock(row, volume)),
                "InvStartDate": parameters.company.starts.isoformat(),
                "PurchaseCost": row.cost,
                "PurchaseDesc": row.text,
            }
        yield "Item", body
    yield (
        "Item",
        {
            "Name": WRITTEN_OFF,
            "Type": "Service",
            "Description": "A debt that will not be paid",
            "IncomeAccountRef": account(parameters.account_of("bad debts")),
        },
    )
