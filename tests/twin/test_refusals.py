"""Every error code with its exact answer, one by one, over HTTP; and that nothing of the request was applied."""

from __future__ import annotations

import re
from typing import Any

import pytest

from akika_forensics.model import payload as payloads
from akika_forensics.twin import refusals

from . import refused_business, refused_values  # noqa: F401 - they fill the table
from .refusal_scene import TABLE, Ask, Row
from .served_scene import Company

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[78]:00")


def answer(company: Company, ask: Ask) -> Any:
    if ask.body is None:
        return company.get(ask.rest, **ask.parameters)
    content = payloads.encode(ask.body)
    return company.send(ask.rest, content, "application/json", **ask.parameters)


@pytest.mark.parametrize("row", TABLE, ids=[row.name for row in TABLE])
def test_the_answer_is_exact_and_nothing_is_applied(row: Row, company: Company, books: Any) -> None:
    ask = row.make(books)
    before, balances = books.twin.dump(), books.balances()
    found = answer(company, ask)
    error = {"Message": row.message, "Detail": row.detail, "code": row.code}
    if row.element is not None:
        error["element"] = row.element
    body = found.json()
    time = body.pop("time", None)
    assert body == {"Fault": {"Error": [error], "type": row.fault_type}}
    assert list(body["Fault"]["Error"][0]) == list(error), "the order of the keys is the service's"
    assert found.status_code == row.status
    assert found.headers["content-type"] == "application/json"
    assert TIME.fullmatch(time) if row.timed else time is None
    assert books.twin.dump() == before
    assert books.balances() == balances
    assert books.twin.log[-1].applied == []


ALONE = {"large_batch", "unknown_operation", "no_such_record", "fractional_id", "unknown_field", "charged_payment"}
"""Requests of which a batch has no item."""
SINGLE = [row for row in TABLE if row.make.__name__ not in ALONE]


@pytest.mark.parametrize("row", SINGLE, ids=[row.name for row in SINGLE])
def test_a_batch_answers_the_same_for_the_item_alone(row: Row, company: Company, books: Any) -> None:
    ask = row.make(books)
    keys = {name.lower(): name for name in ("Invoice", "SalesReceipt", "JournalEntry", "Deposit", "Payment", "Bill",
            "BillPayment", "Purchase", "Customer", "Employee", "Account", "Item", "Class", "Term", "TimeActivity",
            "InventoryAdjustment", "Attachable")}  # fmt: skip
    operation = ask.parameters.get("operation") or ("update" if "Id" in ask.body else "create")
    items = [
        {"bId": "1", "operation": operation, keys[ask.rest]: ask.body},
        {"bId": "2", "Query": "select * from Vendor"},
    ]
    before = books.twin.dump()
    found = company.send("batch", payloads.encode({"BatchItemRequest": items}), "application/json")
    assert found.status_code == 200
    first, second = found.json()["BatchItemResponse"]
    (error,) = first["Fault"]["Error"]
    assert (error["code"], error["Detail"], first["bId"]) == (row.code, row.detail, "1")
    assert second["QueryResponse"]["Vendor"], "the rest of the batch goes on"
    assert books.twin.dump() == before


@pytest.mark.parametrize("code", sorted(refusals.ON_DEMAND, key=int))
def test_a_company_can_be_put_under_a_code_that_no_request_provokes(code: str, company: Company, books: Any) -> None:
    expected = refusals.ON_DEMAND[code]()
    put = company.http.post("/twin/standing", json={"code": code})
    assert (put.status_code, put.json()) == (200, {"code": code})
    before = books.twin.dump()
    found = company.post("customer", {"DisplayName": "Cy"})
    body = found.json()
    assert TIME.fullmatch(body.pop("time"))
    assert body == {"Fault": expected.body()}
    assert (body["Fault"]["Error"][0]["code"], found.status_code) == (code, expected.status)
    assert books.twin.dump() == before
    reading = company.get("companyinfo/1")
    assert (reading.status_code == 200) == (code in {"600", "630", "5020", "5030", "6190", "10200"})
    assert company.http.post("/twin/standing", json={"code": None}).status_code == 200
    assert company.post("customer", {"DisplayName": "Cy"}).status_code == 200


def test_a_company_is_put_under_known_codes_only(company: Company) -> None:
    refused = company.http.post("/twin/standing", json={"code": "7"})
    assert refused.status_code == 400
    assert "140" in refused.json()["error"]


def test_several_missing_fields_are_told_at_once(company: Company) -> None:
    found = company.post("transfer", {"PrivateNote": "x"})
    assert found.status_code == 400
    errors = found.json()["Fault"]["Error"]
    assert [row["element"] for row in errors] == ["FromAccountRef", "ToAccountRef", "Amount"]
    assert {row["code"] for row in errors} == {"2020"}


def test_the_table_holds_the_codes_of_the_reference(shared: Any) -> None:
    """Section 4 of the reference, code by code: here, put on demand, or proven in the module named."""
    elsewhere = {
        "3001", "3100", "3200",  # sign-in and limits
        "3202",  # OAuth 1
        "2110", "2130", "2180", "2190", "2220",  # of the range 2060 to 2240: no field of ours is so
        "2300", "6210",  # the other choice of a belief
        "2410",  # several currencies
        "4000",  # the query's own tests
        "6030", "6040", "6041", "6050",  # attachments
        "10000",  # disturbances
    }  # fmt: skip
    text = (shared / "reference" / "quickbooks-api.md").read_text("utf-8")
    section = text.split("## 4. Errors")[1].split("\n## 5.")[0]
    rows = [found.group(1) for found in re.finditer(r"^\| ([\d/ –]+?) \|", section, re.MULTILINE)]
    wanted: set[str] = set()
    for row in rows:
        if "–" in row:
            continue
        wanted |= set(re.findall(r"\d+", row))
    assert len(wanted) > 50
    assert wanted - {row.code for row in TABLE} - set(refusals.ON_DEMAND) - elsewhere == set()
