"""What a plan would write, field by field, in a reviewer's words: pure, over the plan."""

from __future__ import annotations

from typing import Any

from akika_forensics.restore.document import FieldDelta, Plan, Step
from akika_widgets.views.listing import Column, Listing, Named
from akika_widgets.views.wording import field_words, value_text


def fields_put_back(plan: Plan) -> Listing:
    """Each field that a step changes in a standing record, as it is and as it will be."""
    columns = [Column("Step", "key"), Column("Record"), Column("Field"), Column("Now"), Column("As planned")]
    rows = [
        (*_field(step, one), value_text(one.path, one.now), _planned(one))
        for step in plan.steps
        for one in step.fields
        if step.target is not None and one.now != one.planned
    ]
    return Listing("Fields that are put back", columns, rows, nothing="no standing record is changed.")


def records_made_again(plan: Plan) -> Listing:
    """Each field of the records that are made again."""
    columns = [Column("Step", "key"), Column("Record"), Column("Field"), Column("As planned")]
    rows = [(*_field(step, one), _planned(one)) for step in plan.steps for one in step.fields if step.target is None]
    return Listing("Records that are made again", columns, rows, nothing="no record is made again.")


def _field(step: Step, one: FieldDelta) -> tuple[str, Named, str]:
    return (step.id, Named(step.label, step.record), field_words(one.path) or one.path)


def _planned(one: FieldDelta) -> str:
    return value_text(one.path, _given_later(one.planned))


def _given_later(value: Any) -> Any:
    """A value in which the Id that another step will be given is said in words."""
    if isinstance(value, dict):
        if set(value) == {"$step"}:
            return f"given in step {value['$step']}"
        return {name: _given_later(inner) for name, inner in value.items()}
    return [_given_later(inner) for inner in value] if isinstance(value, list | tuple) else value
