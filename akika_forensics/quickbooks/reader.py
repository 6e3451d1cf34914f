"""Reading a company: everything here passes the write-block, nothing here can change the books."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Final, Self

import httpx

from akika_forensics.errors import Fault, WrongUse
from akika_forensics.model import payload
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import answers, statements
from akika_forensics.quickbooks.answers import Slice
from akika_forensics.quickbooks.batches import ROWS, Batches
from akika_forensics.quickbooks.change_feed import ChangeFeed, FeedReading
from akika_forensics.quickbooks.connection import Connection, TokenStore
from akika_forensics.quickbooks.limits import Limits, Pace, allowance_of
from akika_forensics.quickbooks.lists import READ_WITHOUT_ID, Lists, including_inactive, notes
from akika_forensics.quickbooks.network import network
from akika_forensics.quickbooks.paging import Page, PagePlan, pages_in_turn
from akika_forensics.quickbooks.questions import Answered, Questions, number_of
from akika_forensics.quickbooks.sign_in import SignIn
from akika_forensics.quickbooks.transport import Log, Paced, RequestLine, Retry, Spelled
from akika_forensics.quickbooks.write_block import WriteBlock

_GONE: Final = "610"
_SAFE_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


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
        self.clock = limits.clock
        self._pace = Pace(limits, allowance_of(connection.company_url, limits))
        base = transport or network(limits=httpx.Limits(max_connections=limits.in_flight))
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
        self._questions = Questions(self._client, connection.company_url)
        self._lists = Lists(self._questions, self.read)
        self._batches = Batches(self._questions, self._lists.search)
        self._feed = FeedReading(self._questions.get)

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
    def answered(self) -> list[Answered]:
        """Every answer that could be read so far; a record's ``answer`` is its place here, counted from 1."""
        return self._questions.answered

    @property
    def server_time(self) -> datetime | None:
        """The latest time that the server has named in an answer; None before the first."""
        return self._questions.server_time

    @property
    def counted_at(self) -> datetime | None:
        """When the last counts were taken, by the server's own word; None where it said none."""
        return self._batches.counted_at

    def company(self) -> tuple[Company, bytes]:
        """The company and the payload of its CompanyInfo."""
        cut = self.read(RecordKey("CompanyInfo", "1"))
        if cut is None:
            raise Fault("QuickBooks has no CompanyInfo for this company.", status=200)
        name = payload.decode(cut.payload).get("CompanyName") or self.connection.name
        return Company(self.connection.realm_id, str(name), self.connection.base_url), cut.payload

    def counts(self, entities: Iterable[str]) -> dict[str, int]:
        """How many records QuickBooks counts, inactive ones too; an entity whose count is refused is absent."""
        return self.counts_beside(entities, ())[0]

    def counts_beside(self, entities: Iterable[str], singles: Iterable[str]) -> tuple[dict[str, int], list[Slice]]:
        """`counts`, and out of the same requests the record of entities of which a company has one; of one that is refused none."""
        names = [name for name in entities if CATALOGUE[name].queryable is not False]
        searches = [(name, including_inactive(name, "")) for name in names]
        counts, rows = self._batches.counts_beside(searches, singles)
        counted = {name: found for name, found in zip(names, counts, strict=True) if not isinstance(found, Fault)}
        return counted, [cut for one in rows if one is not None for cut in one.slices]

    def count_many(self, searches: Iterable[tuple[str, str]]) -> list[int | Fault]:
        """How many records meet each (entity, condition), inactive ones too, or the fault it was refused with, in order.

        Few requests for all.
        """
        return self._batches.counts((name, including_inactive(name, where)) for name, where in searches)

    def sweep(self, entity: str) -> Sweep:
        """Every record of an entity, page after page, while it is iterated."""
        return Sweep(self, entity)

    def page(self, entity: str, position: int, *, size: int = statements.PAGE_SIZE) -> Page:
        """One page of the list of an entity, inactive ones too, in the steadiest order QuickBooks accepts."""
        return self._lists.page(entity, position, size)

    def short_lists(self, entities: Iterable[str]) -> dict[str, Page]:
        """The whole lists of entities that have few records, inactive ones too, in few requests.

        Those that turn out longer, are refused or come in no readable form are absent: `page` is for them.
        """
        names = list(entities)
        found = zip(names, self._batches.lists(names), strict=True)
        at = self._questions.server_time
        return {
            name: Page(1, ROWS, rows.slices, at, tuple(notes(name, rows))) for name, rows in found if rows is not None
        }

    def change_feed(
        self, entities: Iterable[str], since: datetime, *, sizes: Mapping[str, int] | None = None
    ) -> ChangeFeed:
        """What changed since then. A list of entities that is too much for one answer is split; ``truncated`` says
        that even one entity alone was too much. ``sizes``: how many records changed, as far as that is known.
        """
        return self._feed.read(list(entities), since, sizes)

    def change_feed_answer(self, entities: Iterable[str], since: datetime) -> ChangeFeed:
        """What one request tells of the changes since then, and no more: where it is cut off all its entities are truncated.

        Raises Fault where the feed is refused for one of them, or does not reach so far back.
        """
        return self._feed.answer(list(entities), since)

    def read(self, key: RecordKey) -> Slice | None:
        """The record as it is now, None when it is gone."""
        if key.entity == "ExchangeRate" or key.id.startswith(answers.NO_ID):
            return next((cut for cut in self.sweep(key.entity) if cut.key == key), None)
        asked = str(key)
        try:
            members, response = self._questions.get(self._address_of(key), {}, asked)
        except Fault as error:
            if _GONE in error.fault_codes:
                return None
            raise
        return answers.single(key.entity, members, asked, number_of(response))

    def file_address(self, key: RecordKey) -> str | None:
        """A fresh temporary address of the file of an Attachable, None when QuickBooks has none."""
        if not _SAFE_ID.fullmatch(key.id):
            raise WrongUse(f"{key.id!r} is not an Id of QuickBooks.")
        try:
            return self._questions.text(f"download/{key.id}", f"the file of {key}").strip('"')
        except Fault as error:
            if _GONE in error.fault_codes or error.status == httpx.codes.NOT_FOUND:
                return None
            raise

    def _address_of(self, key: RecordKey) -> str:
        row = CATALOGUE[key.entity]
        if not row.can("read"):
            raise WrongUse(f"QuickBooks offers no way to read one {key.entity}.")
        if key.entity == "CompanyInfo":
            return f"{row.path}/{self.connection.realm_id}"
        if key.entity in READ_WITHOUT_ID:
            return row.path
        if not _SAFE_ID.fullmatch(key.id):
            raise WrongUse(f"{key.id!r} is not an Id of QuickBooks.")
        return f"{row.path}/{key.id}"

    def query(self, entity: str, where: str) -> list[Slice]:
        """All records that a condition meets; inactive ones too unless the condition speaks of ``Active``."""
        return self._lists.search(entity, where)

    def report(self, name: str, **parameters: str) -> bytes:
        """The whole answer of a report such as ``TrialBalance``, byte for byte."""
        if not name.isascii() or not name.isalnum():
            raise WrongUse(f"{name!r} is not a report of QuickBooks.")
        _, response = self._questions.get(f"reports/{name}", dict(parameters), f"the report {name}")
        return response.content

    def query_many(self, searches: Iterable[tuple[str, str]]) -> list[list[Slice] | Fault]:
        """The answer of ``query`` for each (entity, where), or the fault it was refused with, in order; few requests."""
        return self._batches.searches((name, including_inactive(name, where)) for name, where in searches)
