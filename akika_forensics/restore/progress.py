"""How far the run of a plan has come: what its journal is told, and what follows for the steps that are open.

Nothing is sent from here; `execute` sends, and tells this before and after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from akika_forensics.model.instants import format_instant, now
from akika_forensics.restore.document import Plan, Step
from akika_forensics.restore.journal import DONE, UNRESOLVED, Journal, RunState, StepResult, StepState, fold


@dataclass
class Progress:
    """A run, from the start or from where its journal ends. ``on_step`` hears of every result after the journal has it.

    ``broken``: this run, not an earlier one, met a refusal or a record that was kept otherwise than sent.
    """

    plan: Plan
    journal: Journal
    on_step: Callable[[Step, StepResult], None]
    run: RunState = field(init=False)
    broken: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self.run = fold(self.journal.bodies())

    def state(self, step: Step) -> StepState:
        return self.run.state(step.id)

    def done(self, step: Step) -> bool:
        """Whether the write of a step stands in the books."""
        return self.state(step) in DONE

    def in_state(self, *states: StepState) -> list[Step]:
        """The steps that stand so, in the order of the plan."""
        return [step for step in self.plan.steps if self.state(step) in states]

    def unresolved(self) -> list[Step]:
        """The steps whose write may or may not stand."""
        return self.in_state(*UNRESOLVED)

    def open_at(self, level: int) -> Iterator[Step]:
        """The steps of a level whose write does not stand when their turn comes."""
        return (step for step in self.plan.steps if step.level == level and not self.done(step))

    def waits_for(self, step: Step) -> list[str]:
        """The steps because of which this one is not sent: those it depends on, or those of its family that this run saw refused."""
        missing = [need for need in step.depends_on if self.run.state(need) not in DONE]
        if missing or not self.broken:
            return missing
        return [other.id for other in self.in_state(StepState.REJECTED) if other.family == step.family]

    def refusals(self, steps: Iterable[Step]) -> int:
        """How often earlier runs saw these steps refused."""
        return sum(self.run.refusals.get(step.id, 0) for step in steps)

    # -- what the journal is told ------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Once for a plan; a run that goes on has begun."""
        if self.run.begun:
            return
        self.journal.append(
            {
                "kind": "begin",
                "plan_digest": self.plan.digest,
                "at": format_instant(now()),
                "steps": len(self.plan.steps),
            }
        )
        self.run = fold(self.journal.bodies())

    def intend(self, steps: Sequence[Step], request_id: str, sync_token: str | None = None) -> None:
        """Before a request leaves; ``sync_token`` is that of today where a step is sent again with it."""
        again = {} if sync_token is None else {"sync_token": sync_token}
        self.journal.append(
            {
                "kind": "intent",
                "steps": [step.id for step in steps],
                "request_id": request_id,
                "at": format_instant(now()),
                **again,
            }
        )
        for step in steps:
            self.run.results[step.id] = StepResult(step.id, StepState.INTENDED)

    def record(self, results: Sequence[StepResult]) -> None:
        """What became of steps."""
        self.journal.append(
            {"kind": "result", "results": [result.to_json() for result in results], "at": format_instant(now())}
        )
        for result in results:
            self.run.results[result.step] = result
            self.broken = self.broken or result.state in {StepState.REJECTED, StepState.DIFFERS}
            self.on_step(self.plan.step(result.step), result)

    def end(self, state: str, why: str) -> None:
        """``stopped``: what was not sent is held."""
        if state == "stopped":
            held = [
                StepResult(step.id, StepState.HELD, why="The run stopped before it.")
                for step in self.in_state(StepState.PENDING)
            ]
            if held:
                self.record(held)
        self.journal.append({"kind": "end", "state": state, "why": why, "at": format_instant(now())})
