"""Every operation that the catalogue lists works over HTTP, for all 43 entities; what it does not list is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE, Delete, EntityType
from akika_forensics.twin import schema, serve
from akika_forensics.twin.rules.required import SPARSE_TOO
from tests.twin.conftest import Body, Books
from tests.twin.life import RECIPES

_ONCE = frozenset({"CompanyInfo", "Preferences", "Entitlements"})
"""Entities of which there is one record, that no list and no Id need to be known for."""


class Desk:
    """A client of a served company. ``kind`` wraps what is sent and unwraps what is answered."""

    def __init__(self, books: Books, row: EntityType, http: httpx.Client) -> None:
        self.books, self.row, self.http = books, row, http

    def address(self, record_id: str) -> str:
        base = f"/v3/company/{self.books.twin.realm_id}/{self.row.path}"
        match self.row.name:
            case "Entitlements":
                return f"/manage/entitlements/v3/{self.books.twin.realm_id}"
            case "Preferences":
                return base
            case "CompanyInfo":
                return f"{base}/{self.books.twin.realm_id}"
            case "ExchangeRate":
                return f"{base}?sourcecurrencycode=EUR&asofdate=2026-01-31"
            case _:
                return f"{base}/{record_id}"

    def read(self, record_id: str) -> httpx.Response:
        return self.http.get(self.address(record_id))

    def query(self) -> httpx.Response:
        statement = f"select * from {self.row.name}"
        return self.http.get(f"/v3/company/{self.books.twin.realm_id}/query", params={"query": statement})

    def send(self, body: Body, **parameters: str) -> httpx.Response:
        where = f"/v3/company/{self.books.twin.realm_id}/{self.row.path}"
        return self.http.post(where, content=payloads.encode(body), params=parameters)

    def opened(self, answer: httpx.Response) -> Body:
        """The record of an answer, out of all its wrappers."""
        assert answer.status_code == 200, answer.text
        body: Body = answer.json()
        if self.row.name == "TaxService":
            return body
        held = body["EntitlementsResponse" if self.row.name == "Entitlements" else self.row.key]
        return self.inner(held)

    def inner(self, held: Body) -> Body:
        return next(iter(held.values())) if self.row.name == "RecurringTransaction" else held

    def wrapped(self, held: Body) -> Body:
        return {"Invoice": held} if self.row.name == "RecurringTransaction" else held

    def listed(self) -> list[Body]:
        answer = self.query()
        assert answer.status_code == 200, answer.text
        return [self.inner(row) for row in answer.json()["QueryResponse"].get(self.row.key, [])]


@pytest.fixture
def http(books: Books) -> Iterator[httpx.Client]:
    with serve(books.twin) as server:
        headers = {"Authorization": f"Bearer {server.credentials.access_token}", "Accept": "application/json"}
        headers["Content-Type"] = "application/json"
        with httpx.Client(base_url=server.base_url, headers=headers, timeout=60) as client:
            yield client


def _switch_on_currencies(books: Books) -> None:
    body = books.get("Preferences", "1")
    body["CurrencyPrefs"]["MultiCurrencyEnabled"] = True
    books.twin.put_raw("Preferences", payloads.encode(body))


def _made(desk: Desk) -> Body:
    """The entity's first record, by a create where there is one."""
    recipe = RECIPES[desk.row.name]
    if recipe.foreign:
        _switch_on_currencies(desk.books)
    if recipe.body is not None:
        return desk.opened(desk.send(recipe.body(desk.books)))
    assert recipe.place is not None
    recipe.place(desk.books)
    if desk.row.name in _ONCE or desk.row.name == "ExchangeRate":
        return desk.opened(desk.read("1"))
    (body,) = [json.loads(payload) for payload in desk.books.twin.payloads(desk.row.name)]
    return body


def test_there_is_a_recipe_for_every_entity() -> None:
    assert set(RECIPES) == set(CATALOGUE)
    assert len(CATALOGUE) == 43


def _check_reading(desk: Desk, made: Body) -> None:
    row = desk.row
    if row.can("read"):
        read = desk.opened(desk.read(str(made.get("Id", ""))))
        if row.name not in _ONCE | {"ExchangeRate", "TaxPayment"}:
            assert read["Id"] == made["Id"]
        assert read == made
    if row.can("query"):
        assert made in desk.listed()


def _check_updates(desk: Desk, made: Body) -> Body:
    row, change = desk.row, RECIPES[desk.row.name].change
    if row.can("update"):
        changed = desk.opened(desk.send({**made, **change}))
        assert {name: changed.get(name) for name in change} == change or row.name == "CompanyCurrency"
        if "SyncToken" in made:
            assert int(changed["SyncToken"]) == int(made["SyncToken"]) + 1
            assert changed["MetaData"]["LastUpdatedTime"] > made["MetaData"]["LastUpdatedTime"]
            again = desk.opened(desk.send(changed))
            assert (again["SyncToken"], again["MetaData"]) == (changed["SyncToken"], changed["MetaData"])
            stale = desk.send({**made, **change})
            assert (stale.status_code, stale.json()["Fault"]["Error"][0]["code"]) == (400, "5010")
        made = changed
    if row.can("sparse"):
        sparse: Body = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True}
        for name in SPARSE_TOO.get(row.name, ()):
            sparse[name] = made[name]
        name, value = next(iter(change.items()))
        changed = desk.opened(desk.send({**sparse, name: f"{value} again"}))
        assert changed[name] == f"{value} again"
        assert {k: v for k, v in changed.items() if k not in {name, "SyncToken", "MetaData"}} == {
            k: v for k, v in made.items() if k not in {name, "SyncToken", "MetaData"}
        }
        made = changed
    return made


@pytest.mark.parametrize("entity", sorted(CATALOGUE))
def test_every_operation_of_the_catalogue_works(books: Books, http: httpx.Client, entity: str) -> None:
    row = CATALOGUE[entity]
    desk = Desk(books, row, http)
    made = _made(desk)
    if row.can("create") and entity != "TaxService":
        assert (made["domain"], made["sparse"], made["SyncToken"]) == ("QBO", False, "0")
        assert set(made["MetaData"]) == {"CreateTime", "LastUpdatedTime"}
    _check_reading(desk, made)
    made = _check_updates(desk, made)
    key = {name: made.get(name) for name in ("Id", "SyncToken")}
    if row.can("void"):
        switches = dict(httpx.QueryParams(row.void))
        made = desk.opened(desk.send({**key, "sparse": True}, **switches))
        assert (made["TotalAmt"], made["PrivateNote"][:6]) == (0, "Voided")
        key["SyncToken"] = made["SyncToken"]
    if row.can("delete"):
        gone = desk.send(desk.wrapped(key), operation="delete")
        assert gone.status_code == 200, gone.text
        stub = {"domain": "QBO", "status": "Deleted"}
        if entity == "Budget":
            assert set(gone.json()) == {"time"}
        elif entity == "RecurringTransaction":
            assert gone.json()[entity] == {**stub, "Invoice": {"Id": made["Id"]}}
        else:
            assert gone.json()[row.key] == {**stub, "Id": made["Id"]}
        assert desk.read(made["Id"]).json()["Fault"]["Error"][0]["code"] == "610"
        assert row.queryable is False or made["Id"] not in [body["Id"] for body in desk.listed()]
    assert books.twin.store.out_of_balance() == []


@pytest.mark.parametrize("entity", sorted(name for name, row in CATALOGUE.items() if row.can("create")))
def test_what_has_no_value_is_absent_and_the_rest_comes_in_the_order_of_the_wire(books: Books, entity: str) -> None:
    if RECIPES[entity].foreign:
        _switch_on_currencies(books)
    recipe = RECIPES[entity].body
    assert recipe is not None
    made = books.twin.create(entity, recipe(books))
    if entity == "TaxService":
        assert None not in made.values()
        return
    kind, body = (entity, made) if entity != "RecurringTransaction" else ("Invoice", made["Invoice"])
    payload = books.twin.payload(entity, str(body["Id"]))
    assert payload is not None
    assert b"null" not in payload
    assert b'""' not in payload
    known = list(schema.fields_of(kind))
    assert [known.index(name) for name in body] == sorted(known.index(name) for name in body)
    assert isinstance(body["Id"], str)
    assert isinstance(body["SyncToken"], str)


@pytest.mark.parametrize("entity", sorted(CATALOGUE))
def test_what_the_catalogue_does_not_list_is_refused(books: Books, http: httpx.Client, entity: str) -> None:
    row = CATALOGUE[entity]
    desk = Desk(books, row, http)
    made = _made(desk)
    before = books.twin.dump()
    key = {"Id": str(made.get("Id", "1")), "SyncToken": str(made.get("SyncToken", "0"))}
    tried: dict[str, httpx.Response] = {}
    if not row.can("create") and entity != "ExchangeRate":
        fresh = {name: value for name, value in made.items() if name not in {"Id", "SyncToken", "MetaData"}}
        tried["create"] = desk.send(fresh)
    if not row.can("update") and entity != "TaxService":
        tried["update"] = desk.send(desk.wrapped({**made, **key, "Description": "changed"}))
    if not row.can("delete"):
        tried["delete"] = desk.send(desk.wrapped(key), operation="delete")
    if not row.can("void"):
        answer = desk.send(desk.wrapped(key), operation="void")
        assert answer.status_code in {200, 400}
        if answer.status_code == 400:
            tried["void"] = answer
    if not row.can("read"):
        tried["read"] = desk.read(key["Id"])
    if not row.can("query") and row.queryable is False:
        tried["query"] = desk.query()
    for operation, answer in tried.items():
        assert answer.status_code == 400, (operation, answer.text)
        (error,) = answer.json()["Fault"]["Error"]
        assert error["code"] in {"500", "4001"}, (operation, error)
    assert books.twin.dump() == before


def test_what_is_made_inactive_and_not_deleted(books: Books) -> None:
    """The delete of a list is an update with Active false."""
    soft = {name for name, row in CATALOGUE.items() if row.delete is Delete.SOFT}
    for entity in sorted(soft - {"CompanyCurrency"}):
        recipe = RECIPES[entity]
        assert recipe.body is not None
        made: Any = books.twin.create(entity, recipe.body(books))
        gone = books.twin.update(entity, {**made, "Active": False})
        assert gone["Active"] is False
        assert gone["Id"] == made["Id"]
