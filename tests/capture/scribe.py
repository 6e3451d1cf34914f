"""Somebody who works in the books all the time that they are captured, and a record of which version was live when."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from akika_forensics.errors import AkikaError
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE, Delete
from akika_forensics.twin import QuickBooksFault
from tests.twin.conftest import Body, Books, Clock, ref
from tests.twin.life import RECIPES

Key = tuple[str, str]

_CREATED = [name for name, recipe in RECIPES.items() if recipe.body is not None and name != "TaxService"]
_UNIQUE = {"Name", "DisplayName", "FamilyName"}
_CODES = ["EUR", "GBP", "CHF", "SEK", "JPY", "AUD", "CAD", "NOK"]
_TICK = timedelta(milliseconds=40)
_SHOWN_TO = timedelta(milliseconds=1)
"""Times in answers are cut to milliseconds."""


class Nothing(Exception):
    """No record is left that something could be done to."""


class FineClock(Clock):
    """Moves on by a fraction of a second a look: several changes have the same whole second on them."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self.now += _TICK
            return self.now


@dataclass
class Life:
    """A body, or None while the record is not there: from when to when at the least and at the most."""

    body: bytes | None
    began: datetime
    begun: datetime
    ending: datetime | None = None
    ended: datetime | None = None

    def may_be_at(self, first: datetime, last: datetime) -> bool:
        """Whether it may have been so at some moment of an interval."""
        return self.began <= last and (self.ended is None or first <= self.ended)

    def is_throughout(self, first: datetime, last: datetime) -> bool:
        return self.begun <= first and (self.ending is None or last <= self.ending)


@dataclass
class Scribe:
    """``acts`` at most; each when ``stir`` is called, by chance. ``done`` names them, ``met`` counts (entity, what became of it).

    Where it ``merges`` names, captures of changes become full ones; where it does not, they stay.
    """

    books: Books
    rng: random.Random
    acts: int = 60
    rate: float = 0.3
    merges: bool = True
    done: list[str] = field(default_factory=list)
    met: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._number = 0
        self._rates = 0
        self.lives: dict[Key, list[Life]] = {}
        self._state: dict[Key, bytes] = {}
        self.look(self.books.twin.clock())

    def stir(self, *_: Any) -> None:
        with self._lock:
            while self.acts > 0 and self.rng.random() < self.rate:
                self.acts -= 1
                self.act()

    def act(self) -> None:
        with self._lock:
            began = self.books.twin.clock()
            name, deed = self.rng.choice(list(self._deeds()))
            try:
                deed()
                self.done.append(name)
            except (QuickBooksFault, AkikaError, Nothing):
                pass
            self.look(began)

    def look(self, began: datetime) -> None:
        """Note what has changed since ``began`` at the earliest."""
        after, now = self.books.twin.dump(), self.books.twin.clock()
        for key in self._state.keys() | after.keys():
            body = after.get(key)
            if self._state.get(key) == body:
                continue
            if self.lives:
                self.met[key[0], "created" if key not in self._state else "edited" if body is not None else "gone"] += 1
            lives = self.lives.setdefault(key, [Life(None, datetime.min.replace(tzinfo=began.tzinfo), began)])
            lives[-1].ending, lives[-1].ended = began, now
            lives.append(Life(body, began, now))
        self._state = after

    # what may be done

    def _deeds(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        yield "create", self._create
        yield "create", self._create
        yield "edit", self._edit
        yield "edit", self._edit
        yield "delete", self._delete
        yield "delete", self._delete
        yield "void", self._void
        yield "inactive", self._switch
        if self.merges:
            yield "merge", self._merge
        yield "rate", self._set_rate
        yield "tax", self._tax

    def _create(self) -> None:
        entity = self.rng.choice(_CREATED)
        body = RECIPES[entity].body(self._books_now())  # type: ignore[misc] -- those of _CREATED have one
        self._number += 1
        for name in _UNIQUE & body.keys():
            body[name] = f"{body[name]} {self._number}"
        if entity == "RecurringTransaction":
            body["Invoice"]["RecurringInfo"]["Name"] = f"Template {self._number}"
        if entity == "CompanyCurrency":
            body["Code"] = self.rng.choice(_CODES)
        self.books.twin.create(entity, body)

    def _books_now(self) -> Books:
        """With parties and accounts that are there: others may have been merged away."""
        now = self.books
        now.ann = self._some("Customer") or now.ann
        now.lumber = now.power = self._some("Vendor") or now.lumber
        return now

    def _some(self, entity: str) -> str | None:
        ids = [
            record_id
            for (name, record_id), payload in self._state.items()
            if name == entity and b'"Active":false' not in payload.replace(b" ", b"")
        ]
        return self.rng.choice(sorted(ids)) if ids else None

    def _pick(self, wanted: Callable[[str], bool]) -> tuple[str, Body]:
        """Of an entity as likely as of another, however many records each has."""
        entities = sorted({name for name, _ in self._state if wanted(name)})
        if not entities:
            raise Nothing
        entity = self.rng.choice(entities)
        record_id = self.rng.choice(sorted(record_id for name, record_id in self._state if name == entity))
        return entity, json.loads(self._state[entity, record_id], parse_float=str)

    def _edit(self) -> None:
        entity, body = self._pick(lambda name: CATALOGUE[name].can("update") and name != "ExchangeRate")
        self._number += 1
        change = dict(RECIPES[entity].change)
        for name, value in change.items():
            if isinstance(value, str):
                change[name] = f"{value} {self._number}"
        self.books.twin.update(entity, {**change, "Id": body["Id"], "SyncToken": body["SyncToken"], "sparse": True})

    def _delete(self) -> None:
        entity, body = self._pick(lambda name: CATALOGUE[name].delete is Delete.HARD and CATALOGUE[name].can("delete"))
        if entity == "RecurringTransaction":
            ((kind, inner),) = [(kind, inner) for kind, inner in body.items() if isinstance(inner, dict)]
            self.books.twin.delete(entity, {kind: {"Id": inner["Id"], "SyncToken": inner["SyncToken"]}})
            return
        self.books.twin.delete(entity, body)

    def _void(self) -> None:
        entity, body = self._pick(lambda name: CATALOGUE[name].void is not None)
        self.books.twin.void(entity, {"Id": body["Id"], "SyncToken": body["SyncToken"]})

    def _switch(self) -> None:
        # Of another list nobody can ask for those that are inactive.
        entity, body = self._pick(lambda name: "Active" in CATALOGUE[name].filterable and CATALOGUE[name].can("update"))
        active = body.get("Active") is False
        self.books.twin.update(
            entity, {"Id": body["Id"], "SyncToken": body["SyncToken"], "sparse": True, "Active": active}
        )

    def _merge(self) -> None:
        entity = self.rng.choice(["Account", "Customer", "Vendor", "Item", "Class", "Department"])
        alike: dict[object, list[str]] = {}
        for (name, record_id), payload in self._state.items():
            if name == entity:
                # Of accounts only those of one kind can be merged.
                body = json.loads(payload)
                alike.setdefault((body.get("AccountType"), body.get("AccountSubType")), []).append(record_id)
        able = [sorted(ids) for ids in alike.values() if len(ids) > 1]
        if not able:
            raise Nothing
        gone, stays = self.rng.sample(self.rng.choice(sorted(able)), 2)
        self.books.twin.screens.merge(entity, gone, stays)

    def _set_rate(self) -> None:
        self._rates += 1
        rate = {"SourceCurrencyCode": "EUR", "AsOfDate": f"2026-01-{1 + self._rates % 28:02}", "Rate": self._rates}
        self.books.twin.update("ExchangeRate", rate)

    def _tax(self) -> None:
        self._number += 1
        agency = self.books.made("TaxAgency", {"DisplayName": f"Revenue {self._number}"})
        rate = {"TaxRateName": f"Rate {self._number}", "RateValue": "7.1", "TaxAgencyId": agency}
        rate["TaxApplicableOn"] = "Sales"
        self.books.twin.create("TaxService", {"TaxCode": f"Code {self._number}", "TaxRateDetails": [rate]})


_KEYED: dict[type, Books] = {}
"""By its clock, the furnished company that others are copies of; nobody changes it."""


def furnished() -> Books:
    """A company with a record of every kind, of one's own; keyed once."""
    copied = Books()
    keyed = _KEYED.get(type(copied.clock))
    if keyed is None:
        keyed = _KEYED[type(copied.clock)] = _furnish(Books())
    copied._copy(keyed)
    for name, value in vars(keyed).items():
        if name not in {"clock", "twin"}:
            setattr(copied, name, value)
    return copied


def _furnish(books: Books) -> Books:
    body = books.get("Preferences", "1")
    body["CurrencyPrefs"]["MultiCurrencyEnabled"] = True
    books.twin.put_raw("Preferences", payloads.encode(body))
    for entity, recipe in RECIPES.items():
        if recipe.body is not None and entity != "TaxService":
            books.twin.create(entity, recipe.body(books))
        elif recipe.place is not None and not books.twin.count(entity):
            recipe.place(books)
    for name in ("Class", "Department", "Vendor", "Item"):
        for number in range(3):
            body = RECIPES[name].body(books)  # type: ignore[misc] -- these have one
            unique = next(iter(_UNIQUE & body.keys()))
            books.twin.create(name, {**body, unique: f"More {number}"})
    for number in range(3):
        books.twin.create(
            "Account", {"Name": f"Costs {number}", "AccountType": "Expense", "AccountSubType": "Utilities"}
        )
        books.twin.create("Customer", {"DisplayName": f"Customer {number}"})
    books.twin.create("Bill", {"VendorRef": ref(books.power), "Line": [books.spend(11, books.account("Costs 1"))]})
    return books


def judge(scribe: Scribe, records: dict[Key, bytes], committed: dict[str, Any]) -> list[str]:
    """What a snapshot claims and the record of what was live does not bear out."""
    fence, lives = committed["fence"], scribe.lives
    wrong = [f"{key} never was" for key in records.keys() - lives.keys()]
    for entity, row in fence["entities"].items():
        first = datetime.fromisoformat(row["from"])
        last = datetime.fromisoformat(row["to"]) + _SHOWN_TO
        for key in (key for key in lives if key[0] == entity):
            wrong += _judged(key, records.get(key), lives[key], (first, last), row["by"], whole=committed["complete"])
    left = {key[0] for key in records} - fence["entities"].keys()
    return [*wrong, *(f"{name} is in the snapshot and not in the fence" for name in left)]


def _judged(
    key: Key, held: bytes | None, lives: list[Life], interval: tuple[datetime, datetime], by: str, *, whole: bool
) -> Iterator[str]:
    first, last = interval
    body = None if held is None else _plain(key, held)
    possible = [life for life in lives if life.may_be_at(first, last)]
    if held is not None and not any(life.body is not None and _plain(key, life.body) == body for life in possible):
        yield f"{key} holds a body that was not live from {first} to {last}"
    if not whole:
        return
    if held is None and any(life.body is not None and life.is_throughout(first, last) for life in lives):
        yield f"{key} was there from {first} to {last} and is missing"
    if by == "feed" and held is None and not any(life.body is None for life in possible):
        yield f"{key} was there at {last} and is missing"


def _plain(key: Key, payload: bytes) -> Any:
    """A file's temporary address differs at each reading."""
    if key[0] != "Attachable":
        return payload
    body = json.loads(payload)
    return {name: value for name, value in body.items() if "TempDownloadUri" not in name}
