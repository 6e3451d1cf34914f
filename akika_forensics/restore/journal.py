"""What happened to each step, from a chain of entries that was durable before anything left the machine.

Entries: ``begin``, ``intent`` (before a request is sent), ``result`` (what became of it), ``end``.
The state of a run is a fold over them; a crash leaves intents without results, which are *unknown*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from akika_forensics.model.formats import Format, unchanged
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.document import Plan

_ENTRY: Final = Format("akika-journal-", 1, "entry of a journal", {0: unchanged})
_FIELDS: Final[dict[Any, frozenset[str]]] = {
    "begin": frozenset({"kind", "at", "plan_digest", "steps"}),
    "intent": frozenset({"kind", "at", "steps", "request_id"}),
    "result": frozenset({"kind", "at", "results"}),
    "end": frozenset({"kind", "at", "state", "why"}),
}


def entry(body: Mapping[str, Any]) -> dict[str, Any]:
    """An act of a run as it is kept."""
    return _ENTRY.named(body)


def read_entry(stored: Any) -> dict[str, Any]:
    """An act of a run as it was kept. Raises NewerFormat, VaultDamaged."""
    kind = stored.get("kind") if isinstance(stored, dict) else None
    found = _ENTRY.stored(stored, _FIELDS.get(kind, frozenset({"kind"})), optional={"sync_token"})
    del found["format"]
    return found


class StepState(StrEnum):
    PENDING = "pending"
    INTENDED = "intended"
    APPLIED = "applied"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    VERIFIED = "verified"
    DIFFERS = "differs"
    HELD = "held"


DONE = frozenset({StepState.APPLIED, StepState.ADOPTED, StepState.VERIFIED, StepState.DIFFERS})
"""The write stands in the books."""

UNRESOLVED = frozenset({StepState.INTENDED, StepState.UNKNOWN})
"""The write may or may not stand; only looking can tell."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """``record_id`` is the Id the server gave or kept; ``why`` says what went wrong, or how it was found."""

    step: str
    state: StepState
    record_id: str = ""
    why: str = ""
    sync_token: str = ""
    digest: str = ""

    def to_json(self) -> dict[str, str]:
        return {
            "step": self.step,
            "state": self.state.value,
            "record_id": self.record_id,
            "why": self.why,
            "sync_token": self.sync_token,
            "digest": self.digest,
        }


class Journal(Protocol):
    """Append-only; durable when ``append`` returns."""

    def append(self, body: dict[str, Any]) -> None: ...

    def bodies(self) -> Sequence[dict[str, Any]]: ...


@dataclass
class MemoryJournal:
    """A journal for a rehearsal, which nobody resumes."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def append(self, body: dict[str, Any]) -> None:
        self.entries.append(body)

    def bodies(self) -> Sequence[dict[str, Any]]:
        return tuple(self.entries)


@dataclass
class RunState:
    """The fold of a journal: where each step stands."""

    results: dict[str, StepResult] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    begun: bool = False
    ended: str = ""
    plan_digest: str = ""

    def state(self, step_id: str) -> StepState:
        result = self.results.get(step_id)
        return result.state if result else StepState.PENDING

    @property
    def ids(self) -> dict[str, str]:
        """Step id → Id of the record it made or changed, for steps whose write stands."""
        return {r.step: r.record_id for r in self.results.values() if r.state in DONE and r.record_id}


def fold(bodies: Iterable[Mapping[str, Any]]) -> RunState:
    run = RunState()
    for body in bodies:
        kind = body.get("kind")
        if kind == "begin":
            run.begun = True
            run.plan_digest = str(body["plan_digest"])
            run.ended = ""
        elif kind == "intent":
            run.ended = ""
            for step_id in body["steps"]:
                run.results[step_id] = StepResult(step_id, StepState.INTENDED)
        elif kind == "result":
            for row in body["results"]:
                if row["state"] == StepState.REJECTED:
                    run.refusals[row["step"]] = run.refusals.get(row["step"], 0) + 1
                run.results[row["step"]] = StepResult(
                    row["step"],
                    StepState(row["state"]),
                    str(row.get("record_id", "")),
                    str(row.get("why", "")),
                    str(row.get("sync_token", "")),
                    str(row.get("digest", "")),
                )
        elif kind == "end":
            run.ended = str(body["state"])
    return run


def register(plan: Plan, run: RunState) -> dict[RecordKey, RecordKey]:
    """Old key → new key of every record this run created again."""
    made: dict[RecordKey, RecordKey] = {}
    for step in plan.steps:
        new_id = run.ids.get(step.id)
        if step.operation == "create" and new_id:
            made[step.key] = RecordKey(step.key.entity, new_id)
    return made
