"""Things done to a vault one after the other, and what can be seen of it after each: for crashes and kills."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from akika_forensics.model.record import RecordKey


@dataclass(frozen=True)
class Act:
    name: str
    do: Callable[[Any, ModuleType], object]


def _capture(number: int) -> Callable[[Any, ModuleType], object]:
    def do(vault: Any, kit: ModuleType) -> None:
        records = kit.books(2 + number % 4) | {RecordKey("Invoice", "1"): kit.invoice(1, f"{number}.25", number)}
        kit.take(vault, records, day=number)

    return do


def _planned(vault: Any, kit: ModuleType) -> None:
    document = vault.put_document("plan", b"the plan" * 10)
    vault.chain("custody", "akika-custody").append({"act": "planned"}, [document])


def _stepped(vault: Any, kit: ModuleType) -> None:
    vault.chain("journals/p1", "akika-journal").append({"step": 1, "state": "intended"})


def _token(value: bytes) -> Callable[[Any, ModuleType], object]:
    return lambda vault, kit: vault.slot("tokens/1").write(value)


STORY = (
    Act("first snapshot", _capture(1)),
    Act("first entry of a chain", _stepped),
    Act("document and entry", _planned),
    Act("slot", _token(b"one")),
    Act("second snapshot", _capture(2)),
    Act("slot written again", _token(b"two")),
    Act("snapshot of another company", lambda vault, kit: kit.take(vault, kit.books(2), kit.OTHER, day=3)),
    Act("second entry", _stepped),
    Act("slot deleted", lambda vault, kit: vault.slot("tokens/1").delete()),
    Act("third snapshot", _capture(5)),
)
"""Each act is one step for whoever looks: it is there or it is not."""


def seen(vault: Any) -> dict[str, Any]:
    """All that a reader can see."""
    found: dict[str, Any] = {}
    for info in vault.snapshots():
        snapshot = vault.snapshot(info.id)
        found[info.id] = (
            {record.key: record.payload for record in snapshot.records()},
            {name: snapshot.control(name) for name in info.controls},
        )
    for name in sorted(vault.head["chains"]):
        if name != "commits":
            namespace = {"custody": "akika-custody"}.get(name, "akika-journal")
            entries = vault.chain(name, namespace).entries()
            found[name] = [(one.body, [vault.get_document(file.path) for file in one.files]) for one in entries]
    found["slots"] = {name: vault.slot(name).read() for name in vault.slots()}
    return found
