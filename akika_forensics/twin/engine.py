"""The company: create, update, delete, void, read, query, change feed, batch, reports. No HTTP here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE, Delete
from akika_forensics.twin import operations, standing, wire
from akika_forensics.twin.attachments import upload
from akika_forensics.twin.attachments.upload import Upload
from akika_forensics.twin.company import Company
from akika_forensics.twin.documents import entitlements
from akika_forensics.twin.papers import form, mailing
from akika_forensics.twin.people import audit_log
from akika_forensics.twin.reading import feed, query
from akika_forensics.twin.reading.query import Result
from akika_forensics.twin.reports import request
from akika_forensics.twin.rules import rates, recurring, taxes
from akika_forensics.twin.screens import marks
from akika_forensics.twin.screens.desk import Screens


class Twin(Company):
    """A QuickBooks company in a SQLite file, or in memory.

    Every method is one transaction: it applies whole or raises QuickBooksFault and applies nothing.
    Bodies come and go as decoded JSON, numbers with a fraction as ``Decimal``.
    """

    def copy(self) -> Twin:
        """The same company once more, in memory, which goes its own way from here, and so does its clock."""
        other = Twin(clock=self.clock.copy())
        self.store.copy_into(other._store)
        other._cache.clear()
        other.realm_id = self.realm_id
        return other

    # reading

    @property
    def company_name(self) -> str:
        body = self.get("CompanyInfo", "1")
        return str(body.get("CompanyName", "")) if body else ""

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
