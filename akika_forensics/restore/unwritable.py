"""What the API does not let anyone put back, found before a step is made of it."""

from __future__ import annotations

from typing import Any, Final

from akika_forensics.model.catalogue import linked_entity
from akika_forensics.model.record import RecordKey

_BILLED: Final = frozenset({"TimeActivity", "ReimburseCharge"})


def deposit_of(key: RecordKey, live: dict[str, Any] | None) -> str | None:
    """The Id of the deposit that a live payment is part of; such a payment cannot be changed.

    Source: QuickBooks API, error 6540.
    """
    if key.entity != "Payment" or live is None:
        return None
    return next(
        (str(link.get("TxnId")) for link in live.get("LinkedTxn", ()) if link.get("TxnType") == "Deposit"), None
    )


def as_billed_now(before: dict[str, Any], live: dict[str, Any] | None) -> tuple[dict[str, Any], tuple[RecordKey, ...]]:
    """A sales document with its links to billed time and expenses as they stand now, and those it had and has no more.

    They are linked again by hand only: a second link would bill the same hours twice.
    """
    standing = live or {}
    result = dict(before)
    if "LinkedTxn" in before or _billed(standing.get("LinkedTxn")):
        result["LinkedTxn"] = [*_others(before.get("LinkedTxn")), *_billed(standing.get("LinkedTxn"))]
    live_lines = {str(line["Id"]): line for line in _lines(standing) if line.get("Id")}
    if isinstance(before.get("Line"), list):
        result["Line"] = [_line(line, live_lines) for line in before["Line"]]
    had, has = _keys(before), _keys(standing)
    return result, tuple(key for key in had if key not in has)


def _line(line: Any, live_lines: dict[str, dict[str, Any]]) -> Any:
    if not isinstance(line, dict) or "LinkedTxn" not in line:
        return line
    standing = live_lines.get(str(line.get("Id")), {})
    return {**line, "LinkedTxn": [*_others(line["LinkedTxn"]), *_billed(standing.get("LinkedTxn"))]}


def _lines(body: dict[str, Any]) -> list[dict[str, Any]]:
    lines = body.get("Line")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def _entity(link: Any) -> str | None:
    return linked_entity(str(link.get("TxnType"))) if isinstance(link, dict) else None


def _billed(links: Any) -> list[Any]:
    return [link for link in links if _entity(link) in _BILLED] if isinstance(links, list) else []


def _others(links: Any) -> list[Any]:
    return [link for link in links if _entity(link) not in _BILLED] if isinstance(links, list) else []


def _keys(body: dict[str, Any]) -> dict[RecordKey, None]:
    links = [
        *_billed(body.get("LinkedTxn")),
        *(link for line in _lines(body) for link in _billed(line.get("LinkedTxn"))),
    ]
    return {RecordKey(str(_entity(link)), str(link.get("TxnId"))): None for link in links}
