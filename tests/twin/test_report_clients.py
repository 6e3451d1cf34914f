"""python-quickbooks, as published, reads the reports of balances, stock and sales."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from akika_forensics.twin import TwinServer, serve
from akika_forensics.twin.reports import (
    ageing_detail,
    ageing_summary,
    item_sales,
    party_balances,
    sales,
    stock_detail,
    stock_summary,
    tax_summary,
)
from tests.twin.conftest import Books, ref

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from intuitlib.client import AuthClient
    from quickbooks import QuickBooks

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

MODULES: tuple[Any, ...] = (
    ageing_detail,
    ageing_summary,
    party_balances,
    stock_detail,
    stock_summary,
    sales,
    item_sales,
    tax_summary,
)
NAMES = [report.name for module in MODULES for report in module.REPORTS]


@pytest.fixture
def server(books: Books) -> Iterator[TwinServer]:
    north, shop = books.made("Class", {"Name": "North"}), books.made("Department", {"Name": "Shop"})
    sold = books.sale(books.job, 36, item=books.pump, qty=4, DepartmentRef=ref(shop))
    sold["Line"][0]["SalesItemLineDetail"]["ClassRef"] = ref(north)
    books.made("Invoice", sold)
    books.made("Bill", {"VendorRef": ref(books.power), "Line": [books.spend(70)]})
    with serve(books.twin) as served:
        yield served


@pytest.fixture
def client(server: TwinServer, monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setattr(QuickBooks, "api_url_v3", f"{server.base_url}/v3")
    given = server.credentials
    discovery = f"{server.base_url}/.well-known/openid_configuration"
    auth = AuthClient(given.client_id, given.client_secret, "http://localhost/back", discovery)
    return QuickBooks(auth_client=auth, refresh_token=given.refresh_token, company_id=server.realm_id, minorversion=75)


@pytest.mark.parametrize("name", NAMES)
def test_a_report_is_read(client: QuickBooks, server: TwinServer, name: str) -> None:
    report: dict[str, Any] = client.get_report(name, {"date_macro": "This Fiscal Year"})
    assert report["Header"]["ReportName"] == name
    assert {"Name": "NoReportData", "Value": "false"} in report["Header"]["Option"]
    assert server.realm_id
    width = _width(report["Columns"]["Column"])
    assert {len(cells) for cells in _cells(report["Rows"]["Row"])} == {width}


def _width(columns: list[dict[str, Any]]) -> int:
    """How many cells a row has: a column with columns inside is as wide as they are."""
    return sum(_width(column["Columns"]["Column"]) if "Columns" in column else 1 for column in columns)


def _cells(rows: list[dict[str, Any]]) -> Iterator[list[Any]]:
    for row in rows:
        if "ColData" in row:
            yield row["ColData"]
        for part in ("Header", "Summary"):
            if part in row:
                yield row[part]["ColData"]
        yield from _cells(row.get("Rows", {}).get("Row", []))
