"""Opening balances: what recorded balances say beyond the documents that were loaded.

Balances are debit positive here. A customer's recorded balance is a debit, a vendor's a credit; accounts of assets
and liabilities show their balance debit positive on the wire. Source: recorded answers (A/P -1602.67).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.instants import parse_date
from akika_forensics.model.money import ZERO, cents, money_text
from akika_forensics.model.placeholder import PLACEHOLDER
from akika_forensics.model.record import RecordKey, label_of
from akika_forensics.twin import wire
from akika_forensics.twin.loading.body_values import amount_of, inner
from akika_forensics.twin.loading.load_report import LoadReport, Opening

type Body = dict[str, Any]

_RESULT: Final = frozenset({"Income", "Other Income", "Expense", "Other Expense", "Cost of Goods Sold"})
_BALANCED: Final = frozenset({"Account", "Customer", "Vendor"})
_CONTROL: Final = {"Accounts Receivable": ("Customer", 1), "Accounts Payable": ("Vendor", -1)}


@dataclass(frozen=True, slots=True)
class Posted:
    """What the loaded documents post: by account, and by party on the receivable and payable accounts."""

    accounts: Mapping[str, Decimal]
    parties: Mapping[RecordKey, Decimal]


@dataclass(frozen=True, slots=True)
class OpeningLine:
    account: str
    amount: Decimal
    party: RecordKey | None
    text: str


def differences(
    recorded: Mapping[RecordKey, Body], posted: Posted, control: Mapping[str, str] | None = None
) -> list[OpeningLine]:
    """One line for each recorded balance that the documents do not explain.

    Profit and loss accounts, Retained Earnings and Opening Balance Equity carry no balance of their own on the wire
    and are left out. ``control`` names the receivable account by ``"Customer"`` and the payable one by ``"Vendor"``;
    a control account's line without a party is what its customers (or vendors) do not explain.
    """
    lines: list[OpeningLine] = []
    for kind, (entity, sign) in _CONTROL.items():
        lines += _control(recorded, posted, kind, entity, sign, (control or {}).get(entity, ""))
    for key, body in recorded.items():
        if key.entity != "Account" or body.get("AccountType") in _CONTROL or not _has_balance(body):
            continue
        amount = balance_of(body, "CurrentBalance") - posted.accounts.get(key.id, ZERO)
        if amount:
            lines.append(OpeningLine(key.id, amount, None, _text(key, body, body["CurrentBalance"])))
    return lines


def at_home(recorded: Mapping[RecordKey, Body], preferences: Body | None) -> dict[RecordKey, Body]:
    """Without the accounts, customers and vendors of another currency: no rate says what their balances are at home."""
    prefs = inner(preferences or {}, "CurrencyPrefs")
    if not prefs.get("MultiCurrencyEnabled"):
        return dict(recorded)
    home = inner(prefs, "HomeCurrency").get("value")
    return {
        key: body
        for key, body in recorded.items()
        if key.entity not in _BALANCED or inner(body, "CurrencyRef").get("value") in {None, home}
    }


def has_balances(recorded: Mapping[RecordKey, Body], entity: str) -> bool:
    """Whether any record of that entity was recorded with a balance."""
    field = "CurrentBalance" if entity == "Account" else "Balance"
    return any(key.entity == entity and amount_of(body.get(field)) for key, body in recorded.items())


def balance_of(body: Body, field: str) -> Decimal:
    return cents(amount_of(body.get(field)))


def _has_balance(body: Body) -> bool:
    plain = body.get("AccountSubType") not in {"RetainedEarnings", "OpeningBalanceEquity"}
    return "CurrentBalance" in body and plain and body.get("AccountType") not in _RESULT


def _control(
    recorded: Mapping[RecordKey, Body], posted: Posted, kind: str, entity: str, sign: int, main: str
) -> list[OpeningLine]:
    lines: list[OpeningLine] = []
    for key, body in recorded.items():
        if key.entity == entity and "Balance" in body:
            amount = sign * balance_of(body, "Balance") - posted.parties.get(key, ZERO)
            if amount:
                lines.append(OpeningLine(main, amount, key, _text(key, body, body["Balance"])))
    by_party = sum((line.amount for line in lines), ZERO)
    for key, body in recorded.items():
        if key.entity != "Account" or body.get("AccountType") != kind or "CurrentBalance" not in body:
            continue
        named = by_party if key.id == main else ZERO
        rest = balance_of(body, "CurrentBalance") - posted.accounts.get(key.id, ZERO) - named
        if rest:
            text = f"{_text(key, body, body['CurrentBalance'])}, more or less than the recorded {entity.lower()}s owe"
            lines.append(OpeningLine(key.id, rest, None, text))
    return lines


def _text(key: RecordKey, body: Body, balance: Any) -> str:
    return f"{key} ({label_of(key.entity, body)}) was recorded with a balance of {money_text(amount_of(balance))}"


def day_before(texts: Iterable[str]) -> date:
    """The day before the earliest of those that are dates."""
    days = []
    for text in texts:
        try:
            days.append(parse_date(text))
        except ValueError:
            continue
    return min(days, default=date(2026, 7, 1)) - timedelta(days=1)


def entry(
    record_id: str, on: date, lines: list[OpeningLine], counter: str, names: Mapping[RecordKey, str], report: LoadReport
) -> Body:
    """The labelled journal entry that opens those balances against ``counter``; each line is noted in the report."""
    key = RecordKey("JournalEntry", record_id)
    rows: list[Body] = []
    total = ZERO
    for line in lines:
        rows.append(_row(len(rows), line.account, line.amount, line.party, names))
        total += line.amount
        keys = tuple(k for k in (key, line.party or RecordKey("Account", line.account)) if k)
        text = f"{line.text}; {money_text(line.amount)} is opened, because no loaded document posts it."
        report.openings.append(Opening(keys, text, line.account, line.amount, line.party))
    if total:
        rows.append(_row(len(rows), counter, -total, None, names))
    stamp = wire.metadata_time(datetime(on.year, on.month, on.day, 8, tzinfo=wire.PACIFIC))
    return {
        "Adjustment": False,
        "domain": "QBO",
        "sparse": False,
        "Id": record_id,
        "SyncToken": "0",
        "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
        "TxnDate": on.isoformat(),
        "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
        "PrivateNote": f"{PLACEHOLDER} opening balances of what was not recorded",
        "Line": rows,
        "TxnTaxDetail": {},
        "TotalAmt": sum((line["Amount"] for line in rows if _debit(line)), ZERO),
    }


def _debit(line: Body) -> bool:
    return bool(line["JournalEntryLineDetail"]["PostingType"] == "Debit")


def _row(position: int, account: str, amount: Decimal, party: RecordKey | None, names: Mapping[RecordKey, str]) -> Body:
    detail: Body = {
        "PostingType": "Debit" if amount > 0 else "Credit",
        "AccountRef": {"value": account, "name": names.get(RecordKey("Account", account), "")},
    }
    if party is not None:
        detail["Entity"] = {"Type": party.entity, "EntityRef": {"value": party.id, "name": names.get(party, "")}}
    return {
        "Id": str(position),
        "Description": f"{PLACEHOLDER} opening balance",
        "Amount": abs(amount),
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": detail,
    }
