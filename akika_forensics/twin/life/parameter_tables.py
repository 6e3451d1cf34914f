"""The tables of a file of parameters: what each may say, and of which type. What a table does not know, it refuses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from akika_forensics.errors import WrongUse

type Range = tuple[int, int]


class Company(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    street: str
    city: str
    state: str
    postal_code: str
    phone: str
    email: str
    industry: str
    starts: date
    years: int
    customer_message: str


class Season(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    months: list[Decimal]
    weekdays: list[Decimal]
    growth: Decimal
    start: list[Decimal]


class User(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``acts`` are the kinds of acts that a user does; ``hours`` weighs the hours from ``first_hour`` on."""

    key: str
    name: str
    email: str
    role: str
    acts: list[str]
    first_hour: int
    hours: list[Decimal]
    weekdays: list[Decimal]


class Sales(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    share: Decimal
    receipts: Decimal
    web: Decimal
    estimates: Decimal
    lines: list[int]
    credits: Decimal
    refunds: Decimal
    foreign: Decimal
    jobs: Decimal
    businesses: Decimal
    customers_a_record: Decimal
    from_the_start: Decimal
    leave: Decimal
    taxed: Decimal


class Payer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    share: Decimal
    days: Range
    parts: Decimal


class Debts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    bad: Decimal
    written_off_after: int


class TermRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    days: int
    share: Decimal


class Method(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    type: str
    share: Decimal
    held: bool
    fee: Decimal = Decimal(0)


class TaxRateRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    percent: Decimal


class TaxCodeRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    rates: list[str]
    share: Decimal


class Tax(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    agency: str
    pays_after_days: int
    default: str
    rate: list[TaxRateRow]
    code: list[TaxCodeRow]


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str


class ItemRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    type: str
    income: str
    price: Decimal
    quantity: Range
    weight: int
    class_: str = msgspec.field(name="class")
    text: str
    expense: str = ""
    cost: Decimal = Decimal(0)
    stock: int = 0
    vendor: str = ""


class Stock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reorder_days: int
    order_days: int
    arrives: Range
    cost_moves: Decimal
    price_rises: Decimal


class Recurring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    vendor: str
    account: str
    amount: Decimal
    spread: Decimal
    every: int
    day: int
    terms: int
    by: str
    number: str
    text: str
    accrued: bool = False
    spread_over: str = ""


class Spending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    vendor: str
    account: str
    amount: Range
    weight: int
    texts: list[str]
    by: str = "bill"
    terms: int = 30


class Currency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rate: Decimal
    moves: Decimal
    bank: str


class Purchases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    credits: Decimal
    billed_by_job: Decimal
    early: Range


class EmployeeRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    given: str
    family: str
    wage: Decimal


class Payroll(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    agency: str
    every_days: int
    taxes: Decimal
    employer: Decimal
    hours: Range
    time_sheets: Decimal


class PeriodEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    depreciation: Decimal
    loan_payment: Decimal
    loan_interest: Decimal
    bank_fee: Decimal
    interest_earned: Decimal
    owner_draw: Range
    floor: Decimal
    ceiling: Decimal
    card_paid_on: int
    reconciled_on: Range


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    bank: Decimal
    savings: Decimal
    equipment: Decimal
    vehicles: Decimal
    loan: Decimal


class Mistakes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    mistyped_bill: Decimal
    mistyped_found: Range
    wrong_account: Decimal
    wrong_account_found: Range
    double_bill: Decimal
    double_found: Range
    wrong_customer: Decimal
    wrong_customer_found: Range
    void_check: Decimal
    void_found: Range


class Bank(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    check: Range
    never_presented: Decimal
    card: Range
    deposit: Range
    transfer: Range
    electronic: Range


class AccountRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    type: str
    subtype: str
    role: str = ""


class Parameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file, table by table; the lists are in the order of the file."""

    company: Company
    season: Season
    user: list[User]
    sales: Sales
    payer: list[Payer]
    debts: Debts
    term: list[TermRow]
    method: list[Method]
    tax: Tax
    class_: list[Named] = msgspec.field(name="class")
    department: list[Named]
    item: list[ItemRow]
    stock: Stock
    recurring: list[Recurring]
    spending: list[Spending]
    abroad: list[Spending]
    currency: Currency
    purchases: Purchases
    employee: list[EmployeeRow]
    payroll: Payroll
    period_end: PeriodEnd
    opening: Opening
    mistakes: Mistakes
    bank: Bank
    account: list[AccountRow]

    def account_of(self, role: str) -> str:
        """The name of the account that is used for a purpose. Raises WrongUse when the file names none."""
        for row in self.account:
            if row.role == role:
                return row.name
        raise WrongUse(f"No account has the role {role!r}.", do="Give one account of the parameters that role.")

    def user_for(self, acts: str) -> User:
        """Who does a kind of acts; the first user who does. Raises WrongUse when nobody does."""
        for row in self.user:
            if acts in row.acts:
                return row
        raise WrongUse(f"No user does {acts!r}.", do="Name it under acts of one user of the parameters.")


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of which names are made."""

    given: list[str]
    family: list[str]
    place: list[str]
    feature: list[str]
    trade: list[str]
    street: list[str]
    town: list[str]
    job: list[str]
