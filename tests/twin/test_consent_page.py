"""The page of sign-in in a real browser."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from akika_forensics.twin import Twin, serve
from akika_forensics.twin.http.oauth import ACCOUNTING

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("button", "keys"), [("Connect", ["code", "state", "realmId"]), ("Cancel", ["error", "state"])]
)
def test_a_person_presses_connect_or_cancel(page: Any, button: str, keys: list[str]) -> None:
    with serve(Twin(company_name="Garden & Sons")) as server:
        back = f"{server.base_url}/twin/health"
        wish = {"client_id": server.credentials.client_id, "scope": ACCOUNTING, "redirect_uri": back, "state": "s1"}
        page.goto(f"{server.base_url}/connect/oauth2?response_type=code&{urlencode(wish)}")
        assert page.get_by_label("Company").locator("option").all_inner_texts() == ["Garden & Sons"]
        page.get_by_role("button", name=button).click()
        page.wait_for_url(f"{back}?**")
        answer = dict(parse_qsl(urlsplit(page.url).query))
        assert list(answer) == keys
        assert answer["state"] == "s1"
        page.goto("about:blank")
