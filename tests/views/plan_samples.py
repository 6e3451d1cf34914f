"""Plans for the tests of the review, with any text wherever a text can stand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from akika_forensics.restore.document import (
    Action,
    Answer,
    BalanceLine,
    CompanyRef,
    Expectation,
    Fidelity,
    FieldDelta,
    Note,
    Plan,
    Prediction,
    SnapshotRef,
    Step,
)

DIGEST = "ab" * 32


def step(number: int, *needs: int, text: str = "Rock Fountain", **more: Any) -> Step:
    """Step ``number``; ``needs`` are the numbers of the steps it depends on."""
    given: dict[str, Any] = {
        "id": f"s{number:03d}",
        "action": Action.RECREATE,
        "record": f"Invoice:{number}",
        "target": None,
        "label": f"Invoice {number} {text}",
        "family": f"Invoice:{number}",
        "level": 1 if needs else 0,
        "operation": "create",
        "body": {"TotalAmt": 100},
        "expects": Expectation(present=False),
        "depends_on": tuple(f"s{need:03d}" for need in needs),
        "reason": f"It was there before and is gone. {text}",
        "fields": (
            FieldDelta(path="TotalAmt", now=None, planned=Decimal("100.00")),
            FieldDelta(path="CustomerRef", now=None, planned={"value": "24", "name": text}),
        ),
        "fidelity": Fidelity.EXACT_BUT_FOR,
        "fidelity_note": text,
        "preflight": (
            Answer(check="closed books", answer="clear", note="No closing date is set."),
            Answer(check="number taken", answer="found" if number % 7 == 0 else "clear", note=text),
        ),
        "effect": {"84": Decimal("100.00"), "79": Decimal("-100.00")},
    }
    return Step(**{**given, **more})


def note(
    code: str, record: str, text: str = "It was deleted after the incident, perhaps rightly.", **values: Any
) -> Note:
    return Note(code=code, record=record, label=f"{record} {text}"[:200], what=text, values=values)


def prediction(text: str = "Receivable") -> Prediction:
    text = text.encode("utf-8", "replace").decode()
    lines = (
        BalanceLine(account="84", name=text, before=Decimal("500.00"), now=Decimal("300.00"), predicted=Decimal("500.00")),
        BalanceLine(account="79", name="Sales", before=Decimal("-500.00"), now=Decimal("-300.00"), predicted=Decimal("-450.00")),
        BalanceLine(account="35", name="Checking", before=Decimal("10.00"), now=Decimal("10.00"), predicted=Decimal("10.00")),
    )  # fmt: skip
    return Prediction(as_of="2026-11-23", lines=lines, quantities={f"Item:{text}": Decimal(3)})


def plan(*steps: Step, text: str = "Rock Fountain", name: str = "p20261123-0001", **more: Any) -> Plan:
    ref = SnapshotRef(id="s1", digest=DIGEST, taken_at="2026-11-23T10:00:00Z")
    given: dict[str, Any] = {
        "id": name,
        "created_at": "2026-11-23T11:00:00Z",
        "tool": "akika-forensics",
        "author": text,
        "company": CompanyRef(realm_id="1", name=text, host="127.0.0.1", production=False),
        "before": ref,
        "now": ref,
        "scope": {},
        "steps": steps,
        "prediction": prediction(text),
    }
    return Plan(**{**given, **more}).sealed()


def small_plan(text: str = "Rock Fountain", **more: Any) -> Plan:
    """A customer, an invoice that needs it, its payment, a removal, a change, and something of every kind of note."""
    # A plan is JSON in UTF-8, which cannot hold half a surrogate pair.
    text = text.encode("utf-8", "replace").decode()
    key = f"Invoice:{text}" if text and ":" not in text else "Invoice:900"
    notes: dict[str, Any] = {
        "conflicts": (
            note("asks", "Bill:70", text),
            note("look_alike", "Invoice:71", text, adopt="301"),
            note("needs_missing", "Payment:72", text),
        ),
        "by_hand": (note("setting", "Preferences:1", text, Anything=text),),
        "left_alone": (note("decided", "Bill:73", text), note("later_work", key, text)),
        "findings": (note("dependent_gone", "Payment:74", text), note("adopted", "Invoice:75", text)),
        "follows": (note("follows", "Customer:9", text),),
        "decisions": {"Bill:73": "keep", "Invoice:75": "adopt:300"},
        "unanswered": (Answer(check="matched to a bank line", answer="cannot be checked", note=text),),
    }
    return plan(
        step(1, text=text, action=Action.REACTIVATE, record="Customer:1", target="Customer:1", operation="update",
             fields=(FieldDelta(path="Active", now=False, planned=True),), effect={}),
        step(2, 1, text=text),
        step(3, 2, text=text, record="Payment:3", level=2, label=f"Payment {text}"),
        step(4, text=text, action=Action.REMOVE, record="Bill:4", target="Bill:4", operation="delete", fields=(),
             fidelity=Fidelity.EXACT, label=f"Bill {text}"),
        step(5, text=text, action=Action.REVERT, record="Item:5", target="Item:5", operation="update",
             fidelity=Fidelity.DIFFERS, label=f"Item {text}",
             fields=(FieldDelta(path="UnitPrice", now=Decimal("9.00"), planned=Decimal("7.50")),
                     FieldDelta(path="Description", now=text, planned=f"{text} as before"))),
        text=text,
        **{**notes, **more},
    )  # fmt: skip


def large_plan(number: int = 10_000) -> Plan:
    """Invoices of which every fifth has a payment that needs it."""
    return plan(
        *(
            step(at, at - 1, record=f"Payment:{at}", label=f"Payment {at}", level=1)
            if at % 5 == 0
            else step(at, level=0, fidelity=Fidelity.DIFFERS if at % 11 == 0 else Fidelity.EXACT_BUT_FOR)
            for at in range(1, number + 1)
        )
    )
