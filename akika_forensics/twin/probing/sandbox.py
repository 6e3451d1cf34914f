"""An HTTP client that can reach Intuit's sandbox and this machine, and change only what it made itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self

import httpx

from akika_forensics.errors import Fault, NetworkFailed, Refused, SignInFailed, Throttled, WrongUse
from akika_forensics.model.catalogue import BY_KEY, CATALOGUE
from akika_forensics.model.instants import now, parse_instant
from akika_forensics.model.payload import decode, encode
from akika_forensics.settings import Secret

SANDBOX: Final = "https://sandbox-quickbooks.api.intuit.com"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_MINOR_VERSION: Final = "75"
_WAIT: Final = 60.0
"""Seconds after a refusal of too many requests. Source: QuickBooks API, limits."""
_TRIES: Final = 4
_PAUSE: Final = 0.15
"""Seconds between requests to Intuit: ten a second at most. Source: QuickBooks API, limits."""

_WRAPPED: Final = "RecurringTransaction"
"""Templates lie in an object named by their kind; a probe makes those of invoices. Source: QuickBooks API."""


def check_host(url: httpx.URL | str) -> None:
    """Raises Refused unless the address is Intuit's sandbox or on this machine."""
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise WrongUse(f"{url!r} is no address.", do=f"Give {SANDBOX}.") from error
    if address.host in _LOOPBACK and address.scheme in {"http", "https"}:
        return
    sandbox = httpx.URL(SANDBOX)
    if (address.scheme, address.host, address.port, address.userinfo) != (sandbox.scheme, sandbox.host, None, b""):
        raise Refused(
            f"{address.host or url} is not Intuit's sandbox.",
            means="A probe writes records to find out; it never goes to a company that somebody works with.",
            do=f"Give {SANDBOX}, or a twin on this machine.",
        )


class _OnlySandbox(httpx.BaseTransport):
    """Checks every request once more at the last moment before it leaves."""

    def __init__(self) -> None:
        self._network = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        check_host(request.url)
        return self._network.handle_request(request)

    def close(self) -> None:
        self._network.close()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. ``code`` is that of its first fault, empty when there is none; ``told`` says it in short."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def fault(self) -> dict[str, Any]:
        found = self.body.get("Fault") or self.body.get("fault") or {}
        rows = found.get("Error") or found.get("error") or []
        return rows[0] if rows else {}

    @property
    def code(self) -> str:
        return str(self.fault.get("code", "")) or ("" if self.status == httpx.codes.OK else f"HTTP {self.status}")

    @property
    def fine(self) -> bool:
        return not self.code

    @property
    def told(self) -> str:
        detail = str(self.fault.get("Detail") or self.fault.get("detail") or "")
        return f"{self.status}, {self.code}: {detail[:160]}".strip(": ") if self.code else str(self.status)

    def record(self, entity: str) -> dict[str, Any]:
        """The record in the answer. ``KeyError`` when it holds none."""
        found = self.body[CATALOGUE[entity].key]
        if entity == _WRAPPED:
            (found,) = found.values()
        assert isinstance(found, dict)  # noqa: S101 - a single answer holds one object
        return found


class Sandbox:
    """One company. A context manager.

    Raises Refused for a host that is no sandbox and for a write to a record that was not made here, SignInFailed,
    Throttled, NetworkFailed. Everything else that the company answers is a Reply.
    """

    def __init__(self, url: str, realm_id: str, token: Secret, *, wait: Callable[[float], None] = time.sleep) -> None:
        check_host(url)
        self.host = httpx.URL(url).host
        if not realm_id.isdigit():
            raise WrongUse(f"{realm_id!r} is not the number of a company.", do="Give the realm id, digits only.")
        self.made: dict[tuple[str, str], None] = {}
        self._realm = realm_id
        self._wait = wait
        self._pause = 0.0 if self.host in _LOOPBACK else _PAUSE
        self._client = httpx.Client(
            base_url=f"{url.rstrip('/')}/v3/company/{realm_id}/",
            headers={
                "Accept": "application/json",
                "Authorization": f"Bearer {token.reveal()}",
                "User-Agent": "akika-forensics-probe",
            },
            params={"minorversion": _MINOR_VERSION},
            transport=_OnlySandbox(),
            timeout=httpx.Timeout(120, connect=20),
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def clock(self) -> datetime:
        """The company's own time; that of this machine where it names none. Raises Fault when it cannot be read at all."""
        reply = self.get(f"companyinfo/{self._realm}")
        if not reply.fine:
            raise Fault(f"The company cannot be read: {reply.told}", status=reply.status)
        try:
            return parse_instant(str(reply.body.get("time")))
        except ValueError:
            return now()

    # reading

    def get(self, path: str, **parameters: str) -> Reply:
        return self._patiently("GET", path, parameters, None)

    def query(self, statement: str) -> Reply:
        return self.get("query", query=statement)

    def read(self, entity: str, record_id: str) -> Reply:
        return self.get(f"{CATALOGUE[entity].path}/{record_id}")

    def hurried(self) -> Reply:
        """A reading without a pause; a refusal of too many requests is an answer here."""
        return self._once("GET", f"companyinfo/{self._realm}", {}, None)

    # writing

    def create(self, entity: str, body: Mapping[str, Any], **parameters: str) -> Reply:
        if body.get("Id"):
            raise Refused("A create with an Id would change a record that is there.")
        reply = self._patiently("POST", CATALOGUE[entity].path, parameters, body)
        if reply.fine:
            self.made.setdefault((entity, str(reply.record(entity)["Id"])))
        return reply

    def update(self, entity: str, body: Mapping[str, Any], **parameters: str) -> Reply:
        self._own(entity, body)
        return self._patiently("POST", CATALOGUE[entity].path, parameters, body)

    def delete(self, entity: str, body: Mapping[str, Any]) -> Reply:
        self._own(entity, body)
        sent = {"Invoice": body} if entity == _WRAPPED else body
        reply = self._patiently("POST", CATALOGUE[entity].path, {"operation": "delete"}, sent)
        if reply.fine:
            self.made.pop((entity, str(body["Id"])), None)
        return reply

    def void(self, entity: str, body: Mapping[str, Any]) -> Reply:
        self._own(entity, body)
        parameters = {"operation": "update", "include": "void"}
        return self._patiently("POST", CATALOGUE[entity].path, parameters, body)

    def batch(self, items: Sequence[Mapping[str, Any]]) -> Reply:
        """Items that read, or that change what was made here."""
        for item in items:
            for key, body in item.items():
                if key in BY_KEY:
                    self._own(BY_KEY[key].name, body)
        return self._patiently("POST", "batch", {}, {"BatchItemRequest": list(items)})

    def adopt(self, entity: str, body: Mapping[str, Any]) -> None:
        """What the company made of its own accord for a record of ours is ours as well. Raises Refused for others."""
        if not self.cites_own(body):
            raise Refused(f"{entity} {body.get('Id')} has nothing to do with what was made here.")
        self.made.setdefault((entity, str(body["Id"])))

    def cites_own(self, body: Mapping[str, Any]) -> bool:
        """Whether a record names an account or a party that was made here."""
        return any(key in self.made for key in _cited(body))

    def _own(self, entity: str, body: Mapping[str, Any]) -> None:
        if (entity, str(body.get("Id", ""))) not in self.made:
            raise Refused(
                f"{entity} {body.get('Id')} was not made by this probe.", means="It changes only what it made itself."
            )

    # sending

    def _patiently(
        self, method: str, path: str, parameters: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> Reply:
        for _ in range(_TRIES):
            if self._pause:
                self._wait(self._pause)
            reply = self._once(method, path, parameters, body)
            if reply.status != httpx.codes.TOO_MANY_REQUESTS:
                return reply
            self._wait(_WAIT)
        raise Throttled("The company refuses: too many requests.", do="Run the probe again in some minutes.")

    def _once(self, method: str, path: str, parameters: Mapping[str, str], body: Mapping[str, Any] | None) -> Reply:
        content = None if body is None else encode(dict(body))
        headers = {} if content is None else {"Content-Type": "application/json"}
        try:
            answer = self._client.request(method, path, params=dict(parameters), content=content, headers=headers)
        except httpx.HTTPError as error:
            raise NetworkFailed(f"{self.host} gave no answer ({type(error).__name__}).") from error
        if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise SignInFailed(
                f"{self.host} refuses the access token ({answer.status_code}).",
                do="Get a fresh one for this company; it lives for an hour.",
            )
        found: Any = {}
        if answer.content:
            try:
                found = decode(answer.content)
            except WrongUse:
                found = {}
        return Reply(answer.status_code, found if isinstance(found, dict) else {}, answer.headers)


_PARTIES: Final = {
    "VendorRef": ("Vendor",),
    "CustomerRef": ("Customer",),
    "EmployeeRef": ("Employee",),
    "EntityRef": ("Vendor", "Customer", "Employee"),  # one sequence of Ids, so the number tells them apart
}


def _cited(body: Any) -> Iterator[tuple[str, str]]:
    """(entity, Id) of the accounts and parties that a body names."""
    if isinstance(body, dict):
        for name, value in body.items():
            if isinstance(value, dict) and "value" in value:
                kinds = ("Account",) if name.endswith("AccountRef") else _PARTIES.get(name, ())
                yield from ((kind, str(value["value"])) for kind in kinds)
            yield from _cited(value)
    elif isinstance(body, list):
        for row in body:
            yield from _cited(row)
