"""The references of a record as edges: what it needs, and what it merely shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from akika_forensics.graph.links import PSEUDO_ITEMS, is_mirror
from akika_forensics.model.record import RecordKey
from akika_forensics.model.references import links_of

CURRENCY: Final = "CompanyCurrency"


class Cited(NamedTuple):
    """One reference: where, to what, under which name. A ``mirror`` needs nothing."""

    path: str
    target: RecordKey
    name: str
    mirror: bool
    by_code: bool


def cited(entity: str, body: dict[str, Any]) -> Iterator[Cited]:
    """Every reference of a payload whose target the API can read."""
    for link in links_of(entity, body):
        if link.target is None or (link.target.entity == "Item" and link.target.id in PSEUDO_ITEMS):
            continue
        mirror = link.read_only
        if link.linked:
            mirror = mirror or is_mirror(entity, link.target.entity, at_line=link.path.startswith("Line["))
        yield Cited(link.path, link.target, link.name, mirror, link.by_code)
