"""An incident amid the life of a company: three companies that tell apart what it did.

``before`` is the company at the moment when it began. ``damaged`` is the same with the incident and the ordinary work
that went on meanwhile and afterwards; ``clean`` lived the same work without it. Damaged and clean share every Id that
ordinary work gave: where the incident took one, the clean company has a gap.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import format_instant
from akika_forensics.model.record import RecordKey
from akika_forensics.twin import life, wire
from akika_forensics.twin.incidents import schedule, truth
from akika_forensics.twin.incidents.description import GAP, Description, Divert
from akika_forensics.twin.incidents.diverting import Diverted, Diverter
from akika_forensics.twin.incidents.performing import Performer
from akika_forensics.twin.incidents.schedule import Turn
from akika_forensics.twin.life import founding, parameters
from akika_forensics.twin.life.acts import Act
from akika_forensics.twin.life.agenda import morning_after
from akika_forensics.twin.life.lived import Departure, Life
from akika_forensics.twin.life.plan import Plan
from akika_forensics.twin.life.wish import Wish
from akika_forensics.twin.people.actors import OWNER, Actor

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin
    from akika_forensics.twin.incidents.truth import Digests

type Body = dict[str, Any]


class _Shown(NamedTuple):
    """A line of the bank as the truth tells it."""

    account: str
    date: str
    cents: int
    fitid: str


@dataclass(slots=True)
class Scene:
    """The three companies, and the truth of what happened to one of them."""

    before: Twin
    damaged: Twin
    clean: Twin
    truth: Body = field(default_factory=dict)


@dataclass(slots=True)
class Stage:
    """A company that has lived up to a day, and the ordinary work that is still to come."""

    company: Twin
    first_day: date
    begin: date
    last_day: date
    later: list[Act]
    payable: str
    currency: str
    people: Mapping[str, Actor] = field(default_factory=dict)

    @classmethod
    def build(cls, wish: Wish, on: date | None = None, file: Path | None = None) -> Self:
        """Let a company of a wish live up to a day; without one, for two thirds of its life. Raises WrongUse."""
        rules = parameters.load(file)
        plan = Plan(rules, parameters.load_names(), wish)
        begin = on or plan.first_day + (plan.last_day - plan.first_day) * 2 // 3
        if not plan.first_day < begin <= plan.last_day:
            raise WrongUse(
                f"{begin} is no day of this company's life.",
                do=f"Choose one after {plan.first_day} and up to {plan.last_day}, or ask for more years.",
            )
        company = life.empty(file)
        moment = datetime.combine(begin, time(), wire.PACIFIC)
        life.fill(company, wish, file, until=moment)
        later = list(life.later(wish, moment, file))
        payable, people = rules.account_of("payable"), founding.people(rules)
        return cls(company, plan.first_day, begin, plan.last_day, later, payable, wish.currency, people)

    def play(self, description: Description, seed: int = 1) -> Scene:
        """Let the incident happen from the day on, and ordinary work go on to the end of the life.

        Raises WrongUse when it does not end within the life, and when the company has nobody to be struck.
        """
        left = (self.last_day - self.begin).days
        if left < description.days:
            raise WrongUse(
                f"{description.name} goes on for {description.days} days; from {self.begin} there are {left} left.",
                do="Let it begin earlier, or ask for more years.",
            )
        damaged, clean = self.company.copy(), self.company.copy()
        damaged.clock.set(datetime.combine(self.begin, time(), wire.PACIFIC))
        chance = random.Random(f"akika incident {seed} {description.name}")
        performer = Performer(damaged, description, chance)
        turns = schedule.turns(description, self.begin, wire.PACIFIC, chance, live=False)
        scene = Scene(self.company, damaged, clean)
        lives = [Life(twin, self.payable, self.currency, dict(self.people)) for twin in (damaged, clean)]
        diverters = [Diverter(one, self.begin) for one in description.diverts]
        Later(scene, lives[0], lives[1], performer, diverters).go_on(self.later, turns)
        for twin in (damaged, clean):
            twin.clock.set(morning_after(self.last_day))
        scene.truth = _truth(scene, description, performer, lives, seed) | {
            "first_day": self.first_day.isoformat(),
            "began": self.begin.isoformat(),
            "last_day": self.last_day.isoformat(),
        }
        return scene


@dataclass(slots=True)
class Later:
    """Ordinary work in both companies, and between it the incident in one."""

    scene: Scene
    damaged: Life
    clean: Life
    performer: Performer
    diverters: list[Diverter]

    def go_on(self, acts: Iterable[Act], turns: list[Turn]) -> None:
        waiting = iter(turns)
        turn = next(waiting, None)
        for act in acts:
            while turn is not None and turn.at is not None and turn.at <= act.at:
                self._strike(turn)
                turn = next(waiting, None)
            self.scene.clean.store.keep_pace(self.scene.damaged.store)
            last = self.clean.twin.store.trail.last()
            self.clean.do(act)
            self._damaged(act, last)
        while turn is not None:
            self._strike(turn)
            turn = next(waiting, None)

    def _strike(self, turn: Turn) -> None:
        assert turn.at is not None  # noqa: S101 - nothing here is done at once
        self.scene.damaged.clock.set(turn.at)
        self.performer.perform(turn)
        if turn.step.do == "remove_user":
            self._replace()

    def _replace(self) -> None:
        """Whoever has no access any more does no ordinary work: the owner does it."""
        users = {user.id: user for user in self.scene.damaged.store.trail.users()}
        owner = Actor(OWNER, users[OWNER].name)
        people = self.damaged.people
        self.damaged.people = {key: who if users[who.user].active else owner for key, who in people.items()}

    def _damaged(self, act: Act, last: int) -> None:
        for diverter in self.diverters:
            found = diverter.instead(act)
            if found is not None:
                self._diverted(act, diverter.wanted, found, last)
                return
        self.damaged.do(act)

    def _diverted(self, act: Act, wanted: Divert, found: Diverted, last: int) -> None:
        """What the clean company made of the act is what the damaged one has otherwise, or not at all."""
        for one in found.acts:
            self.damaged.do(one)
        records = [
            RecordKey(event.entity, event.id)
            for event in self.clean.twin.store.trail.events(last)
            if event.verb == "created" and event.entity in {"Payment", "Deposit"}
        ]
        self.performer.told_of(wanted.actor, act.at, found.what, records)
        if found.gap:
            self.performer.names[GAP] = [RecordKey("Invoice", self.damaged.names.find("Invoice", found.gap))]


def _truth(
    scene: Scene,
    description: Description,
    performer: Performer,
    lives: list[Life],
    seed: int,
) -> Body:
    """As of ``truth.told``, against the clean company; and what ordinary work met damage."""
    damaged, clean = truth.digests(scene.damaged), truth.digests(scene.clean)
    first = truth.digests(scene.before)
    told = truth.told(description, performer, clean, damaged, seed)
    shown, owed = _bank(scene.damaged), _bank(scene.clean)
    return told | {
        "bank": [row._asdict() for row in sorted(shown - owed)],
        "bank_missing": [row._asdict() for row in sorted(owed - shown)],
        "against": "the clean company that lived the same later work",
        "records": [row | {"at_first": _digest(first, row)} for row in told["records"]],
        "departures": [_departure(one) for one in lives[0].departures],
        "departures_when_clean": [_departure(one) for one in lives[1].departures],
    }


def _bank(twin: Twin) -> set[_Shown]:
    bank = twin.store.bank
    lines = (line for account in bank.accounts() for line in bank.of(account))
    return {_Shown(line.account, line.date, line.cents, line.fitid) for line in lines}


def _digest(digests: Digests, row: Body) -> str | None:
    return digests.get(RecordKey(row["entity"], row["id"]))


def _departure(one: Departure) -> Body:
    return {"at": format_instant(one.act.at), "act": type(one.act).__name__, "what": one.what}
