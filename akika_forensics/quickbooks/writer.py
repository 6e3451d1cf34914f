"""Writing to a company. Only the execution of an approved plan imports this module.

Nothing is sent twice by itself: a 429 was not applied and is sent again after the pause, a 401 was not applied and is
sent again once with a new token; whatever else ends without a readable answer is NetworkFailed, outcome unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import httpx
import msgspec

from akika_forensics.errors import Fault, NetworkFailed, WrongCompany, WrongUse
from akika_forensics.model import payload
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.quickbooks import answers, faults
from akika_forensics.quickbooks.answers import Slice
from akika_forensics.quickbooks.connection import Connection, TokenStore
from akika_forensics.quickbooks.limits import Limits, Pace, allowance_of
from akika_forensics.quickbooks.network import network
from akika_forensics.quickbooks.sign_in import SignIn
from akika_forensics.quickbooks.transport import Log, Paced, RequestLine, Retry

MINOR_VERSION: Final = "75"
MOST_ITEMS: Final = 30
LONGEST_REQUEST_ID: Final = 50
LONGEST_BATCH_REQUEST_ID: Final = 36
"""Source: QuickBooks API, idempotency: a batch joins its id and each item's bId of at most 10 characters."""

_OPERATIONS: Final = frozenset({"create", "update", "delete", "void"})
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_.-]+")
_OPTIONS: Final = re.compile(r"[A-Za-z]+(,[A-Za-z]+)*")


@dataclass(frozen=True, slots=True)
class WriteItem:
    """One write. ``body`` is the record's object as it is sent (a RecurringTransaction with its inner wrapper);
    ``options`` are ``include`` values joined by commas, such as ``allowduplicatedocnum``.
    """

    item_id: str
    operation: str
    entity: str
    body: Mapping[str, Any]
    options: str = ""


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """What QuickBooks answered for one item: the record as written, or that it is deleted, or why it was refused."""

    item_id: str
    slice: Slice | None
    deleted: bool
    fault: Fault | None


def open_writer(
    connection: Connection,
    tokens: TokenStore,
    *,
    limits: Limits | None = None,
    on_request: Callable[[RequestLine], None] | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Writer:
    """A writer bound to this company at this host. ``transport`` replaces the network."""
    return Writer(connection, tokens, limits or Limits(), on_request, transport)


class OneCompany(httpx.BaseTransport):
    """Passes on what goes to the company, or the token address, it was opened for; else raises WrongCompany."""

    def __init__(self, inner: httpx.BaseTransport, connection: Connection) -> None:
        self._inner = inner
        self._base = httpx.URL(connection.base_url)
        self._token = httpx.URL(connection.token_url)
        self._path = f"/v3/company/{connection.realm_id}/".encode()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if request.method != "POST" or not (url == self._token or self._ours(url)):
            raise WrongCompany(
                f"A write to {url.host}{url.path} was stopped.",
                means="This writer was opened for another company or another host. Nothing was sent.",
                do="Open the connection that the plan was made for.",
            )
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()

    def _ours(self, url: httpx.URL) -> bool:
        same = (url.scheme, url.host, url.port) == (self._base.scheme, self._base.host, self._base.port)
        return same and url.raw_path.startswith(self._path) and b".." not in url.raw_path and b"%" not in url.raw_path


class Writer:
    """One company, for writing. Close it, or use it as a context manager."""

    def __init__(
        self,
        connection: Connection,
        tokens: TokenStore,
        limits: Limits,
        on_request: Callable[[RequestLine], None] | None,
        transport: httpx.BaseTransport | None,
    ) -> None:
        self.connection = connection
        self._opened_for = (connection.base_url, connection.realm_id)
        self._pace = Pace(limits, allowance_of(connection.company_url, limits))
        guarded = OneCompany(transport or network(), connection)
        token_url = httpx.URL(connection.token_url)
        retrying = Retry(
            Paced(guarded, limits, self._pace), limits, self._pace, lambda request: request.url == token_url
        )
        self._client = httpx.Client(
            transport=Log(retrying, limits.clock, on_request),
            auth=SignIn(connection, tokens, limits.clock),
            headers={"Accept": "application/json", "User-Agent": "akika-forensics"},
            timeout=httpx.Timeout(limits.read_timeout, connect=limits.connect_timeout, pool=None),
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    @property
    def requests(self) -> int:
        """HTTP requests that left so far, every try and token request counted."""
        return self._pace.turns

    def send(self, items: Sequence[WriteItem], request_id: str) -> list[WriteOutcome]:
        """Send one item as its own POST, several as one batch; an outcome for each, in order.

        ``request_id`` makes QuickBooks answer a repetition with the first answer instead of writing again: at most 50
        characters, 36 for a batch. Raises NetworkFailed when the outcome is unknown; Throttled and SignInFailed when
        nothing was applied; WrongCompany and WrongUse when nothing was sent.
        """
        self._check(items, request_id)
        if len(items) == 1:
            return [self._send_one(items[0], request_id)]
        return self._send_batch(items, request_id)

    def _check(self, items: Sequence[WriteItem], request_id: str) -> None:
        if (self.connection.base_url, self.connection.realm_id) != self._opened_for:
            raise WrongCompany(
                "The connection of this writer was changed after it was opened.", means="Nothing was sent."
            )
        if not items or len(items) > MOST_ITEMS:
            raise WrongUse(f"A request carries 1 to {MOST_ITEMS} items, not {len(items)}.")
        longest = LONGEST_REQUEST_ID if len(items) == 1 else LONGEST_BATCH_REQUEST_ID
        if not _REQUEST_ID.fullmatch(request_id) or len(request_id) > longest:
            raise WrongUse(f"A request id has 1 to {longest} plain characters.")
        if len({item.item_id for item in items}) != len(items):
            raise WrongUse("Two items of one request have the same id.")
        for item in items:
            if item.operation not in _OPERATIONS or item.entity not in CATALOGUE:
                raise WrongUse(f"QuickBooks cannot {item.operation} {item.entity}.")
            if not CATALOGUE[item.entity].can(item.operation):
                raise WrongUse(f"QuickBooks offers no {item.operation} of {item.entity}.")
            if item.options and not _OPTIONS.fullmatch(item.options):
                raise WrongUse(f"{item.options!r} is not a list of include values.")

    def _send_one(self, item: WriteItem, request_id: str) -> WriteOutcome:
        row = CATALOGUE[item.entity]
        asked = f"the {item.operation} of {item.entity}"
        parameters = {"requestid": request_id, "minorversion": MINOR_VERSION}
        include = [item.options] if item.options else []
        if item.operation == "delete":
            parameters["operation"] = "delete"
        elif item.operation == "void":
            switches = dict(httpx.QueryParams(row.void or "operation=void"))
            parameters["operation"] = switches["operation"]
            include = [*([switches["include"]] if "include" in switches else []), *include]
        if include:
            parameters["include"] = ",".join(include)
        try:
            members = self._post(row.path, parameters, payload.encode(dict(item.body)), asked)
        except Fault as error:
            return WriteOutcome(item.item_id, None, deleted=False, fault=error)
        return _outcome(item, members, asked)

    def _send_batch(self, items: Sequence[WriteItem], request_id: str) -> list[WriteOutcome]:
        by_b_id = {f"i{number}": item for number, item in enumerate(items)}
        requests = [_batch_item(b_id, item) for b_id, item in by_b_id.items()]
        asked = f"a batch of {len(items)} writes"
        parameters = {"requestid": request_id, "minorversion": MINOR_VERSION}
        body = payload.encode({"BatchItemRequest": requests})
        members = self._post("batch", parameters, body, asked)
        outcomes: dict[str, WriteOutcome] = {}
        try:
            answered = msgspec.json.decode(members["BatchItemResponse"], type=list[dict[str, msgspec.Raw]])
            for answer in answered:
                b_id = msgspec.json.decode(answer["bId"], type=str)
                item = by_b_id[b_id]
                failure = answers.fault_in(answer, f"the {item.operation} of {item.entity}")
                if failure is None:
                    outcomes[b_id] = _outcome(item, answer, asked)
                else:
                    outcomes[b_id] = WriteOutcome(item.item_id, None, deleted=False, fault=_as_fault(failure))
        except (KeyError, msgspec.DecodeError):
            raise _unknown(asked, "Its answer is not as described.") from None
        if len(outcomes) != len(items):
            raise _unknown(asked, f"It answered {len(outcomes)} of {len(items)} items.")
        return [outcomes[b_id] for b_id in by_b_id]

    def _post(self, path: str, parameters: dict[str, str], body: bytes, asked: str) -> dict[str, msgspec.Raw]:
        try:
            response = self._client.post(
                f"{self.connection.company_url}/{path}",
                params=parameters,
                content=body,
                headers={"Content-Type": "application/json"},
            )
        except httpx.HTTPError as error:
            raise _unknown(asked, f"No whole answer came ({type(error).__name__}).") from None
        if response.is_server_error or response.is_redirect:
            raise _unknown(asked, f"QuickBooks answered with HTTP {response.status_code}.")
        failure = faults.of_response(response, asked)
        if failure is not None:
            raise failure
        try:
            return answers.opened(response.content, asked)
        except NetworkFailed as error:
            raise _unknown(asked, error.what) from None


def _batch_item(b_id: str, item: WriteItem) -> dict[str, Any]:
    row = CATALOGUE[item.entity]
    operation, options = item.operation, item.options
    if operation == "void" and row.void and "include=void" in row.void:
        operation, options = "update", ",".join(part for part in ("void", options) if part)
    request: dict[str, Any] = {"bId": b_id, "operation": operation, row.key: dict(item.body)}
    if options:
        request["optionsData"] = options
    return request


def _outcome(item: WriteItem, members: dict[str, msgspec.Raw], asked: str) -> WriteOutcome:
    if item.operation == "delete":
        # Source: QuickBooks API, Budget: the answer to a delete may hold nothing but the time.
        return WriteOutcome(item.item_id, None, deleted=True, fault=None)
    try:
        written = answers.single(item.entity, members, asked)
    except NetworkFailed as error:
        raise _unknown(asked, error.what) from None
    return WriteOutcome(item.item_id, written, deleted=written is None, fault=None)


def _as_fault(failure: Exception) -> Fault:
    return failure if isinstance(failure, Fault) else Fault(str(failure))


def _unknown(asked: str, why: str) -> NetworkFailed:
    return NetworkFailed(
        f"Whether QuickBooks applied {asked} is unknown. {why}",
        means="It may or may not have been written.",
        do="Resume: the company is looked at before anything is sent again.",
    )
