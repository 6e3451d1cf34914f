"""The month's reads of all companies of a vault: what was read, what captures will cost, and what is left out before the cap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from akika_forensics.capture import budget
from akika_forensics.capture.budget import Cost, Decision, Demand, Forecast, Measure
from akika_forensics.capture.incremental import FULL, decide
from akika_forensics.case.companies import Companies
from akika_forensics.case.spending import cost_of
from akika_forensics.case.unverified import beliefs_in_force
from akika_forensics.errors import Refused, VaultDamaged, WrongUse
from akika_forensics.model import instants
from akika_forensics.model.formats import Format
from akika_forensics.quickbooks.metering import NOTHING, Credits
from akika_forensics.vault import SnapshotInfo, Vault

_CAP: Final = "budget/cap"
_FORMAT: Final = Format("akika-cap-", 1, "cap on reads", {})
_HIGHEST: Final = 10**12


class BudgetSpent(Refused):
    """A capture would read more than the month's cap leaves."""

    code = "budget_spent"


class StoredCap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cap: int | None = None
    format: str = _FORMAT.label


def read_cap(data: bytes) -> StoredCap:
    """What the slot holds. Raises NewerFormat, VaultDamaged."""
    return _FORMAT.opened(data, StoredCap)


@dataclass(frozen=True, slots=True)
class Share:
    """One company's part of the month: what it read, what a capture of it costs, how many are still to come.

    ``at_least``: more was read than is counted, because the count was damaged.
    """

    name: str
    read: Credits
    next: Forecast
    sparing: Forecast
    captures: float
    at_least: bool = False

    @property
    def to_come(self) -> Cost:
        return self.next.cost.times(self.captures)


@dataclass(frozen=True, slots=True)
class Month:
    """``each_item`` says which figure is held against the cap; ``decision`` is what the watch does from now on."""

    month: str
    ends: datetime
    cap: int | None
    each_item: bool
    shares: tuple[Share, ...]
    decision: Decision

    @property
    def read(self) -> Credits:
        return sum((one.read for one in self.shares), NOTHING)

    @property
    def expected(self) -> Cost:
        """At the month's end, with nothing left out."""
        return sum((one.to_come for one in self.shares), cost_of(self.read))


class Budget:
    """Of one vault. The cap holds for all companies in it together, as Intuit pools the reads of an app's workspace."""

    def __init__(self, vault: Vault, companies: Companies) -> None:
        self._vault, self._companies = vault, companies
        self._slot = vault.slot(_CAP)

    @property
    def cap(self) -> int | None:
        """Reads of a month that are not to be passed; None where none was set. Raises NewerFormat, VaultDamaged."""
        try:
            data = self._slot.read()
            return None if data is None else read_cap(data).cap
        except VaultDamaged as error:
            raise VaultDamaged(
                f"The cap on the month's reads is damaged: {error.what}",
                means="Nobody can tell how much may be read. Nothing was asked of QuickBooks.",
                do="Set it again with `akika budget --cap N`, or lift it with `--cap none`.",
            ) from error

    def limit(self, cap: int | None) -> None:
        """Raises WrongUse."""
        if cap is not None and not 0 < cap <= _HIGHEST:
            raise WrongUse(f"{cap} is no cap.", do=f"Give a number of reads, such as {budget.FREE_READS}, or none.")
        self._slot.write(msgspec.json.encode(StoredCap(cap)))

    @property
    def each_item(self) -> bool:
        """Whether each item of a batch is held against the cap: yes, unless a profile has settled that a batch counts once."""
        beliefs = beliefs_in_force()
        settled = "metering_batch" in beliefs.settled
        return not (settled and beliefs.choice("metering_batch") == "once")

    def forecast(self, name: str, *, full: bool = False, some: bool = False, sparing: bool = False) -> Forecast:
        """What the next capture of a company will cost; ``some``: one of a few records alone."""
        if some:
            return budget.forecast("scoped", {}, self._companies.spending(name).past())
        base = self._base(name)
        kind = decide(base, full=full, now=instants.now()).kind
        counts: Mapping[str, int] = base.counts if base else {}
        return budget.forecast(kind, counts, self._companies.spending(name).past(), sparing=sparing)

    def month(self, now: datetime, captures: Mapping[str, float] | None = None, *, reserve: bool = False) -> Month:
        """How the month stands. ``captures``: how many of each company are to come until it ends.

        With ``reserve`` one full capture of each company is kept back, for the day on which something has happened.
        """
        month, wanted = budget.month_of(now), captures or {}
        shares = tuple(
            Share(
                name,
                self._companies.spending(name).months().get(month, NOTHING),
                self.forecast(name),
                self.forecast(name, sparing=True),
                wanted.get(name, 0.0),
                self._companies.spending(name).at_least(month),
            )
            for name in self._companies.names()
        )
        each_item, cap = self.each_item, self.cap
        used = sum(cost_of(one.read).held(each_item=each_item) for one in shares)
        demands = [
            Demand(one.captures, one.next.cost.held(each_item=each_item), one.sparing.cost.held(each_item=each_item))
            for one in shares
        ]
        kept = self._one_full(one.name for one in shares) if reserve and cap is not None else 0
        return Month(
            month, budget.month_ends(now), cap, each_item, shares, budget.decide(cap, used, demands, reserve=kept)
        )

    def allow(self, name: str, *, full: bool = False, reserve: bool = False, now: datetime | None = None) -> bool:
        """Before a capture: whether it takes few controls, because all do not fit under the cap.

        ``reserve`` as in `month`: for a capture that nobody asked for. Raises BudgetSpent when the capture does not fit even so.
        """
        cap = self.cap
        if cap is None:
            return False
        used = cost_of(self._read(now or instants.now())).held(each_item=self.each_item)
        whole, sparing = (
            self.forecast(name, full=full, sparing=few).cost.held(each_item=self.each_item) for few in (False, True)
        )
        kept = self._one_full(self._companies.names()) if reserve else 0
        found = budget.decide(cap, used, [Demand(1, whole, min(sparing, whole))], reserve=kept)
        if found.measure in {Measure.WHOLE, Measure.FEW_CONTROLS}:
            return found.sparing
        of_them = f", {kept:,} of them kept for the day on which something happens" if kept else ""
        raise BudgetSpent(
            f"A capture needs about {min(whole, sparing):,} reads, and {max(cap - used, 0):,} of this month's {cap:,} are left{of_them}.",
            means="It was not taken. A part of the books would not be a snapshot.",
            do="Raise the cap with `akika budget --cap N`, or lift it with `--cap none`.",
        )

    def note(self, name: str, info: SnapshotInfo, *, since: Credits, sparing: bool = False) -> None:
        """A capture came to its end; ``since`` is what had been read of the company, ever, when it began."""
        spending = self._companies.spending(name)
        spending.note(info.digest, kind_of(info), spending.total() - since, sparing=sparing)

    def cost(self, name: str, info: SnapshotInfo) -> Cost:
        """What a snapshot cost. Raises WrongUse for one that was taken before anybody counted, or long ago."""
        for run in self._companies.spending(name).runs():
            if run.snapshot == info.digest:
                return cost_of(run.credits)
        raise WrongUse(f"What the snapshot {info.id} cost is not known.")

    def _read(self, now: datetime) -> Credits:
        month = budget.month_of(now)
        months = (self._companies.spending(name).months() for name in self._companies.names())
        return sum((one.get(month, NOTHING) for one in months), NOTHING)

    def _one_full(self, names: Iterable[str]) -> int:
        return sum(self.forecast(name, full=True, sparing=True).cost.held(each_item=self.each_item) for name in names)

    def _base(self, name: str) -> SnapshotInfo | None:
        realm = self._companies.company(name).realm_id
        mine = [info for info in self._vault.snapshots() if info.company.realm_id == realm and not info.scoped]
        return mine[-1] if mine else None


def kind_of(info: SnapshotInfo) -> str:
    """``full``, ``incremental`` or ``scoped``; snapshots of before say nothing and are full."""
    return str(info.fence.get("kind", FULL))


def captures_left(now: datetime, period: timedelta) -> float:
    """How many captures a period brings until the month ends."""
    return (budget.month_ends(now) - now) / period
