"""What a request is about: which entities, which operations. For patterns that pick requests out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import BY_KEY, BY_PATH
from akika_forensics.twin.http.call import Call

_FROM: Final = re.compile(r"\bfrom\s+(\w+)", re.IGNORECASE)
_TOKENED: Final = frozenset({"update", "delete", "void"})


class Subject:
    """Found out when asked for: most requests nobody asks about."""

    def __init__(self, call: Call) -> None:
        self.call = call

    @cached_property
    def text(self) -> str:
        return self.call.body.decode("utf-8", "replace")

    @cached_property
    def _body(self) -> dict[str, Any]:
        try:
            found = payloads.decode(self.call.body)
        except WrongUse:
            return {}
        return found if isinstance(found, dict) else {}

    @cached_property
    def _items(self) -> list[dict[str, Any]]:
        items = self._body.get("BatchItemRequest")
        return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []

    @cached_property
    def entities(self) -> frozenset[str]:
        """Names as in the catalogue."""
        call = self.call
        match call.parts:
            case ["query", *_]:
                return _named(_FROM.findall(self.text if call.method == "POST" else call.parameters.get("query", "")))
            case ["cdc", *_]:
                return _named(call.parameters.get("entities", "").split(","))
            case ["batch", *_]:
                keys = {BY_KEY[key].name for item in self._items for key in item if key in BY_KEY}
                return frozenset(keys) | _named(
                    name for item in self._items for name in _FROM.findall(str(item.get("Query", "")))
                )
            case ["upload" | "download", *_]:
                return frozenset({"Attachable"})
            case [name, *_]:
                return _named([name])
        return frozenset()

    @cached_property
    def operations(self) -> frozenset[str]:
        """create, update, delete, void; read, query, cdc, reports, batch, upload, download; of a batch its items' too."""
        parts = self.call.parts
        first = parts[0] if parts else ""
        if first == "batch":
            return frozenset({"batch"} | {_item_operation(item) for item in self._items})
        if first in {"query", "cdc", "reports", "upload", "download"}:
            return frozenset({first})
        if self.call.method != "POST":
            return frozenset({"read"})
        asked = self.call.parameters.get("operation", "").lower()
        if asked == "update" and "void" in self.call.parameters.get("include", "").lower():
            return frozenset({"void"})
        if asked in {"delete", "void"}:
            return frozenset({asked})
        if len(parts) > 1:
            return frozenset({parts[-1].lower()})
        inner = next(iter(self._body.values()), None) if len(self._body) == 1 else None
        body = inner if isinstance(inner, dict) else self._body
        return frozenset({"update" if body.get("Id") not in {None, ""} else "create"})

    @property
    def carries_a_token(self) -> bool:
        """Whether it changes one record that must not have changed meanwhile."""
        return bool(self.operations & _TOKENED) and "batch" not in self.operations


def _named(names: Iterable[str]) -> frozenset[str]:
    rows = (BY_PATH.get(name.strip().lower()) for name in names)
    return frozenset(row.name for row in rows if row is not None)


def _item_operation(item: dict[str, Any]) -> str:
    if "Query" in item:
        return "query"
    asked = str(item.get("operation") or "create").lower()
    given = next((item[key] for key in item if key in BY_KEY), None)
    if asked == "create" and isinstance(given, dict) and given.get("Id"):
        return "update"
    return asked
