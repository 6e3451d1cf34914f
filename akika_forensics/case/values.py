"""What a case returns to a notebook: plain values that show themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from akika_forensics.books import AccountEffect
from akika_forensics.case.archive import Held
from akika_forensics.changes import Change, Comparison
from akika_forensics.graph import ReferenceGraph, order
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.document import Plan
from akika_forensics.vault import Snapshot, SnapshotInfo
from akika_widgets.views.difference import DifferenceView
from akika_widgets.views.movement import MovementPicture
from akika_widgets.views.record_graph import GraphNode, GraphView
from akika_widgets.views.tables import AccountEffectTable, StepTable
from akika_widgets.views.wholeness import SnapshotsView


class SnapshotTable(tuple[SnapshotInfo, ...]):
    """Snapshots, oldest first, that show themselves as a table."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return SnapshotsView(self)._repr_mimebundle_(include, exclude)


@dataclass(frozen=True)
class CaseDiff:
    """Two snapshots compared: every change, and what the changes do to the trial balance."""

    before: SnapshotInfo
    after: SnapshotInfo
    comparison: Comparison
    effect: tuple[AccountEffect, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        return self.comparison.changes

    def states(self) -> dict[RecordKey, str]:
        """For each record that somebody changed, the kind of change; for `Case.graph`."""
        return {change.key: change.kind for change in self.changes if not change.consequence}

    def view(self) -> DifferenceView:
        return DifferenceView(self.changes, before=self.before.id, after=self.after.id)

    def effect_view(self) -> AccountEffectTable:
        return AccountEffectTable(self.effect)

    def effect_picture(self) -> MovementPicture:
        return MovementPicture(self.effect)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.view()._repr_mimebundle_(include, exclude)


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a plan with what became of it."""

    id: str
    action: str
    record: str
    label: str
    reason: str
    fidelity: str
    state: str
    why: str


@dataclass(frozen=True)
class CasePlan:
    """A plan with what became of it."""

    held: Held

    @property
    def plan(self) -> Plan:
        return self.held.plan

    @property
    def summary(self) -> dict[str, Any]:
        plan = self.plan
        return {
            "plan": plan.id,
            "digest": plan.digest,
            "state": self.held.state,
            "company": plan.company.name,
            "back to": f"{plan.before.id} of {plan.before.taken_at}",
            "steps": len(plan.steps),
            "conflicts": len(plan.conflicts),
            "by hand": len(plan.by_hand),
            "approvals": [approval.reading for approval in self.held.tally.valid],
        }

    @property
    def steps(self) -> tuple[StepRow, ...]:
        rows = []
        for step in self.plan.steps:
            result = self.held.run.results.get(step.id)
            rows.append(
                StepRow(
                    step.id,
                    step.action.value,
                    step.record,
                    step.label,
                    step.reason,
                    step.fidelity.value,
                    self.held.run.state(step.id).value,
                    result.why if result else "",
                )
            )
        return tuple(rows)

    @property
    def verification(self) -> dict[str, Any] | None:
        """The last verification, or None before one: counts, residual, and a row for each record and account."""
        return self.held.verification

    @property
    def rehearsal(self) -> dict[str, Any] | None:
        return self.held.rehearsal

    def view(self) -> StepTable:
        return StepTable(self.steps)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.view()._repr_mimebundle_(include, exclude)


NAMED: Final = 1_000
"""When a record with more neighbours than this is expanded, the others are called by type and Id, so that nobody waits for their names."""


def graph_view(
    snapshot: Snapshot, keys: Iterable[RecordKey], depth: int | None, states: Mapping[RecordKey, str]
) -> GraphView:
    """Some records with what they need and what hangs on them, as far as ``depth`` (None: to the end).

    Its live form expands through the whole snapshot and knows the order in which the records could be put back.
    """
    graph = ReferenceGraph.of(snapshot.records())
    focus = [key for key in keys if key in graph]
    around = {*graph.closure(focus, "needs", depth), *graph.closure(focus, "dependents", depth), *focus}

    def nodes_of(found: Iterable[RecordKey], named: int | None = None) -> list[GraphNode]:
        ranked = sorted(found, key=order)
        held = snapshot.get_many(ranked[:named])
        return [
            GraphNode(key, held[key].label if key in held else f"{key.entity} {key.id}", states.get(key, "unchanged"))
            for key in ranked
        ]

    def expand(key: RecordKey, way: str) -> tuple[list[GraphNode], list[tuple[RecordKey, RecordKey]]]:
        near = graph.needs(key) if way == "needs" else graph.dependents(key)
        return nodes_of(near, NAMED), references_of((key, *near))

    def references_of(sources: Iterable[RecordKey]) -> list[tuple[RecordKey, RecordKey]]:
        return [(source, target) for source in sources for target in graph.needs(source)]

    return GraphView(nodes_of(around), references_of(around), focus, expand=expand, levels=graph.levels)
