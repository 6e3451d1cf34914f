"""An application acts for the user who connected it: in the trail, in refusals, in what it is told of the user."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from akika_forensics.twin import Twin, TwinServer, serve
from akika_forensics.twin.http.grants import Issued
from akika_forensics.twin.http.oauth import ACCOUNTING
from akika_forensics.twin.people.actors import OWNER
from akika_forensics.twin.people.trail import User

from .served_scene import Company

BACK = "https://app.example/back"
ADA = User("9130000000000002", "Ada <Admin>", "ada@example.com", "admin")
BEN = User("9130000000000003", "Ben Standard", "ben@example.com", "standard")
GONE = User("9130000000000004", "Gone Away", "gone@example.com", "admin", active=False)
ANA = User("9130000000000005", "Ana de la Rosa", "ana@example.com", "accountant")


def hire(twin: Twin) -> None:
    with twin.store.transaction():
        for user in (ADA, BEN, GONE, ANA):
            twin.store.trail.put_user(user)


@pytest.fixture
def staffed(books: Any) -> Iterator[TwinServer]:
    hire(books.twin)
    with serve(books.twin) as server:
        yield server


def wish(server: TwinServer, **more: str) -> dict[str, str]:
    asked = {"client_id": server.credentials.client_id, "response_type": "code", "redirect_uri": BACK}
    return {**asked, "scope": f"{ACCOUNTING} openid email profile", "state": "s", **more}


def tokens(server: TwinServer, answer: httpx.Response) -> dict[str, Any]:
    """What the code in an answer of the page is traded for."""
    assert answer.status_code == 302, answer.text
    code = dict(parse_qsl(urlsplit(answer.headers["location"]).query))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    given = server.credentials
    found = httpx.post(server.token_url, data=form, auth=(given.client_id, given.client_secret))
    return dict(found.json())


def connect(server: TwinServer, user: str) -> dict[str, Any]:
    """As a script that reads no page does."""
    return tokens(server, httpx.get(f"{server.base_url}/connect/oauth2", params=wish(server, user=user)))


def bearer(told: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {told['access_token']}"}


def create(server: TwinServer, told: dict[str, Any], name: str) -> Any:
    path = f"{server.base_url}/v3/company/{server.realm_id}/customer"
    return httpx.post(path, json={"DisplayName": name}, headers=bearer(told)).json()["Customer"]


def test_the_page_offers_who_may_connect(staffed: TwinServer) -> None:
    page = httpx.get(f"{staffed.base_url}/connect/oauth2", params=wish(staffed), headers={"Accept": "text/html"}).text
    assert "<Admin>" not in page
    listed = page.split('name="user"')[1].split("</select>")[0]
    names = [unescape(option.split("<")[0]) for option in listed.split(">")[1:] if option.split("<")[0]]
    assert names == ["Craig Carlson", "Ada <Admin>", "Ana de la Rosa"]
    form = wish(staffed, decision="connect", user=ADA.id)
    told = tokens(staffed, httpx.post(f"{staffed.base_url}/connect/oauth2", data=form))
    assert httpx.get(f"{staffed.base_url}/v1/openid_connect/userinfo", headers=bearer(told)).json() == {
        "sub": told_subject(told),
        "email": "ada@example.com",
        "emailVerified": True,
        "givenName": "Ada",
        "familyName": "<Admin>",
    }


def told_subject(told: dict[str, Any]) -> str:
    claims = told["id_token"].split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])


@pytest.mark.parametrize("user", [BEN.id, GONE.id, "", "9", "' or 1=1"])
def test_nobody_else_can_connect(user: str, staffed: TwinServer) -> None:
    address = f"{staffed.base_url}/connect/oauth2"
    for answer in (
        httpx.get(address, params=wish(staffed, user=user)),
        httpx.post(address, data=wish(staffed, user=user, decision="connect")),
    ):
        assert answer.status_code == 400
        assert "location" not in answer.headers


def test_the_trail_names_the_user_of_each_application(staffed: TwinServer, books: Any) -> None:
    trail, before = books.twin.store.trail, books.twin.store.trail.last()
    connections = {user: connect(staffed, user) for user in (OWNER, ADA.id, ANA.id)}
    assert len({told_subject(told) for told in connections.values()}) == 3
    made = {user: create(staffed, told, f"of {user}")["Id"] for user, told in connections.items()}
    create(staffed, {"access_token": staffed.credentials.access_token}, "of the first token")
    rows = [(row.user, row.name, row.kind, row.verb, row.party) for row in trail.events(before)]
    assert rows == [
        (OWNER, "Craig Carlson", "app", "created", f"of {OWNER}"),
        (ADA.id, "Ada <Admin>", "app", "created", f"of {ADA.id}"),
        (ANA.id, "Ana de la Rosa", "app", "created", f"of {ANA.id}"),
        (OWNER, "Craig Carlson", "app", "created", "of the first token"),
    ]
    seen = {entry.seq: entry for entry in staffed.log}
    assert [seen[row.request or 0].applied for row in trail.events(before)][:3] == [
        [f"create Customer:{made[user]}"] for user in connections
    ]
    assert trail.authors("Customer", made[ADA.id]) == (ADA.id, ADA.id)


def test_a_batch_and_an_indirect_change_are_the_users_too(staffed: TwinServer, books: Any) -> None:
    sold = books.made("Invoice", books.sale(books.ann, 30))
    before = books.twin.store.trail.last()
    pays = {"CustomerRef": {"value": books.ann}, **books.pays(30, ("Invoice", sold, 30))}
    body = {"BatchItemRequest": [{"bId": "1", "operation": "create", "Payment": pays}]}
    path = f"{staffed.base_url}/v3/company/{staffed.realm_id}/batch"
    answer = httpx.post(path, content=json.dumps(body, default=str), headers=bearer(connect(staffed, ANA.id)))
    assert "Payment" in answer.json()["BatchItemResponse"][0], answer.text
    rows = books.twin.store.trail.events(before)
    assert {row.user for row in rows} == {ANA.id}
    assert ("updated", "Invoice", sold, True) in {(row.verb, row.entity, row.id, row.indirect) for row in rows}


def test_a_stale_token_names_who_was_faster(staffed: TwinServer, books: Any) -> None:
    ada, ana = connect(staffed, ADA.id), connect(staffed, ANA.id)
    customer = create(staffed, ada, "Cleo")
    path = f"{staffed.base_url}/v3/company/{staffed.realm_id}/customer"
    changed = {"Id": customer["Id"], "SyncToken": "0", "sparse": True, "Notes": "x"}
    assert httpx.post(path, json=changed, headers=bearer(ana)).status_code == 200
    refused = httpx.post(path, json=changed, headers=bearer(ada)).json()["Fault"]["Error"][0]
    assert refused["code"] == "5010"
    assert "Ana de la Rosa" in refused["Detail"]
    books.twin.name_user("Olive")
    refused = httpx.post(path, json=changed, headers=bearer(ada)).json()["Fault"]["Error"][0]
    assert "Olive" in refused["Detail"]


def test_refreshed_and_remembered(tmp_path: Path) -> None:
    """A refreshed token, and one of a server that was stopped, is still its user's."""
    twin = Twin(tmp_path / "company.sqlite")
    hire(twin)
    with serve(twin) as server:
        told = connect(server, ADA.id)
    twin.close()
    twin = Twin(tmp_path / "company.sqlite")
    with serve(twin) as server:
        given = server.credentials
        form = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
        fresh = httpx.post(server.token_url, data=form, auth=(given.client_id, given.client_secret)).json()
        create(server, told, "before")
        create(server, fresh, "after")
        rows = [(row.user, row.party) for row in twin.store.trail.events() if row.entity == "Customer"]
        assert rows == [(ADA.id, "before"), (ADA.id, "after")]
    twin.close()


def test_connections_of_an_earlier_version_are_the_owners() -> None:
    kept = {
        "grants": {"g": {"scopes": [ACCOUNTING], "ends": "2031-01-01T00:00:00Z"}},
        "access": {},
        "refresh": {},
        "codes": {},
    }
    assert Issued.from_dict(kept).grants["g"].user == OWNER


def test_a_company_of_one_has_nobody_to_choose(company: Company) -> None:
    page = company.http.get("/connect/oauth2", params=wish(company.server), headers={"Accept": "text/html"}).text
    assert 'name="user"' not in page


def test_many_applications_at_once_are_told_apart(staffed: TwinServer, books: Any) -> None:
    """Three connections write at the same time, some through the threads that a script of faults asks for."""
    before = books.twin.store.trail.last()
    connections = {user: connect(staffed, user) for user in (OWNER, ADA.id, ANA.id)}
    httpx.put(f"{staffed.base_url}/twin/faults", json={"spec": "error@10%"})

    def work(user: str) -> None:
        path = f"{staffed.base_url}/v3/company/{staffed.realm_id}/customer"
        with httpx.Client(headers=bearer(connections[user]), timeout=60) as web:
            for number in range(25):
                web.post(path, json={"DisplayName": f"{user} {number}"})

    with ThreadPoolExecutor(len(connections)) as pool:
        list(pool.map(work, connections))
    entries = {entry.seq: entry for entry in staffed.log}
    rows = books.twin.store.trail.events(before)
    assert {row.user for row in rows} == set(connections)
    for row in rows:
        assert row.party.split()[0] == row.user
        entry = entries[row.request or 0]
        assert entry.applied == [f"create Customer:{row.id}"]
        assert row.party in entry.body
    applied = [entry for entry in entries.values() if entry.applied]
    assert len(rows) == len(applied) < 75
