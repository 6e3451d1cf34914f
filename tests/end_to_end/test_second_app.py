"""A restore goes through the connection of its own, and captures through the other: the trail tells them apart."""

from __future__ import annotations

from typing import Any

import httpx

from akika_forensics.case.connections.sealed import RESTORE
from akika_forensics.quickbooks.authorize import App, SigningIn
from akika_forensics.quickbooks.endpoints import endpoints_of
from akika_forensics.settings import Secret
from akika_forensics.twin.people.trail import User

ADA = User("9130000000000002", "Ada Admin", "ada@example.com", "admin")


def test_what_a_restore_wrote_carries_the_user_of_its_own_connection(scene: Any) -> None:
    twin, server, case = scene.twin, scene.server, scene.case
    with twin.store.transaction():
        twin.store.trail.put_user(ADA)
    known = server.credentials
    app = App(server.base_url, endpoints_of(server.base_url), known.client_id, Secret(known.client_secret))
    signing_in = SigningIn(app, "https://books.example/akika/")
    back = httpx.get(f"{signing_in.address}&user={ADA.id}").headers["location"]
    case.connecting.by_answer(signing_in, signing_in.answered(back), name="craig", purpose=RESTORE)
    tokens = case.companies.tokens("craig").load()

    scene.good("capture")
    twin.delete("Invoice", {"Id": "130", "SyncToken": twin.get("Invoice", "130")["SyncToken"]})
    scene.good("capture")
    plan = scene.planned("--record", "Invoice:130")
    before = twin.store.trail.last()
    scene.good("plan", "execute", str(plan))
    assert {(event.name, event.kind) for event in twin.store.trail.events(before) if event.request} == {
        (ADA.name, "app")
    }
    assert case.companies.tokens("craig").load() == tokens, "capture's own tokens were not needed for it"
