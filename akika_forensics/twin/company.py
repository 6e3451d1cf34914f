"""The company in its file: opened, its clock, its units of work, records that are loaded. What is asked of it is in ``engine``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.instants import now
from akika_forensics.model.money import cents
from akika_forensics.twin import settings, wire
from akika_forensics.twin.answered import A_DAY
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.twin.clock import ClockState, VirtualClock
from akika_forensics.twin.http.request_log import RequestLog, Seen
from akika_forensics.twin.ledger import accounts, balances, inventory
from akika_forensics.twin.loading import raw
from akika_forensics.twin.loading.bulk import Bulk, uncollected
from akika_forensics.twin.people import actors
from akika_forensics.twin.people.actors import Actor
from akika_forensics.twin.people.trail import User
from akika_forensics.twin.session import Cache, Session
from akika_forensics.twin.store import Store
from akika_forensics.twin.tables import PostingRow


class Company:
    """A company in a SQLite file, or in memory: what every act on it stands on."""

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
    def unposted(self) -> tuple[raw.Unposted, ...]:
        """Loaded transactions that say too little to be posted."""
        self._settle_loaded()
        return tuple(self._unposted)

    @contextmanager
    def _session(self, at: datetime | None = None) -> Iterator[Session]:
        with self.transaction():
            session = Session(self._store, self._cache, at or self.clock.stamp())
            yield session
            balances.settle_balances(session)
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
        forgets = self.beliefs.choice("requestid_kept") == "for_a_day"
        return self._store.answered.find(request_id, self.clock() - A_DAY if forgets else None)

    def remember(self, request_id: str, status: int, response: bytes) -> None:
        self._store.answered.keep(request_id, status, response, self.clock())

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
    def bulk(self, *, in_order: bool = False, opening_costs: Mapping[str, Decimal] | None = None) -> Iterator[Bulk]:
        """Many records at once, like ``put_raw`` of each; see ``loading.bulk``.

        ``in_order``: lists come first, and no transaction before what it is linked to. ``opening_costs`` (by item Id): what a unit of
        first stock cost, where that is not the purchase price of the record; into a company without books alone.
        """
        with self.transaction(), uncollected():
            bulk = Bulk(self._store, self.clock(), in_order=in_order, opening_costs=opening_costs or {})
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
