"""An incident's acts, done to a company: by people on its screens, by applications through the API."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.errors import Refused, WrongUse
from akika_forensics.model.money import cents, money
from akika_forensics.model.record import RecordKey
from akika_forensics.twin.faults import QuickBooksFault
from akika_forensics.twin.incidents.description import Description, Step, Who
from akika_forensics.twin.incidents.finding import Company
from akika_forensics.twin.incidents.schedule import Turn
from akika_forensics.twin.incidents.values import Scope, worked_out
from akika_forensics.twin.people.actors import OWNER, Actor
from akika_forensics.twin.statements.lines import BankLine

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

type Body = dict[str, Any]

_AT: Final = "company.example"
_SETTINGS: Final = frozenset({"close_books", "change_settings"})
_SAID: Final = {
    "sign_in": "signed in",
    "sign_out": "signed out",
    "invite": "given access",
    "remove_user": "access taken away",
    "connect_bank": "bank connected",
    "disconnect_bank": "bank disconnected",
    "enter": "made up",
    "create": "made",
    "edit": "changed",
    "update": "changed",
    "delete": "deleted",
    "void": "voided",
    "delete_many": "deleted",
    "void_many": "voided",
    "import_rows": "imported",
    "close_books": "closing date changed",
    "change_settings": "settings changed",
    "reclassify": "moved to another account",
}


@dataclass(slots=True)
class Done:
    """One act that was done, or was not: ``refused`` says why. ``actor`` is a key of the incident's file."""

    at: datetime
    actor: str
    who: str
    user: str
    do: str
    says: str
    given: Body
    records: list[RecordKey]
    refused: str = ""


@dataclass(slots=True)
class Performer:
    """Does the acts of one incident, in the order in which they come; what they make is spoken of by name."""

    twin: Twin
    description: Description
    chance: random.Random
    names: dict[str, list[RecordKey]] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)
    bank: list[BankLine] = field(default_factory=list)
    _gone: dict[RecordKey, Body] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)
    _begun: bool = False

    def _begin(self, day: date) -> None:
        """Choose the victims. Raises WrongUse when the company has none to be struck."""
        company = Company(self.twin.store)
        for wanted in self.description.finds:
            scope = Scope(company, self.names, day, 1, self.chance)
            self.names[wanted.name] = company.find(wanted, scope)

    def actor(self, key: str) -> Actor:
        """Who that is in this company; seated when first needed."""
        if key not in self._actors:
            self._actors[key] = self._seat(next(who for who in self.description.actors if who.key == key))
        return self._actors[key]

    def _seat(self, who: Who) -> Actor:
        trail = self.twin.store.trail
        if who.kind == "app":
            return Actor(OWNER, who.name, "app")
        fitting = [user for user in trail.users() if user.role == who.role and user.active and user.id != OWNER]
        if who.role == "admin":
            fitting = [user for user in trail.users() if user.id == OWNER]
        if fitting:
            return Actor(fitting[0].id, fitting[0].name)
        address = f"{who.key}@{_AT}"
        made = self.twin.screens.invite(name=who.name, email=address, role=who.role)
        return Actor(str(made["id"]), who.name)

    def perform(self, turn: Turn) -> list[Done]:
        """One turn: once, for the record of a name whose turn it is, or for each of them. Raises WrongUse when it is refused and may not fail.

        Victims are chosen as the first turn comes.
        """
        if not self._begun:
            self._begin(turn.day)
            self._begun = True
        step = turn.step
        held = len(self.names.get(step.each, ()))
        if turn.i:
            counts: Iterable[int] = [turn.i] if turn.i <= held else []
        else:
            counts = range(1, held + 1) if step.each else [turn.n]
        return [self._once(step, turn.day, n) for n in counts]

    def told_of(self, actor: str, at: datetime, says: str, records: list[RecordKey]) -> None:
        """Something that an actor did with an ordinary act."""
        who = self.actor(actor)
        self.done.append(Done(at, actor, who.name, who.user, "divert", says, {}, records))

    def _once(self, step: Step, day: date, n: int) -> Done:
        actor = self.actor(step.actor)
        scope = Scope(Company(self.twin.store, self._gone), self.names, day, n, self.chance)
        given = {key: self._given(value, scope) for key, value in step.given.items()}
        says = step.says or _SAID.get(step.do, step.do)
        row = Done(self.twin.clock(), step.actor, actor.name, actor.user, step.do, says, given, [])
        self.done.append(row)
        try:
            with self.twin.transaction(), self.twin.acting(actor):
                row.records = _named(step, given, self._do(step, given, by_api=actor.kind == "app"))
                self._clears(step, scope, row)
        except (QuickBooksFault, Refused, WrongUse) as error:
            row.refused = str(error)
            if not step.may_fail:
                raise WrongUse(
                    f"Step {self.description.steps.index(step) + 1} of {self.description.name} ({step.do}) "
                    f"was refused: {error}"
                ) from error
        if step.name and row.records:
            self.names.setdefault(step.name, []).extend(row.records)
        return row

    def _given(self, value: Any, scope: Scope) -> Any:
        match value:
            case {"actor": str(key), **rest} if not rest:
                return self.actor(key).user
        return worked_out(value, scope)

    def _remember(self, given: Body) -> None:
        """What a record said last, before it is deleted: later acts may write it again."""
        body = given.get("body")
        key = RecordKey(str(given.get("entity")), str(body.get("Id") if isinstance(body, dict) else given.get("id")))
        said = Company(self.twin.store).get(key)
        if said is not None:
            self._gone[key] = said

    def _do(self, step: Step, given: Body, *, by_api: bool) -> Any:
        if step.do == "delete":
            self._remember(given)
        if not by_api:
            return self.twin.screens.perform(step.do, given, by=self.actor(step.actor).user)
        entity, body = str(given.get("entity")), dict(given.get("body") or {})
        if step.do == "create":
            return {"entity": entity, "id": self.twin.create(entity, body)["Id"]}
        held = self.twin.get(entity, str(body.get("Id"))) or {}
        token = {"SyncToken": held.get("SyncToken", "0")}
        if step.do == "delete":
            self.twin.delete(entity, {**held, **token})
        else:
            self.twin.update(entity, {"sparse": True, **token, **body})
        return {"entity": entity, "id": str(body.get("Id"))}

    def _clears(self, step: Step, scope: Scope, row: Done) -> None:
        """The money really moves: the bank books it some days later."""
        if step.bank is None:
            return
        told = {key: worked_out(value, scope) for key, value in step.bank.items()}
        account = told["account"]["value"] if isinstance(told["account"], Mapping) else str(told["account"])
        key = row.records[0] if row.records else None
        moved = told.get("cents")
        if moved is None and key is not None:
            posted = self.twin.store.postings(key.entity, key.id)
            whole = sum(one.moved for one in posted if one.account == account)
        else:
            whole = int(cents(money(moved or 0)) * 100)
        if not whole:
            raise WrongUse(f"Nothing moves account {account}.")
        when = scope.day + timedelta(days=int(told.get("after", 2)))
        line = BankLine(
            account,
            when.isoformat(),
            whole,
            "",
            str(told.get("payee", "")),
            str(told.get("memo", "")),
            "",
            key.entity if key else "",
            key.id if key else "",
        )
        self.bank += self.twin.store.bank.add([line])


def _named(step: Step, given: Body, answer: Any) -> list[RecordKey]:
    """The records that an act was about, as its screen tells them."""
    rows = list(_keys(answer))
    if step.do in _SETTINGS:
        rows.append(RecordKey("Preferences", "1"))
    if not rows and {"entity", "id"} <= given.keys():
        rows = [RecordKey(str(given["entity"]), str(given["id"]))]
    return list(dict.fromkeys(rows))


def _keys(answer: Any) -> Iterator[RecordKey]:
    match answer:
        case {"entity": str(entity), "id": record_id, "gone": gone}:
            yield from (RecordKey(entity, str(gone)), RecordKey(entity, str(record_id)))
        case {"entity": str(entity), "id": record_id}:
            yield RecordKey(entity, str(record_id))
        case {"entity": str(entity), "ids": list(ids)}:
            yield from (RecordKey(entity, str(one)) for one in ids)
        case {"transactions": list(rows)}:
            for row in rows:
                yield from _keys(row)
