"""The state of a company while its life is written down: papers, balances, names, the trail, and what leaves for good."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, Final

from akika_forensics.twin import wire
from akika_forensics.twin.ledger import accounts
from akika_forensics.twin.life.acts import Act
from akika_forensics.twin.life.agenda import moment
from akika_forensics.twin.life.bulk import lists
from akika_forensics.twin.life.bulk.archive import UNNUMBERED, Archive, kind
from akika_forensics.twin.life.bulk.known import Held, Known, Party
from akika_forensics.twin.life.bulk.outlet import Outlet
from akika_forensics.twin.life.bulk.paper import ACCOUNT, CENTS, OWN, PARTY, Paper, Posting
from akika_forensics.twin.life.lines import BankFact
from akika_forensics.twin.people.actors import Actor
from akika_forensics.twin.statements.lines import MATCHED

_KEPT: Final = timedelta(days=75)
"""How long a paper that nothing is open of is kept: the longest that a life comes back to one, and some days more."""

_BEGINNING: Final = date(1970, 1, 1)
_SEQUENCES: Final = ("id:Transactions", "id:TimeActivity", "id:Names", "id:Address", "movement")
_OPEN: Final = frozenset({"Invoice", "CreditMemo", "Bill", "VendorCredit", "Payment", "Estimate", "PurchaseOrder"})


class Keeper:
    """What every act needs. One act at a time: ``begin``, then what it does, then ``end``."""

    def __init__(self, known: Known, people: dict[str, Actor], founder: str, outlet: Outlet) -> None:
        self.known = known
        self.people = people
        self._founder = founder
        self.out = outlet
        self._archive = Archive(known)
        self.papers: dict[str, dict[str, Paper]] = defaultdict(dict)
        self.held = {row.id: row for row in known.accounts.values() if not accounts.is_profit_and_loss(row.body)}
        self.control = {known.receivable: 1, known.payable: -1}
        if known.many:
            self.control |= {known.receivable_abroad: 1, known.payable_abroad: -1}
        self.parties: dict[str, Party] = {row.key: row for row in known.vendors.values()}
        self.numbers = {name: known.sequences.get(name, 0) for name in _SEQUENCES}
        self._bank_place = 0
        self._lines: dict[str, list[list[Any]]] = defaultdict(list)
        self._ticked: dict[str, int] = defaultdict(int)
        self._statement = 0
        self._day = _BEGINNING
        self._midnight = 0
        self._zone = ""
        # of the act that is being done
        self.stamp = ""
        self.at_us = 0
        self.actor = Actor("", "")
        self._net: dict[str, int] = {}
        self._owed: dict[str, int] = {}
        self._moved: list[Paper] = []

    # an act

    def begin(self, act: Act) -> None:
        at = act.at
        if at.date() != self._day:
            self._day = at.date()
            midnight = at.replace(hour=0, minute=0, second=0)
            self._midnight = wire.microseconds(at) - (at.hour * 3600 + at.minute * 60 + at.second) * 1_000_000
            self._zone = midnight.replace(hour=12).isoformat()[19:]
        self.stamp = f"{at.year}-{at.month:02d}-{at.day:02d}T{at.hour:02d}:{at.minute:02d}:{at.second:02d}{self._zone}"
        self.at_us = self._midnight + (at.hour * 3600 + at.minute * 60 + at.second) * 1_000_000
        self.actor = self.people[act.who]

    def end(self) -> None:
        """Balances follow, and the trail tells of the papers that were only moved along."""
        for account, cents in self._net.items():
            if cents:
                held = self.held[account]
                held.cents += cents
                self.touch(held)
        for key, cents in self._owed.items():
            if cents:
                self._owe(self.parties[key], cents)
        self._net.clear()
        self._owed.clear()
        if self._moved:
            for paper in sorted(self._moved, key=lambda paper: paper.key):
                self.tell("updated", paper, indirect=1)
            self._moved.clear()
        self.out.breathe()

    def _owe(self, party: Party, cents: int) -> None:
        party.cents += cents
        self.touch(party)
        above: Party | None = party
        while above is not None and party.entity == "Customer":
            above.with_jobs += cents
            self.touch(above)
            above = above.above

    def touch(self, held: Held) -> None:
        held.at, held.at_us = self.stamp, self.at_us

    # papers

    def next(self, sequence: str) -> int:
        self.numbers[sequence] += 1
        return self.numbers[sequence]

    def write(self, paper: Paper, postings: list[Posting]) -> Paper:
        """A new paper; the trail tells of it."""
        paper.made = paper.changed = self.stamp
        paper.made_us = paper.changed_us = self.at_us
        paper.maker = paper.saver = self.actor.user
        self.papers[paper.entity][paper.name] = paper
        self.post(paper, postings)
        self.tell("created", paper)
        return paper

    def post(self, paper: Paper, postings: list[Posting]) -> None:
        """Its postings are these now, in the place of those before."""
        self._count(paper.postings, -1)
        self._count(postings, 1)
        paper.postings = postings

    def _count(self, rows: list[Posting], sign: int) -> None:
        net, owed = self._net, self._owed
        for row in rows:
            account = row[ACCOUNT]
            if account in self.held:
                moved = sign * (row[CENTS] if row[OWN] is None else row[OWN])
                net[account] = net.get(account, 0) + moved
                side = self.control.get(account)
                if side is not None and row[PARTY]:
                    owed[row[PARTY]] = owed.get(row[PARTY], 0) + side * moved

    def book(self, account: str, cents: int) -> None:
        """Something beside a paper's own postings moves an account."""
        if account in self.held:
            self._net[account] = self._net.get(account, 0) + cents

    def save(self, paper: Paper, verb: str = "updated") -> None:
        """Somebody changed a paper."""
        paper.stale += 1
        paper.changed, paper.changed_us = self.stamp, self.at_us
        paper.saver = self.actor.user
        self.tell(verb, paper)

    def move(self, paper: Paper) -> None:
        """An act on another changed a paper."""
        paper.changed, paper.changed_us = self.stamp, self.at_us
        self._moved.append(paper)

    def link(self, source: Paper, target: Paper) -> None:
        target.links.insert(0, (source.id, source.label))
        self.move(target)

    def sign(self, held: Held) -> None:
        """Somebody made or changed a record of a list."""
        held.saver = self.actor.user
        held.maker = held.maker or ("" if held.stale else self.actor.user)
        self.touch(held)

    def remove(self, paper: Paper) -> None:
        """A paper is deleted: its tombstone stays, and who had written it."""
        self.post(paper, [])
        self.tell("deleted", paper)
        del self.papers[paper.entity][paper.name]
        batch = self.out.batch
        batch["tombstone"].append((paper.entity, paper.id, self.at_us))
        batch["author"].append((paper.entity, paper.id, paper.maker, paper.saver))

    # the trail

    def tell(self, verb: str, paper: Paper, *, indirect: int = 0) -> None:
        act, actor = paper.act, self.actor
        entity = paper.entity
        named = paper.party.name if paper.party is not None else ""
        doc = "" if entity in UNNUMBERED else act.number
        cents = None if entity == "TimeActivity" else paper.total
        special = kind(paper)
        detail = f'{{"type":"{special}"}}' if special else ""
        self.out.batch["event"].append(
            (None, self.at_us, actor.user, actor.name, actor.kind, verb, entity, paper.id, None, doc, named,
             act.date.isoformat(), cents, indirect, detail)
        )  # fmt: skip

    def tell_of(self, verb: str, entity: str, record_id: str, name: str, detail: str = "") -> None:
        """The same of a record of a list."""
        actor = self.actor
        self.out.batch["event"].append(
            (None, self.at_us, actor.user, actor.name, actor.kind, verb, entity, record_id, None, "", name, "", None, 0,
             detail)
        )  # fmt: skip

    # the bank

    def shown(self, facts: tuple[BankFact, ...], paper: Paper) -> None:
        for fact in facts:
            self._bank_place += 1
            account = self.known.accounts[fact.account].id
            self._lines[account].append(
                [self._bank_place, account, fact.date.isoformat(), fact.cents, fact.fitid, fact.payee, fact.memo,
                 fact.number, paper.entity, paper.id, ""]
            )  # fmt: skip

    def reconcile(self, name: str, until: str) -> None:
        """What the statement shows is matched and ticked off."""
        held, batch, actor = self.known.accounts[name], self.out.batch, self.actor
        account, left = held.id, []
        self._statement += 1
        opening = ending = self._ticked[account]
        for line in self._lines[account]:
            if line[2] > until:
                left.append(line)
                continue
            line[10] = MATCHED
            batch["bank_line"].append(tuple(line))
            batch["ticked"].append((account, line[8], line[9], self._statement, line[3]))
            batch["mark"] += [(line[8], line[9], "matched"), (line[8], line[9], "reconciled")]
            ending += line[3]
        self._lines[account] = left
        self._ticked[account] = ending
        batch["reconciliation"].append((self._statement, account, until, opening, ending, self.at_us, actor.user, ""))
        detail = f'{{"statement":{self._statement}}}'
        batch["event"].append(
            (None, self.at_us, actor.user, actor.name, actor.kind, "reconciled", "Account", account, None, "", name, until,
             ending, 0, detail)
        )  # fmt: skip
        held.saver = actor.user

    # what leaves

    def let_go(self, day: date) -> None:
        """Write down the papers that no act comes back to any more."""
        before = wire.microseconds(moment(day - _KEPT, 0))
        for papers in self.papers.values():
            gone = [paper for paper in papers.values() if paper.changed_us < before and not self._is_open(paper)]
            for paper in gone:
                self._archive.keep(paper, self.out.batch)
                del papers[paper.name]

    @staticmethod
    def _is_open(paper: Paper) -> bool:
        if paper.entity not in _OPEN:
            return False
        if paper.entity == "Payment":
            return not paper.applied
        return bool(paper.balance) or paper.state in {"Open", "Pending"}

    def finish(self) -> None:
        """Everything that is left, and the sequences."""
        for papers in self.papers.values():
            for paper in papers.values():
                self._archive.keep(paper, self.out.batch)
        self.papers.clear()
        batch = self.out.batch
        for lines in self._lines.values():
            batch["bank_line"] += [tuple(line) for line in lines]
        batch["sequence"] += [(name, value) for name, value in self.numbers.items() if value]
        self._lists()
        self.out.hand_on()

    def _lists(self) -> None:
        rows: list[Held] = [*self.held.values(), *self.known.items.values()]
        rows += [*self.known.vendors.values(), *self.known.customers.values()]
        batch = self.out.batch
        batch["record"] += [lists.record(row) for row in rows if row.at]
        batch["author"] += [(row.entity, row.id, row.maker or self._founder, row.saver) for row in rows if row.saver]
