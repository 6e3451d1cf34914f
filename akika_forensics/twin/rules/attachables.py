"""Attachable: a note, a file, or both, and what they hang on."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.catalogue import BY_KEY, CATALOGUE
from akika_forensics.twin import faults
from akika_forensics.twin.request import Write
from akika_forensics.twin.uncertain import ATTACH

CATEGORIES: Final = frozenset({"Contact Photo", "Document", "Image", "Receipt", "Signature", "Sound", "Other"})
"""Source: QuickBooks API, Attachable."""

_LONGEST_NOTE: Final = 2000
_LONGEST_NAME: Final = 1000


def complete(write: Write, body: dict[str, Any]) -> None:
    """Raises 2020, 2050, 2170, 6050 and 6000.

    Of an uploaded file the bytes and their type never change; a full update may leave out its name.
    Source: QuickBooks API, Attachable.
    """
    if write.old is not None and "FileAccessUri" in write.old:
        body["ContentType"] = write.old["ContentType"]
        body.setdefault("FileName", write.old["FileName"])
    if not body.get("Note") and not body.get("FileName"):
        raise faults.missing("Note")
    for name, longest in (("Note", _LONGEST_NOTE), ("FileName", _LONGEST_NAME)):
        if len(str(body.get(name, ""))) > longest:
            raise faults.length(name, 0, longest, str(body[name]))
    if body.get("Category", "Other") not in CATEGORIES:
        raise faults.malformed("Category", "enum", body["Category"])
    if body.get("AttachableRef") == []:
        del body["AttachableRef"]
    for link in body.get("AttachableRef", []):
        link.setdefault("IncludeOnSend", False)
        if "EntityRef" in link:
            _check_target(write, link["EntityRef"])


def _check_target(write: Write, ref: dict[str, str]) -> None:
    named, record_id = ref.get("type", ""), ref["value"]
    entity = target_entity(named)
    if entity is None or not _may_carry(write, entity):
        raise faults.unattachable(named)
    ref["type"] = named if named in BY_KEY else entity
    if write.session.find(entity, record_id) is None:
        raise faults.business(
            f"The entity {ref['type']} {record_id} that you are trying to link does not exist. "
            f"{ref['type']} {record_id}"
        )


def target_entity(named: str) -> str | None:
    """The entity of an ``EntityRef.type``, which may be written in any case, as in queries."""
    lowered = named.lower()
    return next((row.name for row in CATALOGUE.values() if lowered in {row.name.lower(), row.key.lower()}), None)


def _may_carry(write: Write, entity: str) -> bool:
    """Source: QuickBooks API, table of entities; what it leaves open is a belief each."""
    if entity in ATTACH:
        return write.session.beliefs.choice(ATTACH[entity]) == "allowed"
    return CATALOGUE[entity].attachable
