"""What a company knows when its life begins: references to its lists, and the lists' records that will move."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from akika_forensics.model import payload as payloads
from akika_forensics.model.money import money
from akika_forensics.twin import currencies
from akika_forensics.twin.life.bulk.figures import text
from akika_forensics.twin.life.parameter_tables import Parameters

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

type Body = dict[str, Any]


@dataclass(slots=True)
class Held:
    """A record of a list that moves along: what its body says, and what has become of that since."""

    entity: str
    id: str
    body: Body
    cents: int = 0
    with_jobs: int = 0
    at: str = ""
    at_us: int = 0
    made: str = ""
    made_us: int = 0
    stale: int = 0
    maker: str = ""
    saver: str = ""


@dataclass(slots=True)
class Party(Held):
    """A customer, a vendor or an employee. ``ref`` and ``bare`` are references to it, ``address`` what a form shows."""

    name: str = ""
    key: str = ""
    ref: str = ""
    bare: str = ""
    address: str = ""
    foreign: bool = False
    above: Party | None = None


@dataclass(slots=True)
class Stocked(Held):
    """An item: its reference, its accounts; of a counted one what is on hand in units and what each layer cost."""

    ref: str = ""
    income: str = ""
    expense: str = ""
    asset: str = ""
    counted: bool = False
    on_hand: int = 0
    layers: list[list[int]] = field(default_factory=list)


def reference(record_id: str, name: str) -> str:
    return f'{{"value":"{record_id}","name":{text(name)}}}'


class Known:
    """The lists of a company that was just founded, by the names that acts use."""

    def __init__(self, twin: Twin, parameters: Parameters, currency: str) -> None:
        def each(entity: str) -> list[Body]:
            return [payloads.decode(payload) for payload in twin.payloads(entity)]

        self.sequences = {
            str(name): int(value) for name, value in twin.store.select("SELECT name, value FROM sequence")
        }
        self.many = bool(currency)
        self.currency = currency
        self.home = reference("USD", currencies.NAMES["USD"])
        self.currency_ref = {"value": currency, "name": currencies.NAMES.get(currency, currency)}
        self.abroad = reference(currency, currencies.NAMES.get(currency, currency)) if currency else ""
        self.accounts = {str(body["Name"]): Held("Account", str(body["Id"]), body) for body in each("Account")}
        for held in self.accounts.values():
            held.cents = int(money(held.body.get("CurrentBalance")) * 100)
        self.account_refs = {name: reference(held.id, name) for name, held in self.accounts.items()}
        self.items = {str(body["Name"]): _stocked(body) for body in each("Item")}
        self.vendors = {str(body["DisplayName"]): party("Vendor", body, currency) for body in each("Vendor")}
        self.employees = {str(body["DisplayName"]): party("Employee", body, "") for body in each("Employee")}
        self.customers: dict[str, Party] = {}
        self.terms = {str(body["Name"]): (str(body["Id"]), int(body["DueDays"])) for body in each("Term")}
        self.methods = {str(body["Name"]): str(body["Id"]) for body in each("PaymentMethod")}
        self.classes = {str(body["Name"]): str(body["Id"]) for body in each("Class")}
        self.departments = {str(body["Name"]): str(body["Id"]) for body in each("Department")}
        self.codes = {str(body["Name"]): str(body["Id"]) for body in each("TaxCode")}
        rates = {str(body["Name"]): str(body["Id"]) for body in each("TaxRate")}
        percents = {row.name: int(row.percent * 1000) for row in parameters.tax.rate}
        self.tax_rates = {
            row.name: [(rates[name], percents[name]) for name in row.rates] for row in parameters.tax.code
        }
        account = parameters.account_of
        self.receivable = self.accounts[account("receivable")].id
        self.payable = self.accounts[account("payable")].id
        self.payable_ref = self.account_refs[account("payable")]
        self.undeposited = self.accounts[account("undeposited")].id
        self.undeposited_ref = self.account_refs[account("undeposited")]
        self.sales_tax = self.accounts[f"{parameters.tax.agency} Payable"].id
        self.receivable_abroad = self.payable_abroad = self.exchange = self.payable_abroad_ref = ""
        if currency:
            self.receivable_abroad = self.accounts[f"{account('receivable')} - {currency}"].id
            self.payable_abroad = self.accounts[f"{account('payable')} - {currency}"].id
            self.payable_abroad_ref = self.account_refs[f"{account('payable')} - {currency}"]
            self.exchange = self.accounts["Exchange Gain or Loss"].id
        self.foreign_accounts = {
            held.id for held in self.accounts.values() if currency and held.body["CurrencyRef"]["value"] == currency
        }


def party(entity: str, body: Body, currency: str) -> Party:
    record_id, name = str(body["Id"]), str(body["DisplayName"])
    foreign = bool(currency) and (body.get("CurrencyRef") or {}).get("value") == currency
    address = body.get("BillAddr")
    return Party(
        entity,
        record_id,
        body,
        name=name,
        key=f"{entity}:{record_id}",
        ref=reference(record_id, name),
        bare=f'{{"value":"{record_id}"}}',
        address=f'"BillAddr":{payloads.encode(address).decode()},' if address and entity == "Customer" else "",
        foreign=foreign,
    )


def _stocked(body: Body) -> Stocked:
    def account(field_: str) -> str:
        return str((body.get(field_) or {}).get("value", ""))

    counted = body.get("Type") == "Inventory"
    units = int(money(body.get("QtyOnHand"))) if counted else 0
    cost = int(money(body.get("PurchaseCost")) * 100)
    return Stocked(
        "Item",
        str(body["Id"]),
        body,
        ref=reference(str(body["Id"]), str(body["Name"])),
        income=account("IncomeAccountRef"),
        expense=account("ExpenseAccountRef"),
        asset=account("AssetAccountRef"),
        counted=counted,
        on_hand=units,
        layers=[[units, cost]] if units else [],
    )
