"""What a statement may ask for, as far as nobody is sure: see ``uncertain``."""

from __future__ import annotations

from akika_forensics.twin import faults
from akika_forensics.twin.beliefs import Beliefs
from akika_forensics.twin.reading import fields
from akika_forensics.twin.reading.grammar import Statement
from akika_forensics.twin.uncertain import FILTER


def unlisted(beliefs: Beliefs, entity: str) -> bool:
    """An entity that has no list."""
    return entity == "InventoryAdjustment" and beliefs.choice("query_inventory_adjustment") == "refused"


def check(beliefs: Beliefs, entity: str, statement: Statement, most: int) -> None:
    """Raises 4001 for too many rows, an order by Id, a field that may not be asked for; 10000 for a quoted boolean."""
    if statement.limit > most and beliefs.choice("maxresults_above_1000") == "refused":
        raise faults.invalid_query(f"value {statement.limit} is too large. Max allowed value is {most}")
    name, doubtful = FILTER.get(entity, ("", frozenset()))
    refused = doubtful if name and beliefs.choice(name) == "refused" else frozenset()
    lowered = {field.lower() for field in refused}
    for condition in statement.conditions:
        if condition.path.lower() in lowered:
            raise faults.invalid_query(f"property '{condition.path}' is not queryable")
    for path, _ in statement.order:
        if path.lower() in lowered or (path.lower() == "id" and beliefs.choice("orderby_id") == "refused"):
            raise faults.invalid_query(f"property '{path}' is not sortable")
    if beliefs.choice("addresses_in_columns") == "not_found":
        for path in statement.fields or ():
            if fields.kind_of(entity, fields.known(entity, path)[:1]) == "PhysicalAddress":
                raise faults.invalid_query(f"Property {path} not found for Entity {entity}")
    if beliefs.choice("quoted_booleans") == "broken":
        for condition in statement.conditions:
            kind = fields.kind_of(entity, fields.filterable(entity, condition.path))
            if kind == "boolean" and any(value.kind == "text" for value in condition.values):
                raise faults.system_failure("java.lang.String cannot be cast to java.lang.Boolean")
