"""Reading a company: everything here passes the write-block, nothing here can change the books."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self

import httpx
import msgspec

from akika_forensics.errors import Fault, NetworkFailed, WrongUse
from akika_forensics.model import payload
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import answers, faults, statements
from akika_forensics.quickbooks.answers import Rows, Slice
from akika_forensics.quickbooks.change_feed import ChangeFeed, FeedReading
from akika_forensics.quickbooks.connection import Connection, TokenStore
from akika_forensics.quickbooks.limits import Limits, Pace, allowance_of
from akika_forensics.quickbooks.paging import Page, PagePlan, pages_in_turn
from akika_forensics.quickbooks.sign_in import SignIn
from akika_forensics.quickbooks.transport import Log, Paced, RequestLine, Retry, Spelled
from akika_forensics.quickbooks.write_block import WriteBlock

MINOR_VERSION: Final = "75"
BATCH_SIZE: Final = 30
"""Items of one batch. Source: QuickBooks API, batch: 30 recommended, over-size is error 1040."""

_BATCH_ROWS: Final = 30
"""Rows of one query in a batch. Source: QuickBooks API, batch: 1000 objects an answer at most."""

_READINGS: Final = 3
_QUERY_REFUSED: Final = frozenset({"4000", "4001"})
_GONE: Final = "610"
_SAFE_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NAMES_ACTIVE: Final = re.compile(r"\bactive\b", re.IGNORECASE)
_READ_WITHOUT_ID: Final = frozenset({"CompanyInfo", "Preferences"})


def open_reader(
    connection: Connection,
    tokens: TokenStore,
    *,
    limits: Limits | None = None,
    on_request: Callable[[RequestLine], None] | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Reader:
    """A reader of one company. ``transport`` replaces the network below the write-block."""
    return Reader(connection, tokens, limits or Limits(), on_request, transport)


class Sweep:
    """All records of one entity, inactive ones too; iterating asks page after page.

    A record met twice comes twice, the later reading last. ``notes`` are (code, sentence) pairs about what was odd.
    """

    def __init__(self, reader: Reader, entity: str) -> None:
        self._reader, self._entity = reader, entity
        self.notes: list[tuple[str, str]] = []

    def __iter__(self) -> Iterator[Slice]:
        plan = PagePlan()
        seen: dict[RecordKey, bytes] = {}
        for position in pages_in_turn(plan):
            page = self._reader.page(self._entity, position, size=plan.size)
            plan.accept(page)
            self.notes.extend(note for note in page.notes if note not in self.notes)
            for cut in page.slices:
                if seen.get(cut.key) != cut.payload:
                    seen[cut.key] = cut.payload
                    yield cut
        if not plan.stable:
            self.notes.append(("paging_unstable", f"The list of {self._entity} kept moving while it was read."))


class Reader:
    """One company through the write-block. Threads may share it. Close it, or use it as a context manager.

    Every method raises a ServiceError: NetworkFailed, Throttled, SignInFailed, or Fault with QuickBooks' own rows.
    """

    def __init__(
        self,
        connection: Connection,
        tokens: TokenStore,
        limits: Limits,
        on_request: Callable[[RequestLine], None] | None,
        transport: httpx.BaseTransport | None,
    ) -> None:
        self.connection = connection
        self._pace = Pace(limits, allowance_of(connection.company_url, limits))
        base = transport or httpx.HTTPTransport(limits=httpx.Limits(max_connections=limits.in_flight))
        guarded = WriteBlock(base, connection)
        spelled = Spelled(Paced(guarded, limits, self._pace))
        stack = Log(Retry(spelled, limits, self._pace, lambda _: True), limits.clock, on_request)
        self._client = httpx.Client(
            transport=stack,
            auth=SignIn(connection, tokens, limits.clock),
            headers={"Accept": "application/json", "User-Agent": "akika-forensics"},
            timeout=httpx.Timeout(limits.read_timeout, connect=limits.connect_timeout, pool=None),
            follow_redirects=False,
            trust_env=False,
        )
        self._lock = threading.Lock()
        self._forms: dict[str, int] = {}
        self._search_orders: dict[str, int] = {}
        self._feed = FeedReading(self._get)
        self._server_time: datetime | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def stop(self) -> None:
        """For another thread: every request that has not left yet, and all that follow, raise Interrupted."""
        self._pace.stop()

    @property
    def requests(self) -> int:
        """HTTP requests that left so far, every try and token request counted."""
        return self._pace.turns

    @property
    def server_time(self) -> datetime | None:
        """The latest time that the server has named in an answer; None before the first."""
        return self._server_time

    def company(self) -> tuple[Company, bytes]:
        """The company and the payload of its CompanyInfo."""
        cut = self.read(RecordKey("CompanyInfo", "1"))
        if cut is None:
            raise Fault("QuickBooks has no CompanyInfo for this company.", status=200)
        name = payload.decode(cut.payload).get("CompanyName") or self.connection.name
        return Company(self.connection.realm_id, str(name), self.connection.base_url), cut.payload

    def counts(self, entities: Iterable[str]) -> dict[str, int]:
        """How many records QuickBooks counts, inactive ones too; an entity whose count is refused is absent."""
        names = [name for name in entities if CATALOGUE[name].queryable is not False]
        found: dict[str, int] = {}
        for start in range(0, len(names), BATCH_SIZE):
            found.update(self._count_batch(names[start : start + BATCH_SIZE]))
        return found

    def sweep(self, entity: str) -> Sweep:
        """Every record of an entity, page after page, while it is iterated."""
        return Sweep(self, entity)

    def page(self, entity: str, position: int, *, size: int = statements.PAGE_SIZE) -> Page:
        """One page of the list of an entity, inactive ones too, in the steadiest order QuickBooks accepts."""
        asked = f"the list of {entity}"
        if CATALOGUE[entity].queryable is False:
            return self._listed_by_read(entity, position, size)
        forms = _forms(entity)
        form = self._forms.get(entity, 0)
        while True:
            inactive, order = forms[form]
            where = statements.everything(entity, inactive=inactive)
            statement = statements.select(entity, where, order=order, start=position, size=size)
            try:
                rows, at = self._query(entity, statement, asked)
            except Fault as error:
                if not error.fault_codes & _QUERY_REFUSED or form + 1 == len(forms):
                    if entity in _READ_WITHOUT_ID and position == 1:
                        cut = self.read(RecordKey(entity, "1"))
                        return Page(1, size, () if cut is None else (cut,), self._server_time)
                    raise
                form += 1
                continue
            with self._lock:
                self._forms[entity] = max(form, self._forms.get(entity, 0))
            return Page(position, size, rows.slices, at, (*_notes_of_form(entity, forms, form), *_notes(entity, rows)))

    def change_feed(self, entities: Iterable[str], since: datetime) -> ChangeFeed:
        """What changed since then. A list of entities that is too much for one answer is split; ``truncated`` says
        that even one entity alone was too much.
        """
        return self._feed.read(list(entities), since)

    def read(self, key: RecordKey) -> Slice | None:
        """The record as it is now, None when it is gone."""
        if key.entity == "ExchangeRate" or key.id.startswith(answers.NO_ID):
            return next((cut for cut in self.sweep(key.entity) if cut.key == key), None)
        asked = str(key)
        try:
            members, _ = self._get(self._address_of(key), {}, asked)
        except Fault as error:
            if _GONE in error.fault_codes:
                return None
            raise
        return answers.single(key.entity, members, asked)

    def _address_of(self, key: RecordKey) -> str:
        row = CATALOGUE[key.entity]
        if not row.can("read"):
            raise WrongUse(f"QuickBooks offers no way to read one {key.entity}.")
        if key.entity == "CompanyInfo":
            return f"{row.path}/{self.connection.realm_id}"
        if key.entity in _READ_WITHOUT_ID:
            return row.path
        if not _SAFE_ID.fullmatch(key.id):
            raise WrongUse(f"{key.id!r} is not an Id of QuickBooks.")
        return f"{row.path}/{key.id}"

    def query(self, entity: str, where: str) -> list[Slice]:
        """All records that a condition meets; inactive ones too unless the condition speaks of ``Active``."""
        whole = _including_inactive(entity, where)
        orders = _orders(entity)
        for at in range(self._search_orders.get(entity, 0), len(orders)):
            try:
                found = self._searched(entity, whole, orders[at])
            except Fault as error:
                # Whether the order or the condition was refused, the answer does not tell for certain.
                if not error.fault_codes & _QUERY_REFUSED or at + 1 == len(orders):
                    raise
                continue
            with self._lock:
                self._search_orders[entity] = at
            return found
        raise AssertionError("the last order returns or raises")

    def _searched(self, entity: str, whole: str, order: str) -> list[Slice]:
        plan = PagePlan()
        found: dict[RecordKey, Slice] = {}
        for position in pages_in_turn(plan):
            statement = statements.select(entity, whole, order=order, start=position)
            rows, at = self._query(entity, statement, f"a search in {entity}")
            plan.accept(Page(position, plan.size, rows.slices, at))
            found.update((cut.key, cut) for cut in rows.slices)
        return list(found.values())

    def report(self, name: str, **parameters: str) -> bytes:
        """The whole answer of a report such as ``TrialBalance``, byte for byte."""
        if not name.isascii() or not name.isalnum():
            raise WrongUse(f"{name!r} is not a report of QuickBooks.")
        _, response = self._get(f"reports/{name}", dict(parameters), f"the report {name}")
        return response.content

    def query_many(self, searches: Iterable[tuple[str, str]]) -> dict[str, list[Slice] | Fault]:
        """The answer of ``query`` for each (entity, where), or the fault it was refused with; few requests for all."""
        waiting = list(searches)
        found: dict[str, list[Slice] | Fault] = {}
        for start in range(0, len(waiting), BATCH_SIZE):
            chunk = waiting[start : start + BATCH_SIZE]
            statement = {
                name: statements.select(name, _including_inactive(name, where), size=_BATCH_ROWS)
                for name, where in chunk
            }
            asked = "a search in several lists"
            for (name, where), answer in zip(chunk, self._batch(list(statement.values()), asked), strict=True):
                if isinstance(answer, Fault):
                    found[name] = answer
                    continue
                rows = answers.rows_of(name, answer, asked)
                few = len(rows.slices) < _BATCH_ROWS
                found[name] = list(rows.slices) if few else self.query(name, where)
        return found

    def _count_batch(self, names: list[str]) -> dict[str, int]:
        asked = "the counts of records"
        queries = [statements.count(name, statements.everything(name)) for name in names]
        return {
            name: answers.counted(answer, asked)
            for name, answer in zip(names, self._batch(queries, asked), strict=True)
            if not isinstance(answer, Fault)
        }

    def _batch(self, queries: list[str], asked: str) -> list[msgspec.Raw | Fault]:
        """The QueryResponse of each query or the fault it was refused with, in order; one request."""
        items = [{"bId": f"q{number}", "Query": query} for number, query in enumerate(queries)]
        try:
            members, _ = self._ask("POST", "batch", {}, asked, msgspec.json.encode({"BatchItemRequest": items}))
        except Fault:
            return [self._alone(query, asked) for query in queries]
        found: dict[str, msgspec.Raw | Fault] = {}
        try:
            for item in msgspec.json.decode(members["BatchItemResponse"], type=list[dict[str, msgspec.Raw]]):
                refused = answers.fault_in(item, asked)
                if refused is not None and not isinstance(refused, Fault):
                    raise refused
                found[msgspec.json.decode(item["bId"], type=str)] = refused or item["QueryResponse"]
            return [found[f"q{number}"] for number in range(len(queries))]
        except (KeyError, msgspec.DecodeError):
            raise faults.unreadable(asked, "its items are not the ones asked for") from None

    def _alone(self, query: str, asked: str) -> msgspec.Raw | Fault:
        """A query by itself, for a service that refuses to take several at once."""
        try:
            members, _ = self._get("query", {"query": query}, asked)
        except Fault as error:
            return error
        return members.get("QueryResponse", msgspec.Raw(b"{}"))

    def _query(self, entity: str, statement: str, asked: str) -> tuple[Rows, datetime | None]:
        members, response = self._get("query", {"query": statement}, asked)
        if "QueryResponse" not in members:
            raise faults.unreadable(asked, "it holds no QueryResponse")
        return answers.rows_of(entity, members["QueryResponse"], asked), answers.server_time(members, response)

    def _listed_by_read(self, entity: str, position: int, size: int) -> Page:
        row = CATALOGUE[entity]
        if not row.can("read"):
            raise WrongUse(f"QuickBooks offers no list of {entity}.")
        asked = f"the list of {entity}"
        if position > 1:
            return Page(position, size, (), self._server_time)
        members, response = self._get(row.path, {}, asked)
        group = members.get("QueryResponse")
        if group is None:
            group = msgspec.Raw(msgspec.json.encode({name: raw for name, raw in members.items() if name != "time"}))
        rows = answers.rows_of(entity, group, asked)
        at = answers.server_time(members, response)
        return Page(1, len(rows.slices) + 1, rows.slices, at, tuple(_notes(entity, rows)))

    def _get(
        self, address: str, parameters: dict[str, str], asked: str
    ) -> tuple[dict[str, msgspec.Raw], httpx.Response]:
        return self._ask("GET", address, parameters, asked, None)

    def _ask(
        self, method: str, address: str, parameters: dict[str, str], asked: str, body: bytes | None
    ) -> tuple[dict[str, msgspec.Raw], httpx.Response]:
        """A read whose answer is a JSON object; an answer that cannot be read is asked for again."""
        for reading in range(_READINGS):
            response = self._send(method, address, parameters, asked, body)
            try:
                members = answers.opened(response.content, asked)
            except NetworkFailed:
                if reading == _READINGS - 1:
                    raise
                continue
            at = answers.server_time(members, response)
            with self._lock:
                if at is not None and (self._server_time is None or at > self._server_time):
                    self._server_time = at
            return members, response
        raise AssertionError("the last reading returns or raises")

    def _send(
        self, method: str, address: str, parameters: dict[str, str], asked: str, body: bytes | None
    ) -> httpx.Response:
        headers: dict[str, str] = {} if body is None else {"Content-Type": "application/json"}
        options: dict[str, Any] = {} if body is None else {"content": body}
        try:
            response = self._client.request(
                method,
                f"{self.connection.company_url}/{address}",
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


def _including_inactive(entity: str, where: str) -> str:
    return statements.everything(entity, where, inactive=not _NAMES_ACTIVE.search(where))


def _forms(entity: str) -> list[tuple[bool, str]]:
    """(inactive too, order), the best first; later ones are for a service that refuses the earlier."""
    if entity in _READ_WITHOUT_ID:
        return [(True, statements.UNORDERED)]
    orders = _orders(entity)
    switches = (True, False) if statements.hides_inactive(entity) else (True,)
    return [(inactive, order) for inactive in switches for order in orders]


def _orders(entity: str) -> list[str]:
    """The orders of a list, the steadiest first."""
    by_id = [statements.BY_ID] if statements.BY_ID in CATALOGUE[entity].sortable else []
    return [*by_id, statements.BY_CHANGE, statements.UNORDERED]


def _notes_of_form(entity: str, forms: list[tuple[bool, str]], form: int) -> Iterator[tuple[str, str]]:
    inactive, order = forms[form]
    if not inactive:
        yield "inactive_hidden", f"QuickBooks refused to list inactive {entity} records."
    if order == forms[0][1]:
        return
    if order == statements.BY_CHANGE:
        yield "ordered_by_change", f"QuickBooks refused to list {entity} by {forms[0][1]}; it was listed by {order}."
    else:
        yield "order_refused", f"QuickBooks refused to list {entity} by {forms[0][1]}."


def _notes(entity: str, rows: Rows) -> Iterator[tuple[str, str]]:
    for name in rows.unknown:
        yield "unknown_key", f"The list of {entity} came with the unknown key {name!r}."
    if rows.declared is not None and rows.declared != len(rows.slices) + len(rows.deleted):
        yield "rows_missing", f"A page of {entity} declared {rows.declared} rows and held {len(rows.slices)}."
