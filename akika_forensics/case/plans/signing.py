"""What a signature on a plan rests on and covers: its rehearsal, what is signed, who has signed. Pure, over these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from akika_forensics.restore.approval import Tally
from akika_forensics.restore.document import Plan
from akika_widgets.views.listing import Column, Listing, Mark
from akika_widgets.views.tables import FigureTable


def rehearsed(outcome: Mapping[str, Any] | None) -> Listing:
    """What became of a plan, and of taking it back, on a copy of the books of now; None where it was not rehearsed."""
    columns = [Column("Run", "text"), Column("Outcome", "state"), Column("What differed", "quiet")]
    if outcome is None:
        return Listing("Rehearsal", columns, (), nothing="the plan has not been rehearsed.")
    rows = [
        ("The plan", *_outcome(outcome["differences"], str(outcome["state"]))),
        ("Taking it back", *_outcome(outcome["undo_differences"], str(outcome["undo_state"]))),
    ]
    sub = f"largest residual {outcome['residual']}; not part of a rehearsal: {', '.join(outcome['not_modelled'])}"
    return Listing("Rehearsal", columns, rows, sub=sub)


def signed(plan: Plan) -> FigureTable:
    """What an approver's signature covers."""
    kind = "a production company" if plan.company.production else "a test company"
    rows = [
        ("Plan", plan.id, f"made {plan.created_at[:19].replace('T', ' ')} UTC by {plan.author}, with {plan.tool}"),
        ("Digest, SHA-256", plan.digest, "of every byte of the plan; one byte changed and no approval covers it"),
        ("Company", plan.company.name, f"realm {plan.company.realm_id} at {plan.company.host}; {kind}"),
        ("Writes", len(plan.steps), "steps, in the order shown"),
        ("Approvals needed", plan.policy.approvals_needed, f"each counts for {plan.policy.expires_days} days"),
        ("The author's own approval", "counts" if plan.policy.author_may_approve else "does not count", "unless it is asked for by name"),
    ]  # fmt: skip
    return FigureTable(rows, title="What is signed")


def approved(tally: Tally) -> Listing:
    """Who has approved or rejected a plan so far, and which approvals do not count."""
    columns = [Column("Signer"), Column("Verdict", "state"), Column("When (UTC)"), Column("Words", "quiet")]
    good, bad = Mark("✓", "approved", "good"), Mark("✗", "rejected", "removed")
    rows = [
        (one.statement.signer, good if one.statement.verdict == "approved" else bad, _at(one.statement.at), one.statement.words or one.statement.override)
        for one in tally.valid
    ] + [
        (one.statement.signer, Mark("·", "does not count", "quiet"), _at(one.statement.at), why)
        for one, why in tally.ignored
    ]  # fmt: skip
    return Listing("Approvals so far", columns, rows, nothing="nobody has signed this plan yet.")


def _outcome(differences: Sequence[str], state: str) -> tuple[Mark, str]:
    if differences or state != "complete":
        return Mark("≠", state if state != "complete" else "not as predicted", "removed"), "; ".join(differences)
    return Mark("✓", "as predicted", "good"), "nothing"


def _at(text: str) -> str:
    return text[:19].replace("T", " ")
