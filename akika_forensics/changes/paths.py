"""Paths of fields: ``Line[2].Amount``, safe for any field name, and readable for people."""

from __future__ import annotations

import re
from typing import Any, Final

_SPECIAL: Final = {"%": "%25", ".": "%2E", "[": "%5B", "]": "%5D"}
_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_EMPTY: Final = "%"
_WORDS: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_PLAIN: Final = {
    "TxnDate": "date",
    "DocNumber": "number",
    "TotalAmt": "total",
    "UnappliedAmt": "unapplied amount",
    "PrivateNote": "memo",
    "QtyOnHand": "quantity on hand",
    "LinkedTxn": "link",
    "MetaData": "server times",
    "SyncToken": "version number",
    "Qty": "quantity",
}
_SILENT: Final = re.compile(r"LineDetail$")


def escaped(name: str) -> str:
    """A field name as one step of a path."""
    if name.isalnum():
        return name
    return "".join(_SPECIAL.get(sign, sign) for sign in name) or _EMPTY


def steps(path: str) -> list[str | int]:
    """``Line[2].Amount`` as ``["Line", 2, "Amount"]``; undoes ``escaped``."""
    return [int(place) if place else _name(name) for name, place in _STEP.findall(path)]


def _name(text: str) -> str:
    if text == _EMPTY:
        return ""
    for sign in (".", "[", "]", "%"):
        text = text.replace(_SPECIAL[sign], sign)
    return text


def pattern(path: str) -> str:
    """The path with its places left open: ``Line[].Amount``."""
    return re.sub(r"\[\d+\]", "[]", path)


def readable(path: str, body: dict[str, Any] | None) -> str:
    """What a person calls the field: ``line 3 (Gardening): amount``. ``body`` is where the places are looked up."""
    words: list[str] = []
    context: Any = body
    front = ""
    for step in steps(path):
        if isinstance(step, int):
            context = context[step] if isinstance(context, list) and step < len(context) else None
            called = _called(context)
            front = f"{front}{words.pop() if words else ''} {step + 1}{f' ({called})' if called else ''}: "
        else:
            context = context.get(step) if isinstance(context, dict) else None
            if not _SILENT.search(step) and step != "value":
                words.append(_plain(step))
    text = front + " ".join(words)
    return text.removesuffix(": ").strip() or path


def _plain(name: str) -> str:
    if name in _PLAIN:
        return _PLAIN[name]
    parts = _WORDS.findall(name.removesuffix("Ref") or name)
    return " ".join(part if part.isupper() and len(part) > 1 else part.lower() for part in parts) or name


def _called(element: Any) -> str:
    """The name of a line's item or account, or its description, so that a person knows which line is meant."""
    if not isinstance(element, dict):
        return ""
    detail = element.get(str(element.get("DetailType")))
    for field in ("ItemRef", "AccountRef", "TaxRateRef"):
        reference = detail.get(field) if isinstance(detail, dict) else None
        if isinstance(reference, dict) and isinstance(reference.get("name"), str):
            return str(reference["name"])
    if element.get("TxnType") and element.get("TxnId"):
        return f"{element['TxnType']} {element['TxnId']}"
    for field in ("Description", "Name"):
        if isinstance(element.get(field), str):
            return str(element[field])[:60]
    return ""
