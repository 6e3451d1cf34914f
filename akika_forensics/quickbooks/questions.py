"""Questions to a company whose answers are JSON objects: one request each, asked again where the answer cannot be read."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any, Final, NamedTuple

import httpx
import msgspec

from akika_forensics.errors import NetworkFailed
from akika_forensics.quickbooks import answers, faults
from akika_forensics.quickbooks.answers import Rows
from akika_forensics.quickbooks.transport import LINE, RequestLine, Spelled

MINOR_VERSION: Final = "75"

_READINGS: Final = 3

Members = dict[str, msgspec.Raw]

_NUMBER: Final = "akika_number"


class Answered(NamedTuple):
    """One request that was answered. ``at``: when it left, by our clock; ``asked``: for what, in words; ``sha256`` (hexadecimal)
    and ``length`` are of the decoded answer.
    """

    at: datetime
    intuit_tid: str
    asked: str
    sha256: str
    length: int


def number_of(response: httpx.Response) -> int:
    """Which of `Questions.answered` a response is, counted from 1."""
    found: int = response.extensions[_NUMBER]
    return found


class Questions:
    """Over a client that passes the write-block. Threads may share it.

    Every method raises a ServiceError: NetworkFailed, Throttled, SignInFailed, or Fault with QuickBooks' own rows.
    """

    def __init__(self, client: httpx.Client, company_url: str) -> None:
        self._client, self._company_url = client, company_url
        self._lock = threading.Lock()
        self._server_time: datetime | None = None
        self._header_time: datetime | None = None
        self._answered: list[Answered] = []

    @property
    def answered(self) -> list[Answered]:
        """The answers that could be read so far, in the order in which they came."""
        with self._lock:
            return list(self._answered)

    @property
    def server_time(self) -> datetime | None:
        """The latest time that the server has named in an answer; None before the first.

        Only where no answer said when it was made, it is that of a header, which another machine may have written.
        """
        return self._server_time or self._header_time

    def get(self, address: str, parameters: dict[str, str], asked: str) -> tuple[Members, httpx.Response]:
        """What an address below the company's holds. ``asked`` says in words what was wanted, for errors."""
        return self._ask("GET", address, parameters, asked, None)

    def text(self, address: str, asked: str) -> str:
        """The one plain text that an address below the company's holds, such as another address."""
        response = self._send("GET", address, {}, asked, None)
        if response.content.lstrip()[:1] in {b"{", b"<"}:
            answers.opened(response.content, asked)
            raise faults.unreadable(asked, "it is no plain text")
        return response.text.strip()

    def query(self, entity: str, statement: str, asked: str) -> tuple[Rows, datetime | None]:
        """The rows of a statement and the server time they are of."""
        members, response = self.get("query", {"query": statement}, asked)
        if "QueryResponse" not in members:
            raise faults.unreadable(asked, "it holds no QueryResponse")
        rows = answers.rows_of(entity, members["QueryResponse"], asked, number_of(response))
        return rows, answers.server_time(members, response)

    def batch(self, items: list[dict[str, str]], asked: str) -> tuple[Members, httpx.Response]:
        """A batch of queries, which the write-block looks into: nothing else passes."""
        return self._ask("POST", "batch", {}, asked, msgspec.json.encode({"BatchItemRequest": items}))

    def _ask(
        self, method: str, address: str, parameters: dict[str, str], asked: str, body: bytes | None
    ) -> tuple[Members, httpx.Response]:
        for reading in range(_READINGS):
            response = self._send(method, address, parameters, asked, body)
            try:
                members = answers.opened(response.content, asked)
            except NetworkFailed:
                if reading == _READINGS - 1:
                    raise
                continue
            self._note_time(members, response)
            self._note(response, asked)
            return members, response
        raise AssertionError("the last reading returns or raises")

    def _note(self, response: httpx.Response, asked: str) -> None:
        line: RequestLine = response.extensions[LINE]
        told = Answered(line.at, line.intuit_tid, asked, line.digest, line.bytes)
        with self._lock:
            self._answered.append(told)
            response.extensions[_NUMBER] = len(self._answered)

    def _note_time(self, members: Members, response: httpx.Response) -> None:
        said, written = answers.said_time(members), answers.header_time(response)
        with self._lock:
            self._server_time = max((at for at in (said, self._server_time) if at is not None), default=None)
            self._header_time = max((at for at in (written, self._header_time) if at is not None), default=None)

    def _send(
        self, method: str, address: str, parameters: dict[str, str], asked: str, body: bytes | None
    ) -> httpx.Response:
        headers: dict[str, str] = {} if body is None else {"Content-Type": "application/json"}
        options: dict[str, Any] = {} if body is None else {"content": body}
        try:
            response = self._client.request(
                method,
                f"{self._company_url}/{address}",
                extensions={Spelled.PARAMETERS: {**parameters, "minorversion": MINOR_VERSION}},
                headers=headers,
                **options,
            )
        except httpx.HTTPError as error:
            raise faults.no_answer(error, asked) from None
        failure = faults.of_response(response, asked)
        if failure is not None:
            raise failure
        return response
