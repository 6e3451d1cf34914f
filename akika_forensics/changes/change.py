"""What happened to one record between two snapshots."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal

from akika_forensics.changes.fields import FieldChange, differences
from akika_forensics.changes.origin import judged
from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import Record, RecordKey, label_of

Kind = Literal["added", "removed", "changed", "deactivated", "reactivated", "voided"]
KINDS: Final[tuple[Kind, ...]] = ("removed", "voided", "deactivated", "changed", "reactivated", "added")

VOIDED: Final = "Voided"
"""What the memo of a voided transaction begins with. Source: recorded payload of a voided invoice."""

_OPAQUE: Final = "(payload)"


@dataclass(frozen=True, slots=True)
class Change:
    """One record that is not what it was.

    ``fields`` is empty for added and removed records: the record itself says all. ``consequence`` is True where
    only fields moved that the server numbers, computes or mirrors: nobody touched this record.
    """

    key: RecordKey
    label: str
    kind: Kind
    fields: tuple[FieldChange, ...]
    consequence: bool
    before: Record | None = field(repr=False, default=None)
    after: Record | None = field(repr=False, default=None)

    @property
    def direct_fields(self) -> tuple[FieldChange, ...]:
        """The differences that somebody wrote."""
        return tuple(one for one in self.fields if not one.consequence)


def compare_records(before: Record | None, after: Record | None) -> Change | None:
    """The change from one version of a record to the other, None where both say the same.

    Raises WrongUse when the two are different records. A payload that is no JSON object differs as a whole.
    """
    if before is None or after is None:
        only = before or after
        if only is None:
            return None
        return Change(
            only.key, _label(only, _body(only)), "removed" if after is None else "added", (), False, before, after
        )
    if before.key != after.key:
        raise WrongUse(f"{before.key} and {after.key} are different records.", do="Compare versions of one record.")
    if before.payload == after.payload:
        return None
    left, right = _body(before), _body(after)
    fields = tuple(judged(before.key.entity, differences(left, right), left, right))
    if not fields:
        return None
    kind = _kind(before.key.entity, left, right)
    consequence = kind == "changed" and all(one.consequence for one in fields)
    return Change(before.key, _label(after, right), kind, fields, consequence, before, after)


def _kind(entity: str, before: dict[str, Any], after: dict[str, Any]) -> Kind:
    was, now = before.get("Active") is not False, after.get("Active") is not False
    if was and not now:
        return "deactivated"
    if now and not was:
        return "reactivated"
    row = CATALOGUE.get(entity)
    if row is not None and row.is_transaction and _is_voided(after) and not _is_voided(before):
        return "voided"
    return "changed"


def _is_voided(body: dict[str, Any]) -> bool:
    """All amounts zero and a memo that begins with ``Voided``."""
    note = body.get("PrivateNote")
    if not isinstance(note, str) or not note.lstrip().startswith(VOIDED):
        return False
    lines = body.get("Line")
    amounts = [body.get("TotalAmt")]
    amounts += [one.get("Amount") for one in lines if isinstance(one, dict)] if isinstance(lines, list) else []
    return all(amount is None or (isinstance(amount, int | Decimal) and amount == 0) for amount in amounts)


def _body(record: Record) -> dict[str, Any]:
    """The body, an unreadable payload as one opaque field, so that comparing never fails on what was captured.

    It is not left with the record, which may be one of half a million: decoded, it takes ten times the room.
    """
    try:
        body: Any = payloads.decode(record.payload)
    except WrongUse:
        body = None
    return body if isinstance(body, dict) else {_OPAQUE: record.payload.decode("utf-8", "backslashreplace")}


def _label(record: Record, body: dict[str, Any]) -> str:
    if _OPAQUE in body:
        return str(record.key)
    return f"{record.key.entity} {label_of(record.key.entity, body) or record.key.id}"
