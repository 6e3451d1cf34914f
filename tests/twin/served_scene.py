"""A served twin and a client that is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from akika_forensics.twin import TwinServer, serve


class Company:
    """Short ways to ask the served company of ``books``."""

    def __init__(self, server: TwinServer, books: Any) -> None:
        self.server = server
        self.books = books
        headers = {"Authorization": f"Bearer {server.credentials.access_token}", "Accept": "application/json"}
        self.http = httpx.Client(base_url=server.base_url, headers=headers, timeout=60)

    def path(self, rest: str) -> str:
        return f"/v3/company/{self.server.realm_id}/{rest}"

    def get(self, rest: str, headers: dict[str, str] | None = None, **parameters: str) -> httpx.Response:
        return self.http.get(self.path(rest), params=parameters, headers=headers)

    def post(self, rest: str, body: Any, **parameters: str) -> httpx.Response:
        return self.http.post(self.path(rest), json=body, params=parameters)

    def send(self, rest: str, content: bytes, form: str, **parameters: str) -> httpx.Response:
        """POST bytes of a content type."""
        return self.http.post(self.path(rest), content=content, params=parameters, headers={"Content-Type": form})

    def fault(self, answer: httpx.Response, status: int, code: str) -> Any:
        """The error of a refused request."""
        assert answer.status_code == status, answer.text
        (error,) = answer.json()["Fault"]["Error"]
        assert error["code"] == code, answer.text
        return error


@pytest.fixture
def company(books: Any) -> Iterator[Company]:
    with serve(books.twin) as server:
        made = Company(server, books)
        yield made
        made.http.close()
