"""Over HTTP: addresses and envelopes that follow no common rule."""

from __future__ import annotations

from typing import Any

import pytest

from akika_forensics.model import payload as payloads
from tests.twin.conftest import Body, Books, ref
from tests.twin.life import RECIPES


@pytest.fixture(autouse=True)
def _with_other_currencies(books: Books) -> None:
    body = books.get("Preferences", "1")
    body["CurrencyPrefs"]["MultiCurrencyEnabled"] = True
    books.twin.put_raw("Preferences", payloads.encode(body))


def code(answer: Any) -> str:
    assert answer.status_code == 400, answer.text
    return str(answer.json()["Fault"]["Error"][0]["code"])


def query(company: Any, statement: str) -> Any:
    return company.get("query", query=statement).json()["QueryResponse"]


def test_a_rate_is_asked_for_by_currency_and_day(company: Any) -> None:
    sent = {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-01-10", "Rate": 1.5}
    made = company.post("exchangerate", sent).json()["ExchangeRate"]
    assert list(made)[:4] == ["SourceCurrencyCode", "TargetCurrencyCode", "Rate", "AsOfDate"]
    read = company.get("exchangerate", sourcecurrencycode="eur", asofdate="2026-02-01").json()["ExchangeRate"]
    assert (read["Rate"], read["AsOfDate"]) == (1.5, "2026-02-01")
    assert company.get("exchangerate", sourcecurrencycode="EUR").json()["ExchangeRate"]["AsOfDate"] == "2026-03-02"
    assert code(company.get("exchangerate")) == "2020"
    assert code(company.get("exchangerate", sourcecurrencycode="EUR", asofdate="soon")) == "2060"
    assert code(company.get("exchangerate", sourcecurrencycode="GBP")) == "610"
    (listed,) = query(company, "select * from exchangerate where SourceCurrencyCode = 'EUR'")["ExchangeRate"]
    assert listed == made
    assert code(company.post("exchangerate", sent, operation="delete")) == "500"


def test_tax_classifications_by_level_and_parent(company: Any, books: Books) -> None:
    twin = books.twin
    twin.create("TaxClassification", {"Code": "EUC-1", "Name": "Clothing", "Level": "1"}, id="EUC-1")
    twin.create(
        "TaxClassification", {"Code": "EUC-2", "Name": "Shoes", "Level": "2", "ParentRef": ref("EUC-1")}, id="EUC-2"
    )

    def names(rest: str, **parameters: str) -> list[str]:
        group = company.get(rest, **parameters).json()["QueryResponse"]
        return [row["Name"] for row in group.get("TaxClassification", [])]

    assert names("taxclassification") == ["Clothing", "Shoes"]
    assert names("taxclassification", level="2") == ["Shoes"]
    assert names("taxclassification", level="3") == []
    assert names("taxclassification/EUC-1/children") == ["Shoes"]
    assert company.get("taxclassification/EUC-2").json()["TaxClassification"]["ParentRef"]["value"] == "EUC-1"
    assert code(company.get("taxclassification/EUC-9")) == "610"
    assert code(company.get("taxclassification/EUC-9/children")) == "610"
    assert code(company.post("taxclassification", {"Name": "Hats"})) == "500"


def test_entitlements_have_two_addresses_and_neither_within_the_company(company: Any) -> None:
    realm = company.server.realm_id
    found = [company.http.get(f"{way}/v3/{realm}").json() for way in ("/manage/entitlements", "/entitlements")]
    assert found[0] == found[1]
    assert found[0]["EntitlementsResponse"]["QboCompany"] == "true"
    assert company.http.get("/manage/entitlements/v3/99").status_code == 403
    assert code(company.get("entitlements")) == "500"
    assert code(company.get("entitlements/1")) == "500"
    assert (
        company.http.get(f"/manage/entitlements/v3/{realm}", headers={"Authorization": "Bearer x"}).status_code == 401
    )


def test_the_tax_service_is_bare_and_replayed(company: Any, books: Books) -> None:
    recipe = RECIPES["TaxService"].body
    assert recipe is not None
    body = recipe(books)
    first = company.post("taxservice/taxcode", body, requestid="r1")
    assert list(first.json()) == ["TaxCode", "TaxCodeId", "TaxRateDetails"]
    assert company.post("taxservice/taxcode", body, requestid="r1").content == first.content
    assert code(company.post("taxservice/taxcode", body)) == "6240"
    assert code(company.post("taxservice", body)) == "500"
    assert code(company.get("taxservice/taxcode")) == "500"


def test_one_batch_of_what_is_different(company: Any, books: Books) -> None:
    info = {"Name": "Rent", "RecurType": "UnScheduled"}
    template = {"Invoice": {**books.sale(books.ann, 5), "RecurringInfo": info}}
    items: list[Body] = [
        {"bId": "1", "operation": "create", "RecurringTransaction": template},
        {"bId": "2", "operation": "create", "ExchangeRate": {
            "SourceCurrencyCode": "EUR", "AsOfDate": "2026-01-10", "Rate": 1.5}},
        {"bId": "3", "operation": "create", "TaxService": {"TaxCode": "x"}},
        {"bId": "4", "operation": "create", "Budget": {"StartDate": "2026-01-01", "EndDate": "2026-12-31"}},
        {"bId": "5", "Query": "select * from RecurringTransaction"},
    ]  # fmt: skip
    answers = company.post("batch", {"BatchItemRequest": items}).json()["BatchItemResponse"]
    made = answers[0]["RecurringTransaction"]["Invoice"]
    assert answers[1]["ExchangeRate"]["Rate"] == 1.5
    assert answers[2]["Fault"]["Error"][0]["code"] == "500"
    assert answers[3]["Budget"]["BudgetType"] == "ProfitAndLoss"
    assert answers[4]["QueryResponse"]["RecurringTransaction"] == [{"Invoice": made}]
    again = {"Invoice": {"Id": made["Id"], "SyncToken": "0"}}
    items = [
        {"bId": "1", "operation": "update", "RecurringTransaction": again},
        {"bId": "2", "operation": "delete", "RecurringTransaction": again},
    ]
    answers = company.post("batch", {"BatchItemRequest": items}).json()["BatchItemResponse"]
    assert answers[0]["Fault"]["Error"][0]["code"] == "500"
    assert answers[1]["RecurringTransaction"] == {
        "domain": "QBO",
        "status": "Deleted",
        "Invoice": {"Id": made["Id"]},
    }
    applied = [line for seen in company.server.log for line in seen.applied]
    assert applied == [
        f"create RecurringTransaction:{made['Id']}",
        "create ExchangeRate:EUR-USD-2026-01-10",
        "create Budget:1",
        f"delete RecurringTransaction:{made['Id']}",
    ]


def test_templates_in_the_feed_and_in_projections(company: Any, books: Books) -> None:
    body = {"Bill": {"VendorRef": ref(books.lumber), "Line": [books.spend(4)]}}
    body["Bill"]["RecurringInfo"] = {"Name": "Wood", "RecurType": "UnScheduled"}
    made = company.post("recurringtransaction", body).json()
    inner = made["RecurringTransaction"]["Bill"]
    assert company.get(f"recurringtransaction/{inner['Id']}").json()["RecurringTransaction"] == {"Bill": inner}
    (shown,) = query(company, "select Id, SyncToken from RecurringTransaction")["RecurringTransaction"]
    assert shown == {"Bill": {"sparse": True, "Id": inner["Id"], "SyncToken": "0"}}
    feed = company.get("cdc", entities="RecurringTransaction", changedSince="2026-03-01T00:00:00Z").json()
    (group,) = feed["CDCResponse"][0]["QueryResponse"]
    assert group["RecurringTransaction"] == [{"Bill": inner}]
    assert query(company, "select * from RecurringTransaction where Type = 'Invoice'") == {}
    assert code(company.post("recurringtransaction", {"Bill": {**inner, "PrivateNote": "x"}})) == "500"
