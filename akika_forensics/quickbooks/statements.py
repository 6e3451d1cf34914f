"""The query statements we send. Source: QuickBooks API, data queries."""

from __future__ import annotations

from typing import Final

from akika_forensics.model.catalogue import CATALOGUE

PAGE_SIZE: Final = 1000
"""Most rows of one answer. Source: QuickBooks API, data queries."""

BY_ID: Final = "Id"
BY_CHANGE: Final = "MetaData.LastUpdatedTime"
UNORDERED: Final = ""


def hides_inactive(entity: str) -> bool:
    """True when a plain query leaves out the inactive records of the entity."""
    return "Active" in CATALOGUE[entity].filterable


def select(entity: str, where: str = "", *, order: str = "", start: int = 1, size: int = PAGE_SIZE) -> str:
    """One page of an entity; ``where`` without the keyword."""
    parts = ["SELECT * FROM", entity]
    if where:
        parts.append(f"WHERE {where}")
    if order:
        parts.append(f"ORDERBY {order}")
    parts.append(f"STARTPOSITION {start} MAXRESULTS {size}")
    return " ".join(parts)


def single(entity: str) -> str:
    """The one record of what every company has once, such as CompanyInfo."""
    return f"SELECT * FROM {entity}"  # noqa: S608 -- a name of our own catalogue


def count(entity: str, where: str = "") -> str:
    return " ".join(("SELECT count(*) FROM", entity, *(("WHERE", where) if where else ())))


def everything(entity: str, where: str = "", *, inactive: bool = True) -> str:
    """The condition that reaches inactive records too."""
    conditions = [where] if where else []
    if inactive and hides_inactive(entity):
        conditions.append("Active IN (true,false)")
    return " AND ".join(conditions)


def literal(text: str) -> str:
    r"""A text as a quoted value. Source: QuickBooks API, data queries: ``'`` is written ``\'``."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
