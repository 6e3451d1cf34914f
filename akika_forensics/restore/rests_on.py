"""What a plan does to QuickBooks, as acts of which the twin's table of beliefs says how sure anybody is."""

from __future__ import annotations

from typing import Any

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.references import links_of
from akika_forensics.restore.document import Plan


def acts_of(plan: Plan) -> frozenset[str]:
    """Its writes, what they are looked up by before and after, and that each may have to be sent again."""
    acts: set[str] = set()
    entities: set[str] = set()
    for step in plan.steps:
        entity = step.key.entity
        entities.add(entity)
        acts.add(f"{step.operation} {entity}")
        acts.add("retry")
        if step.body.get("sparse") and not CATALOGUE[entity].can("sparse"):
            acts.add(f"sparse {entity}")
        if "ExchangeRate" in step.body or entity == "ExchangeRate":
            acts.add("foreign")
        if entity == "Attachable" and step.operation != "delete":
            acts.update(f"attach {target}" for target in _attached(step.body))
    for entity in entities:
        acts.update((f"query {entity}", f"order {entity}"))
    return frozenset(acts)


def _attached(body: dict[str, Any]) -> set[str]:
    return {link.target.entity for link in links_of("Attachable", body) if link.target is not None}
