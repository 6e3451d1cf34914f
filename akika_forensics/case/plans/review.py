"""A plan as its approver reads it, before anything is written: pure, over the plan and what is known of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from akika_forensics.case.acts import custody_table
from akika_forensics.case.pictures import predicted_movement
from akika_forensics.case.plans.archive import Held
from akika_forensics.case.plans.fields import fields_put_back, records_made_again
from akika_forensics.case.plans.signing import approved, rehearsed, signed
from akika_forensics.case.unverified import Unverified
from akika_forensics.custody import Act
from akika_forensics.model.money import ZERO
from akika_forensics.restore.document import Action, Fidelity, Note, Plan
from akika_forensics.restore.journal import DONE
from akika_widgets.views.balance import PredictedBalance, PredictedLine
from akika_widgets.views.listing import Cell, Column, Listing, Mark, Named
from akika_widgets.views.movement import MovementPicture
from akika_widgets.views.review import PlanReview
from akika_widgets.views.tables import FigureTable
from akika_widgets.views.wording import counted

_ACTIONS: Final = {
    Action.RECREATE: "make again what was removed",
    Action.REVERT: "put changed fields back",
    Action.RELINK: "link again",
    Action.REACTIVATE: "make active again",
    Action.REMOVE: "remove what was added",
    Action.DEACTIVATE: "make inactive again",
}
_FIDELITIES: Final = {
    Fidelity.EXACT: "Exact",
    Fidelity.EXACT_BUT_FOR: "Exact but for",
    Fidelity.DIFFERS: "Differs",
    Fidelity.BY_HAND: "By hand",
}
_NO: Final = Mark("·", "none", "quiet")


@dataclass(frozen=True)
class Review:
    """A plan with its rehearsal and approvals so far. ``acts``: the entries of the custody log that concern it."""

    held: Held
    acts: tuple[Act, ...] = ()

    @property
    def plan(self) -> Plan:
        return self.held.plan

    @cached_property
    def by_action(self) -> dict[Action, Counter[Fidelity]]:
        """How many steps do what, and how close each comes to the state before; in the order of `Action`."""
        found: dict[Action, Counter[Fidelity]] = {action: Counter() for action in Action}
        for step in self.plan.steps:
            found[step.action][step.fidelity] += 1
        return {action: counts for action, counts in found.items() if counts}

    @cached_property
    def balances(self) -> tuple[PredictedLine, ...]:
        """Every account of the prediction: before the incident, now, as predicted."""
        return tuple(PredictedLine.of(line) for line in self.plan.prediction.lines)

    @property
    def snapshot_ids(self) -> tuple[str, ...]:
        """The snapshots the plan was made from, once each."""
        named = (self.plan.before, self.plan.after, self.plan.now)
        return tuple(dict.fromkeys(ref.id for ref in named if ref is not None))

    @property
    def found(self) -> tuple[tuple[str, str], ...]:
        """Preflight questions that were answered with something found: step and what."""
        return tuple(
            (step.id, f"{answer.check}: {answer.note}".rstrip(": "))
            for step in self.plan.steps
            for answer in step.preflight
            if answer.answer == "found"
        )

    # -- how it shows itself -----------------------------------------------------------------------------------------

    def in_short(self) -> Listing:
        """What an approver asks first, each with its answer."""
        plan, tally = self.plan, self.held.tally
        moved, away = self.balances, sum(1 for row in self.balances if row.remaining)
        rows = [
            ("What will be done?", Mark("·", counted_steps(len(plan.steps)), "quiet"), self._actions_said()),
            ("Was it rehearsed?", *self._rehearsed()),
            ("Does anything ask for a decision?", *_open(plan.conflicts, "decided before it is approved")),
            ("Is anything left to be done by hand?", *_open(plan.by_hand, "what the interface of QuickBooks does not allow")),
            ("Is anything left alone?", *_open(plan.left_alone, "changed, and not in the scope or not to be touched")),
            (
                "Will the trial balance be as before?",
                Mark("≠", f"{away:,} accounts differ", "changed") if away else Mark("✓", "to the cent", "good"),
                f"{len(moved):,} accounts predicted as of {plan.prediction.as_of}",
            ),
            (
                "Is it approved?",
                Mark("✓", "yes", "good") if tally.enough else Mark("…", "not yet", "changed"),
                f"{len(tally.valid):,} of {tally.needed:,} approvals that count",
            ),
        ]  # fmt: skip
        return Listing(
            "The plan in short", [Column("Question"), Column("Answer", "state"), Column("Rests on", "quiet")], rows
        )

    def scope(self) -> Listing:
        """What the plan was asked to put back."""
        scope = self.plan.scope
        by_type = Counter(str(record).partition(":")[0] for record in scope.get("records", ()))
        rows: list[tuple[Cell, ...]] = [
            (counted(number, entity), "named one by one") for entity, number in sorted(by_type.items())
        ]
        rows += [
            (f"Import of {one.get('entity') or 'any type'}", f"created from {one['since']} to {one['until']}")
            for one in scope.get("imports", ())
        ]
        if scope.get("everything"):
            rows.append(
                ("The whole company", "whatever differs from the state before; nothing added is removed by this")
            )
        said = f"{len(self.plan.already_right):,} of them are already as they were" if self.plan.already_right else ""
        return Listing("Scope", [Column("What"), Column("How it is named", "quiet")], rows, sub=said)

    def states(self) -> Listing:
        """The snapshots the plan was made from."""
        plan = self.plan
        after = [("After the incident", plan.after)] if plan.after else []
        named = [("To go back to", plan.before), *after, ("As it was when the plan was made", plan.now)]
        columns = [Column("State"), Column("Snapshot"), Column("Taken (UTC)"), Column("SHA-256", "code")]
        rows = [(role, ref.id, ref.taken_at[:19].replace("T", " "), ref.digest) for role, ref in named]
        return Listing("States", columns, rows)

    def actions(self) -> Listing:
        """The steps by what they do and how close they come."""
        used = [one for one in Fidelity if any(counts[one] for counts in self.by_action.values())]
        columns = [
            Column("Action"),
            Column("What it does", "quiet"),
            Column("Steps", "number"),
            *(Column(_FIDELITIES[one], "number") for one in used),
        ]
        rows = [
            (action.value, _ACTIONS[action], counts.total(), *(counts[one] or None for one in used))
            for action, counts in self.by_action.items()
        ]
        cells: list[Cell] = [sum(counts[one] for counts in self.by_action.values()) for one in used]
        foot: tuple[Cell, ...] = ("All", "", len(self.plan.steps), *cells) if rows else ()
        return Listing("Steps by action", columns, rows, foot=foot, nothing="the plan has no steps.")

    def fields(self) -> Listing:
        """Each field that a step changes in a standing record, as it is and as it will be."""
        return fields_put_back(self.plan)

    def made_again(self) -> Listing:
        """Each field of the records that are made again."""
        return records_made_again(self.plan)

    def conflicts(self) -> Listing:
        return _notes("Asks a decision", self.plan.conflicts, "nothing asks for a decision.")

    def by_hand(self) -> Listing:
        return _notes("To be done by hand", self.plan.by_hand, "nothing is left to be done by hand.")

    def left_alone(self) -> Listing:
        return _notes("Left alone", self.plan.left_alone, "nothing that was found is left alone.")

    def remarks(self) -> Listing:
        """What follows by itself, and what else was noticed."""
        return _notes("Worth reading", (*self.plan.findings, *self.plan.follows), "nothing else was noticed.")

    def questions(self) -> Listing:
        """What was asked of the books before the plan was made, and what cannot be asked."""
        columns = [Column("Answer", "state"), Column("What"), Column("Step", "quiet")]
        rows = [(Mark("!", "found", "changed"), what, step) for step, what in self.found]
        rows += [
            (Mark("?", one.answer, "quiet"), f"{one.check}: {one.note}".rstrip(": "), "all")
            for one in self.plan.unanswered
        ]
        return Listing("Questions before the first write", columns, rows, nothing="every question was answered: clear.")

    def balance(self) -> PredictedBalance:
        """The trial balance as the plan will leave it: accounts that it moves, or that will not be as before."""
        return PredictedBalance(self.plan.prediction)

    def balance_picture(self) -> MovementPicture:
        """What the plan does to each account, as bars."""
        return predicted_movement(self.balances)

    def view(self) -> PlanReview:
        """The plan under review: level by level, step by step; in a notebook a reviewer marks what was looked at."""
        return PlanReview(self.plan, results=self.held.run.results)

    def rehearsal(self) -> Listing:
        """What became of the plan, and of taking it back, on a copy of the books of now."""
        return rehearsed(self.held.rehearsal)

    def unverified(self) -> Unverified:
        """The facts about QuickBooks that the rehearsal takes for granted."""
        return Unverified((self.held.rehearsal or {}).get("unverified", ()))

    def signing(self) -> FigureTable:
        """What an approver's signature covers."""
        return signed(self.plan)

    def approvals(self) -> Listing:
        """Who has approved or rejected the plan so far, and which approvals do not count."""
        return approved(self.held.tally)

    def custody(self) -> Listing:
        """What this software did with the plan and the snapshots it rests on."""
        return custody_table(self.acts)

    def figures(self) -> dict[str, str | int | bool | Decimal]:
        """What the report comes to."""
        plan, outcome = self.plan, self.held.rehearsal
        return {
            "plan": plan.id,
            "digest": plan.digest,
            "state": self.held.state,
            "steps": len(plan.steps),
            **{f"steps_{action.value}": counts.total() for action, counts in self.by_action.items()},
            "conflicts": len(plan.conflicts),
            "by_hand": len(plan.by_hand),
            "left_alone": len(plan.left_alone),
            "accounts_moved": sum(1 for row in self.balances if row.moved),
            "largest_remaining": max((abs(row.remaining) for row in self.balances), default=ZERO),
            "rehearsed": outcome is not None,
            "rehearsal_as_predicted": bool(outcome and outcome["ok"]),
            "approvals": len(self.held.tally.valid),
            "approved": self.held.tally.enough,
        }

    def outcome(self) -> dict[str, str | int | bool]:
        """What became of the plan, as its verification found it; without one it says so."""
        held = self.held
        found = held.verification or {}
        counts = {name: int(found[name]) for name in ("exact", "exact_but_for", "differs", "by_hand", "wrong") if found}
        return {
            "plan": held.plan.id,
            "digest": held.plan.digest,
            "state": held.state,
            "steps": len(held.plan.steps),
            "steps_done": sum(held.run.state(step.id) in DONE for step in held.plan.steps),
            "verified": held.verification is not None,
            **counts,
            **({"largest_residual": str(found["residual"])} if found else {}),
            "accounts_compared": len(found.get("balances", ())),
            "unexpected": len(found.get("unexpected", ())),
        }

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.in_short()._repr_mimebundle_(include, exclude)

    def __panel__(self) -> Any:
        return self.in_short().__panel__()

    def _actions_said(self) -> str:
        return ", ".join(f"{counts.total():,} {action.value}" for action, counts in self.by_action.items())

    def _rehearsed(self) -> tuple[Mark, str]:
        outcome = self.held.rehearsal
        if outcome is None:
            return Mark("…", "not yet", "changed"), "a rehearsal runs the plan and its undo on a copy of the books"
        if outcome["ok"]:
            return Mark("✓", "as predicted", "good"), f"largest residual {outcome['residual']}"
        return Mark("≠", "not as predicted", "removed"), f"{len(outcome['differences']):,} differences, named below"


def counted_steps(number: int) -> str:
    return f"{number:,} step{'' if number == 1 else 's'}"


def _open(notes: Sequence[Note], what: str) -> tuple[Mark, str]:
    return (Mark("!", f"{len(notes):,}", "changed"), what) if notes else (_NO, what)


def _notes(title: str, notes: Sequence[Note], nothing: str) -> Listing:
    columns = [Column("Record"), Column("What"), Column("Code", "quiet")]
    rows = [(Named(one.label, one.record), one.what, one.code.replace("_", " ")) for one in notes]
    return Listing(title, columns, rows, nothing=nothing, alike=True)
