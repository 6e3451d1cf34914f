"""Which records belong to a few, found out while they are read: by what they say, and by what snapshots know of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from akika_forensics.capture import presence
from akika_forensics.capture.attachables import ENTITY as ATTACHABLE
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.capture.surroundings import DEEPEST, Memory, body_of, citing, hangs, is_transaction, needs
from akika_forensics.errors import Fault
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Reader, Slice, statements

MOST_AROUND: Final = 150
"""Records that are followed for what hangs on them."""
MOST: Final = 1500
"""Records of a scope."""
MOST_PASSES: Final = 5
_MOST_ALONE: Final = 8
"""Records that are read one by one because QuickBooks does not take them by a list of Ids."""
_MOST_WITH_FILES: Final = 60
"""Records that are asked what is attached to them."""

type Told = Callable[[int, int], None]
"""(records read so far, records that belong to it as far as is known)."""


class Scope:
    """``asked`` and what belongs to them. ``grow`` reads it, ``settle`` reads it again until nothing differs.

    ``bodies``: what is there, as it was read last. ``gone``: what is not there. ``unasked``: what nobody could ask for.
    ``cut``: there is more than was read.
    """

    def __init__(
        self,
        reader: Reader,
        held: Held,
        findings: Findings,
        memories: Sequence[Memory],
        *,
        check: Callable[[], None],
        told: Told = lambda *_: None,
    ) -> None:
        self._reader, self._held, self._findings, self._memories = reader, held, findings, memories
        self._check, self._told = check, told
        self.steps: dict[RecordKey, int] = {}
        """How far a record is from the asked ones, for those whose surroundings count."""
        self._followed: set[RecordKey] = set()
        self._wanted: dict[RecordKey, None] = {}
        self.bodies: dict[RecordKey, dict[str, Any]] = {}
        self.gone: set[RecordKey] = set()
        self.unasked: set[RecordKey] = set()
        self.cut = False

    def want(self, key: RecordKey) -> None:
        """A record that is to be read."""
        if len(self._wanted) < MOST or key in self._wanted:
            self._wanted.setdefault(key)
        else:
            self.cut = True

    def follow(self, key: RecordKey, step: int) -> None:
        """A record whose surroundings belong to the scope, ``step`` steps from the asked ones."""
        if key not in self.steps and len(self.steps) >= MOST_AROUND:
            self.cut = True
        elif step < self.steps.get(key, DEEPEST + 1):
            self.steps[key] = step
            self._followed.discard(key)
            self.want(key)

    def grow(self) -> None:
        """Read and follow until nothing new belongs to it."""
        while True:
            self._check()
            fresh = [key for key in self.steps if key not in self._followed]
            if fresh:
                self._followed.update(fresh)
                self._remember(fresh)
                self._look_for_files(fresh)
            pending = [key for key in self._wanted if not self._known(key)]
            if not pending and not fresh:
                return
            self._read(pending)
            self._told(len(self.bodies), len(self._wanted))

    def _known(self, key: RecordKey) -> bool:
        return key in self.bodies or key in self.gone or key in self.unasked

    def _remember(self, keys: list[RecordKey]) -> None:
        """What the snapshots say of records: what they cite, and who cites them."""
        for memory in self._memories:
            for key, record in memory.get_many(keys).items():
                self._expand(key, body_of(record.payload))
            open_ends = [key for key in keys if self.steps[key] < DEEPEST]
            for key, body in citing(memory, open_ends).items():
                step = min(self.steps[one] for one in needs(key, body) if one in self.steps)
                self.follow(key, step + 1)
        for key in keys:
            if key in self.bodies:
                self._expand(key, self.bodies[key])

    def _expand(self, key: RecordKey, body: dict[str, Any]) -> None:
        step = self.steps.get(key)
        for target in needs(key, body):
            if not CATALOGUE[target.entity].can("read"):
                continue
            if not is_transaction(target) or step is not None:
                self.want(target)
        if step is not None and step < DEEPEST:
            for target in hangs(key, body):
                self.follow(target, step + 1)

    def _look_for_files(self, keys: list[RecordKey]) -> None:
        """Attachments of records, asked of QuickBooks: the snapshots do not know those that are new."""
        named = [key for key in keys if key.entity != ATTACHABLE][:_MOST_WITH_FILES]
        searches = [
            (
                ATTACHABLE,
                f"AttachableRef.EntityRef.Type = {_text(key.entity)} AND AttachableRef.EntityRef.value = {_text(key.id)}",
            )
            for key in named
        ]
        refused = False
        for answer in self._reader.query_many(searches):
            if isinstance(answer, Fault):
                refused = True
            else:
                for cut in answer:
                    self.follow(cut.key, DEEPEST)
                self._take(answer)
        if refused:
            self._findings.add(
                "attachments_not_searched",
                "QuickBooks refused to say what is attached to a record; what the snapshots know of is read.",
                severity="warning",
            )

    # -- reading -----------------------------------------------------------------------------------------------------

    def _read(self, keys: list[RecordKey]) -> None:
        found, missing = self._ask(keys)
        self._take(found)
        self.gone |= missing

    def _ask(self, keys: Iterable[RecordKey]) -> tuple[list[Slice], set[RecordKey]]:
        """Those that are there, and those that are gone."""
        many = [key for key in keys if key not in self.unasked]
        found, refused = presence.read_many(self._reader, many, most_are_there=True)
        for key in refused[:_MOST_ALONE]:
            try:
                cut = self._reader.read(key)
            except Fault:
                self.unasked.add(key)
                continue
            if cut is not None:
                found.append(cut)
        self.unasked.update(refused[_MOST_ALONE:])
        there = {cut.key for cut in found}
        return found, {key for key in many if key not in there and key not in self.unasked}

    def _take(self, found: Iterable[Slice]) -> None:
        cuts = list(found)
        self._held.take(cuts, self._reader.server_time)
        for cut in cuts:
            body = body_of(cut.payload)
            self.bodies[cut.key] = body
            self.gone.discard(cut.key)
            self.want(cut.key)
            self._expand(cut.key, body)

    def settle(self) -> tuple[int, bool]:
        """Read all of it again until nothing differs; how often, and whether it came to that."""
        for passes in range(1, MOST_PASSES + 1):
            self._check()
            there, gone, changed = set(self.bodies), set(self.gone), self._held.changes
            found, missing = self._ask([*there, *gone])
            self._take(found)
            vanished = there & missing
            for key in vanished:
                self._held.drop(key)
                del self.bodies[key]
            self.gone |= missing
            if self._held.changes == changed and not vanished:
                return passes, True
            self.grow()
        return MOST_PASSES, False


def _text(value: str) -> str:
    return statements.literal(value)
