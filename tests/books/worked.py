"""The cases of docs/postings/worked.toml as records, and their figures."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from akika_forensics.model.record import Record, RecordKey

FILE = Path(__file__).parents[2] / "docs" / "postings" / "worked.toml"
DAY = "2026-03-05"


class Case(NamedTuple):
    entity: str
    title: str
    records: list[Record]
    sides: dict[str, list[Decimal]]
    """By account name; debit positive, in no order."""


def cases() -> list[Case]:
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    lists = list(_lists(data["company"]))
    return [
        Case(
            one["type"],
            one["title"],
            [*lists, *_items(one.get("items", {})), *_documents(one["documents"])],
            _sides(one),
        )
        for one in data["case"]
    ]


def record(entity: str, key: str, body: dict[str, Any]) -> Record:
    return Record(RecordKey(entity, key), json.dumps({"Id": key, "SyncToken": "0", **body}).encode())


def _lists(company: dict[str, Any]) -> Iterator[Record]:
    for key, (name, kind, detail, *currency) in company["accounts"].items():
        body = {"Name": name, "FullyQualifiedName": name, "AccountType": kind, "AccountSubType": detail}
        if currency:
            body["CurrencyRef"] = {"value": currency[0]}
        yield record("Account", key, body)
    yield from _items(company["items"])
    yield record("TaxAgency", "2", {"DisplayName": "Board of Equalization"})
    yield record("TaxRate", "3", {"Name": "California", "RateValue": 8, "AgencyRef": {"value": "2"}})
    yield record(
        "TaxCode", "2", {"Name": "CA", "SalesTaxRateList": {"TaxRateDetail": [{"TaxRateRef": {"value": "3"}}]}}
    )
    yield record("Preferences", "1", {"CurrencyPrefs": {"HomeCurrency": {"value": company["home"]}}})
    yield record("CompanyInfo", "1", {"FiscalYearStartMonth": company["fiscal_year"]})


def _items(items: dict[str, Any]) -> Iterator[Record]:
    for key, body in items.items():
        yield record("Item", key, body)


def _documents(documents: list[str]) -> Iterator[Record]:
    for number, text in enumerate(documents, start=1):
        ((entity, body),) = json.loads(text).items()
        yield record(entity, body.get("Id", str(number)), {"TxnDate": DAY, **body})


def _sides(case: dict[str, Any]) -> dict[str, list[Decimal]]:
    found: dict[str, list[Decimal]] = {}
    for sign, side in ((1, case["debit"]), (-1, case["credit"])):
        for account, amounts in side.items():
            found.setdefault(account, []).extend(sign * Decimal(amount) for amount in amounts)
    return found
