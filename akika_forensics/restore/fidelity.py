"""How close a restored record comes to the one before: exact, exact but for a closed list, or differing in named fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from akika_forensics.model.payload import canonical_value
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.model.references import Link, rewrite_links
from akika_forensics.restore.document import Fidelity
from akika_forensics.restore.projection import TEMPLATE, templates

_KEPT_BY_SERVER: Final = frozenset({"Id", "SyncToken", "MetaData", "domain", "sparse", "status"})
_LINE_KEPT: Final = frozenset({"Id", "LineNum", "LineEx"})
_SWITCHED_OFF: Final = frozenset({"PrintStatus", "EmailStatus", "DeliveryInfo", "ProcessPayment"})
_ADDRESS_KEPT: Final = frozenset({"Id", "Lat", "Long"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """``differences`` are (path, before, restored); empty unless the fidelity is ``differs``."""

    fidelity: Fidelity
    differences: tuple[tuple[str, Any, Any], ...] = ()


def compare(before: Record, restored: Record, aliases: Mapping[RecordKey, RecordKey], *, recreated: bool) -> Comparison:
    """Hold a restored record against the one before, with references to recreated records read under their new Ids.

    The closed list: new Id and references rewritten to it, line and address Ids, SyncToken, create and update time,
    creator and editor; for a record made again also print, e-mail and card-processing status, which are switched off.
    Computed amounts, balances, quantities and links are compared like everything else.
    """

    def new_id(link: Link) -> str | None:
        target = aliases.get(link.target) if link.target is not None and not link.by_code else None
        return target.id if target is not None else None

    renamed = rewrite_links(before.key.entity, before.body, new_id)
    if canonical_value(before.body) == canonical_value(restored.body):
        return Comparison(Fidelity.EXACT)
    entity = before.key.entity
    left, right = _whole(entity, renamed, recreated=recreated), _whole(entity, restored.body, recreated=recreated)
    found = tuple(_differences(left, right, ""))
    return Comparison(Fidelity.DIFFERS, found) if found else Comparison(Fidelity.EXACT_BUT_FOR)


def _whole(entity: str, body: dict[str, Any], *, recreated: bool) -> dict[str, Any]:
    if entity != TEMPLATE:
        return _content(body, recreated=recreated)
    return {kind: _content(inner, recreated=recreated) for kind, inner in templates(body)}


def _content(body: Mapping[str, Any], *, recreated: bool) -> dict[str, Any]:
    dropped = _KEPT_BY_SERVER | (_SWITCHED_OFF if recreated else frozenset())
    content: dict[str, Any] = {}
    for name, value in body.items():
        if name in dropped:
            continue
        if name == "Line" and isinstance(value, list):
            content[name] = [_line(line) for line in value]
        elif name == "LinkedTxn" and isinstance(value, list):
            # The server lists mirrors by its own order, newest first.
            content[name] = sorted((_link(link) for link in value), key=canonical_value)
        elif name.endswith("Addr") and isinstance(value, dict):
            content[name] = {key: inner for key, inner in value.items() if key not in _ADDRESS_KEPT}
        elif name == "CheckPayment" and recreated and isinstance(value, dict):
            content[name] = _plain({key: inner for key, inner in value.items() if key != "PrintStatus"})
        else:
            content[name] = _plain(value)
    return {name: value for name, value in content.items() if value not in (None, "", [], {})}


def _link(link: Any) -> Any:
    if not isinstance(link, dict):
        return link
    # "0" stands for the whole transaction and is left out by some answers.
    return {name: value for name, value in link.items() if not (name == "TxnLineId" and str(value) == "0")}


def _line(line: Any) -> Any:
    if not isinstance(line, dict):
        return line
    kept = {name: _plain(value) for name, value in line.items() if name not in _LINE_KEPT}
    if isinstance(line.get("LinkedTxn"), list):
        kept["LinkedTxn"] = [_link(link) for link in line["LinkedTxn"]]
    group = line.get("GroupLineDetail")
    if isinstance(group, dict) and isinstance(group.get("Line"), list):
        kept["GroupLineDetail"] = {**_plain(group), "Line": [_line(inner) for inner in group["Line"]]}
    return {name: value for name, value in kept.items() if value not in (None, "", [])}


def _plain(value: Any) -> Any:
    """References by their value alone: the name beside it is a label the server may omit."""
    if isinstance(value, dict):
        if "value" in value and set(value) <= {"value", "name", "type"}:
            return {"value": value["value"]}
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


def _differences(left: Any, right: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(left, dict) and isinstance(right, dict):
        for name in dict.fromkeys([*left, *right]):
            here = f"{path}.{name}" if path else name
            yield from _differences(left.get(name), right.get(name), here)
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for position, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from _differences(one, other, f"{path}[{position}]")
    elif canonical_value(left) != canonical_value(right):
        yield path, left, right
