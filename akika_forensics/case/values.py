"""What a case returns to a notebook: plain values that show themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from akika_forensics.case.moved import Moved
from akika_forensics.case.plans.archive import Held
from akika_forensics.case.results import RehearsalResult, VerificationResult
from akika_forensics.case.rows import as_pandas
from akika_forensics.case.scopes import compared_by
from akika_forensics.case.shown import Shown
from akika_forensics.case.tables import Changes, Effects, SnapshotTable, StepRow, Steps
from akika_forensics.changes import Comparison
from akika_forensics.graph import ReferenceGraph, order
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.document import Plan
from akika_forensics.vault import Snapshot, SnapshotInfo
from akika_widgets.views.difference import DifferenceView
from akika_widgets.views.movement import MovementPicture
from akika_widgets.views.record_graph import GraphNode, GraphView
from akika_widgets.views.tables import AccountEffectTable, StepTable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CaseDiff", "CasePlan", "SnapshotTable", "StepRow", "graph_view"]


@dataclass(frozen=True)
class CaseDiff(Shown):
    """Two snapshots compared: every change, and what the changes do to the trial balance."""

    before: SnapshotInfo
    after: SnapshotInfo
    comparison: Comparison
    effect: Effects
    moved: Moved = field(default_factory=Moved)
    """What the changes did to the books, by account, period, class, location, party and document."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "effect", Effects(self.effect))

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be known of a comparison with snapshots of some records, a sentence each."""
        return compared_by(self.before, self.after)

    @cached_property
    def changes(self) -> Changes:
        """Every record that differs, in order of entity and Id; those that only followed are marked as consequences."""
        return Changes(self.comparison.changes)

    def states(self) -> dict[RecordKey, str]:
        """For each record that somebody changed, the kind of change; for `Case.graph`."""
        return {change.key: change.kind for change in self.changes if not change.consequence}

    def view(self) -> DifferenceView:
        """What changed, record by record and field by field."""
        return DifferenceView(self.changes, before=self.before.id, after=self.after.id)

    def effect_view(self) -> AccountEffectTable:
        """The accounts that moved: before, after and change."""
        return AccountEffectTable(self.effect)

    def effect_picture(self) -> MovementPicture:
        """The same as bars."""
        return MovementPicture(self.effect)

    def to_frame(self) -> pl.DataFrame:
        """A polars frame with a row for each field that differs; see `Comparison.to_frame`. `changes` has a row a record."""
        return self.comparison.to_frame()

    def to_pandas(self) -> pd.DataFrame:
        """The same as a pandas frame of Arrow types."""
        return as_pandas(self.to_frame())


@dataclass(frozen=True)
class CasePlan(Shown):
    """A plan with what became of it."""

    held: Held

    @property
    def plan(self) -> Plan:
        """The document itself."""
        return self.held.plan

    @property
    def summary(self) -> dict[str, Any]:
        """The plan in a few words and counts, by what each is called."""
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
    def steps(self) -> Steps:
        """Every step in the order of execution, with its state and why it is so."""
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
        return Steps(rows)

    @property
    def verification(self) -> VerificationResult | None:
        """The last verification, or None before one: counts, residual, and a row for each record and account."""
        return None if self.held.verification is None else VerificationResult(self.held.verification)

    @property
    def rehearsal(self) -> RehearsalResult | None:
        """The last rehearsal, or None before one: whether it ended as predicted, and what differed."""
        return None if self.held.rehearsal is None else RehearsalResult(self.held.rehearsal)

    def view(self) -> StepTable:
        """The steps with what became of each."""
        return StepTable(self.steps)


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
