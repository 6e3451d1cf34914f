"""The company: create, update, delete, void, read, query, change feed, batch, reports. No HTTP here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE, Delete
from akika_forensics.model.instants import now
from akika_forensics.model.money import cents
from akika_forensics.twin import operations, settings, standing, wire
from akika_forensics.twin.attachments import upload
from akika_forensics.twin.attachments.upload import Upload
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.twin.clock import ClockState, VirtualClock
from akika_forensics.twin.documents import entitlements
from akika_forensics.twin.http.request_log import RequestLog, Seen
from akika_forensics.twin.ledger import accounts, effects, inventory
from akika_forensics.twin.loading import raw
from akika_forensics.twin.loading.bulk import Bulk, uncollected
from akika_forensics.twin.papers import form, mailing
from akika_forensics.twin.people import actors, audit_log
from akika_forensics.twin.people.actors import Actor
from akika_forensics.twin.people.trail import User
from akika_forensics.twin.reading import feed, query
from akika_forensics.twin.reading.query import Result
from akika_forensics.twin.reports import request
from akika_forensics.twin.rules import rates, recurring, taxes
from akika_forensics.twin.screens import marks
from akika_forensics.twin.screens.desk import Screens
from akika_forensics.twin.session import Cache, Session
from akika_forensics.twin.store import Store
from akika_forensics.twin.tables import PostingRow


class Twin:
    """A QuickBooks company in a SQLite file, or in memory.

    Every method is one transaction: it applies whole or raises QuickBooksFault and applies nothing.
    Bodies come and go as decoded JSON, numbers with a fraction as ``Decimal``.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        clock: Callable[[], datetime] = now,
        realm_id: str | None = None,
        company_name: str | None = None,
        beliefs: Beliefs | None = None,
        founding: settings.Founding | None = None,
    ) -> None:
        """``beliefs`` are kept in the file; None takes those that are there, or the defaults."""
        self.clock = clock if isinstance(clock, VirtualClock) else VirtualClock(clock)
        self.path = path
        self._store = Store(path)
        self._cache = Cache()
        self._pending: list[tuple[str, str]] = []
        self._unposted: list[raw.Unposted] = []
        self.requests = RequestLog(self._store.served if path else None)
        with self._store.transaction():
            known = self._store.setting("realm_id")
            self._wind_clock()
            self.realm_id = known or realm_id or "4620816365291234500"
            if realm_id is not None and realm_id != self.realm_id:
                raise WrongUse(f"This file holds company {self.realm_id}, not {realm_id}.")
            self._store.set_setting("realm_id", self.realm_id)
            if beliefs is not None:
                self._store.believe(beliefs)
            if known is None:
                self._found(company_name or "Sample Company", founding or settings.Founding())

    def _wind_clock(self) -> None:
        stood = self.kept("clock")
        if stood is not None:
            self.clock.restore(ClockState.from_dict(stood))
        store = self._store  # not the twin: one that is let go of must close its file
        self.clock.on_change = lambda state: store.set_setting("clock", payloads.encode(state.as_dict()).decode())

    def kept(self, name: str) -> Any:
        """What ``keep`` wrote into the company's file under a name; None when it never did."""
        found = self._store.setting(name)
        return payloads.decode(found.encode()) if found is not None else None

    def keep(self, name: str, value: Any) -> None:
        """Write a JSON value of the server's own beside the company."""
        self._store.set_setting(name, payloads.encode(value).decode())

    def _found(self, name: str, founding: settings.Founding) -> None:
        session = Session(self._store, self._cache, self.clock.stamp())
        stamp = wire.metadata_time(session.moment)
        self._store.trail.put_user(User(actors.OWNER, settings.last_user(session), "owner@example.com", "admin"))
        session.put("CompanyInfo", settings.company_info(name, stamp, founding))
        session.put("Preferences", settings.preferences(stamp, founding))
        if founding.multicurrency:
            accounts.system(session, "exchange")
        session.flush()

    def close(self) -> None:
        self._store.close()

    def copy(self) -> Twin:
        """The same company once more, in memory, which goes its own way from here, and so does its clock."""
        other = Twin(clock=self.clock.copy())
        self.store.copy_into(other._store)
        other._cache.clear()
        other.realm_id = self.realm_id
        return other

    @property
    def store(self) -> Store:
        """The tables, with everything that was loaded posted."""
        self._settle_loaded()
        return self._store

    @property
    def beliefs(self) -> Beliefs:
        """What this company takes for granted of QuickBooks."""
        return self._store.beliefs

    def believe(self, beliefs: Beliefs) -> None:
        """Take something else for granted from the next request on."""
        with self._store.transaction():
            self._store.believe(beliefs)

    @property
    def log(self) -> list[Seen]:
        """The requests that were served, in the order in which they came."""
        return self.requests.entries

    @property
    def company_name(self) -> str:
        body = self.get("CompanyInfo", "1")
        return str(body.get("CompanyName", "")) if body else ""

    @property
    def unposted(self) -> tuple[raw.Unposted, ...]:
        """Loaded transactions that say too little to be posted."""
        self._settle_loaded()
        return tuple(self._unposted)

    @contextmanager
    def _session(self, at: datetime | None = None) -> Iterator[Session]:
        with self.transaction():
            session = Session(self._store, self._cache, at or self.clock.stamp())
            yield session
            effects.settle_balances(session)
            session.flush()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Several calls that are applied together or not at all."""
        self._settle_loaded()
        try:
            with self._store.transaction():
                yield
        except BaseException:
            self._cache.clear()
            raise

    def acting(self, actor: Actor, request: int | None = None) -> AbstractContextManager[None]:
        """Who does what is done within; ``request`` is its number in the log of requests."""
        return actors.acting(actor, request)

    def replay(self, request_id: str) -> tuple[int, bytes] | None:
        """Status and bytes of the first answer to a ``requestid``."""
        return self._store.replay(request_id, self.clock())

    def remember(self, request_id: str, status: int, response: bytes) -> None:
        self._store.remember(request_id, status, response, self.clock())

    # reading

    def get(self, entity: str, record_id: str) -> dict[str, Any] | None:
        """The record's body, or None."""
        payload = self.payload(entity, record_id)
        return payloads.decode(payload) if payload is not None else None

    def payload(self, entity: str, record_id: str) -> bytes | None:
        row = self._store.get(entity, str(record_id))
        return row.payload if row else None

    def payloads(self, entity: str) -> list[bytes]:
        """Every record of an entity as stored, in the order of the Ids."""
        return [row.payload for row in sorted(self._store.rows(entity), key=lambda row: row.id)]

    def exchange_rate(self, source: str, on: date) -> bytes:
        """The rate of a currency on a day as the service answers it. Raises QuickBooksFault 610."""
        with self._session() as session:
            return wire.encode("ExchangeRate", rates.find(session, source, on))

    def entitlements(self) -> dict[str, Any]:
        """What the plan of the company holds."""
        with self._session() as session:
            return entitlements.of(session)

    def count(self, entity: str, *, inactive: bool = False) -> int:
        """Records of an entity; inactive ones count only when asked for."""
        return self._store.count(entity, inactive=inactive or CATALOGUE[entity].delete is not Delete.SOFT)

    def query(self, statement: str) -> dict[str, Any]:
        """``{"QueryResponse": {…}}``. Raises QuickBooksFault 4000, 4001, 2030."""
        found = self.select(statement)
        return {"QueryResponse": payloads.decode(query.response(found))}

    def select(self, statement: str) -> Result:
        """Like ``query``, with the rows as stored bytes."""
        today = self.clock().astimezone(wire.PACIFIC).date()
        with self._store.transaction():
            return query.run(self._store, self._cache, statement, today)

    def change_feed(self, entities: Iterable[str], since: datetime) -> feed.Feed:
        """What changed since, by entity. Raises QuickBooksFault for entities and times it does not cover."""
        with self._store.transaction():
            feed.check_age(self._store.beliefs, since, self.clock())
            return feed.read(self._store, entities, since)

    def report(self, name: str, /, **parameters: str) -> dict[str, Any]:
        """A report of ``reports.catalogue`` in QuickBooks' report JSON."""
        with self._session() as session:
            return request.run(session, name, parameters)

    def pdf(self, entity: str, record_id: str) -> bytes:
        """A document on paper. Raises QuickBooksFault 500 for an entity that has none, 610."""
        with self._session() as session:
            return form.printed(session, entity, record_id)

    def dump(self) -> dict[tuple[str, str], bytes]:
        """Every record as stored."""
        return {(row.entity, row.id): row.payload for row in self._store.all_rows()}

    # writing

    def create(
        self,
        entity: str,
        body: Mapping[str, Any],
        *,
        id: str | None = None,  # noqa: A002 - the field's own name
        at: datetime | None = None,
        include: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Key a new record; gives it as stored. ``id`` and ``at`` force Id and time: for builders, not for clients.

        TaxService makes records of other kinds and gives its answer.
        """
        if entity == "TaxService":
            with self._session(at) as session:
                return taxes.create(session, dict(body))
        with self._session(at) as session:
            record_id = operations.create(session, entity, dict(body), id, frozenset(include))
        return self._stored(entity, record_id)

    def update(
        self,
        entity: str,
        body: Mapping[str, Any],
        *,
        at: datetime | None = None,
        include: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Full update, or sparse when the body says so; ``Id`` and ``SyncToken`` are in the body."""
        if "void" in include:
            return self.void(entity, body, at=at)
        with self._session(at) as session:
            record_id = operations.update(session, entity, dict(body), frozenset(include))
        return self._stored(entity, record_id)

    def delete(self, entity: str, body: Mapping[str, Any], *, at: datetime | None = None) -> dict[str, Any]:
        """Remove a transaction for good; gives the deleted stub."""
        if entity == recurring.ENTITY:
            with self._session(at) as session:
                kind, template = recurring.delete(session, dict(body))
            return {"domain": "QBO", "status": "Deleted", kind: {"Id": template}}
        with self._session(at) as session:
            record_id = operations.delete(session, entity, dict(body))
        return {"domain": "QBO", "status": "Deleted", "Id": record_id}

    def void(self, entity: str, body: Mapping[str, Any], *, at: datetime | None = None) -> dict[str, Any]:
        """Set all amounts to zero and let go of links; the record stays."""
        with self._session(at) as session:
            record_id = operations.void(session, entity, dict(body))
        return self._stored(entity, record_id)

    def attach(self, sent: Upload) -> dict[str, Any]:
        """Keep an uploaded file and key its Attachable; gives it as stored."""
        with self._session() as session:
            record_id = upload.store(session, self.realm_id, sent)
        return self._stored("Attachable", record_id)

    def send(self, entity: str, record_id: str, to: str = "") -> dict[str, Any]:
        """Say on a document that it was sent by e-mail; gives it as stored. Nothing is sent."""
        with self._session() as session:
            mailing.send(session, entity, record_id, to)
        return self._stored(entity, record_id)

    def batch(self, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The items of a ``BatchItemRequest``, each applied on its own; answers in the order of the items.

        Raises QuickBooksFault 1040 when there are too many.
        """
        from akika_forensics.twin.http import batching  # noqa: PLC0415 - it needs the engine

        return [payloads.decode(payloads.encode(row)) for row in batching.run(self, items)]

    def _stored(self, entity: str, record_id: str) -> dict[str, Any]:
        payload = self.payload(entity, record_id)
        if payload is None:
            raise WrongUse(f"{entity} {record_id} is gone.")
        return payloads.decode(payload)  # type: ignore[no-any-return]  # a stored record is an object

    # what people do on QuickBooks' own screens, and how the company stands

    @property
    def screens(self) -> Screens:
        """What only QuickBooks' own screens can do, by people who act under their names."""
        return Screens(self._store, self._session)

    def audit_log(self, asked: audit_log.Asked | None = None) -> bytes:
        """The Audit Log as the screens export it, in CSV."""
        return audit_log.export(self.store, self.clock(), asked or audit_log.Asked())

    def match_bank(self, entity: str, record_id: str, *, matched: bool = True) -> None:
        """Match a transaction to a line of the bank's feed: it can be neither changed nor deleted until unmatched.

        Raises WrongUse for a record that is not there or moves no bank or card account.
        """
        with self._session() as session:
            marks.mark(session, entity, record_id, marks.MATCHED, on=matched)

    def reconcile(self, entity: str, record_id: str, *, reconciled: bool = True) -> None:
        """Tick a transaction off a statement; like QuickBooks', the twin then changes and deletes it without a word."""
        with self._session() as session:
            marks.mark(session, entity, record_id, marks.RECONCILED, on=reconciled)

    def bank_marks(self, entity: str, record_id: str) -> frozenset[str]:
        """``matched`` and ``reconciled``, as far as they hold."""
        return self._store.marks(entity, record_id)

    def stand(self, code: str | None) -> None:
        """Refuse every request with a code that stands for the company, such as 140 (locked); None ends it."""
        with self._store.transaction():
            standing.stand(self._store, code)

    def name_user(self, name: str) -> None:
        """Who is told to have saved last, where a token is stale."""
        with self._store.transaction():
            self._store.set_setting("user", name)

    # loading

    def put_raw(self, entity: str, payload: bytes, *, post: bool = True) -> None:
        """Store a record as received, without any rule, in place of one with the same Id.

        With ``post`` its postings, links and stock follow from the document, as soon as all it cites is there;
        the balances in the payloads stay as they are. What cannot be posted is listed in ``unposted``.
        """
        with self._store.transaction():
            session = Session(self._store, self._cache, self.clock())
            record_id = raw.store(session, entity, payload)
            if post and entity in CATALOGUE:
                self._pending.append((entity, record_id))

    @contextmanager
    def bulk(self, *, in_order: bool = False) -> Iterator[Bulk]:
        """Many records at once, like ``put_raw`` of each; see ``loading.bulk``.

        ``in_order``: lists come first, and no transaction before what it is linked to.
        """
        with self.transaction(), uncollected():
            bulk = Bulk(self._store, self.clock(), in_order=in_order)
            yield bulk
            self._unposted += bulk.finish()
            self._cache.clear()

    @contextmanager
    def beside(self) -> Iterator[Store]:
        """The tables, to be written beside every rule by whoever knows what they say; all or nothing."""
        with self.transaction():
            yield self._store
            self._cache.clear()

    def _settle_loaded(self) -> None:
        if not self._pending:
            return
        with self._store.transaction():
            pending = dict.fromkeys(self._pending)
            session = Session(self._store, self._cache, self.clock())
            for entity, record_id in pending:
                left = raw.settle(session, entity, record_id)
                if left is not None:
                    self._unposted.append(left)
            raw.settle_items(session)
            session.flush()
            self._pending.clear()

    def post_opaque(self, on: date, amounts: Mapping[str, Decimal], label: str) -> None:
        """An opening entry that no document explains: account Id to amount, debit positive.

        It moves the trial balance, not the balances shown on records. Raises WrongUse when it does not balance or
        names an account that is not there.
        """
        with self._session() as session:
            rows = [
                PostingRow(on.isoformat(), account, int(cents(amount) * 100))
                for account, amount in amounts.items()
                if cents(amount)
            ]
            if sum(row.cents for row in rows):
                raise WrongUse("An opening entry must balance.")
            unknown = [row.account for row in rows if session.find("Account", row.account) is None]
            if unknown:
                raise WrongUse(f"There is no account {unknown[0]}.")
            number = self._store.next_in("opaque")
            self._store.set_postings(inventory.OPENING, f"{number}:{label}", rows)
