"""Things done to a vault one after the other, and what can be seen of it after each: for crashes and kills."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any

from akika_forensics.model.record import RecordKey
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.lifecycle import compaction, erasing, retiring
from akika_forensics.vault.lifecycle.policy import Policy

MACHINE = Identity.from_bytes(bytes(range(64)))


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


def _with_a_file(vault: Any, kit: ModuleType) -> None:
    with vault.begin_snapshot(kit.COMPANY) as writer:
        for key, payload in kit.books(3).items():
            writer.add(key, payload)
        writer.attach(RecordKey("Invoice", "1"), [b"%PDF-", b"a scanned bill" * 90])
        at = kit.START
        writer.commit(taken_at=at, finished_at=at, complete=True, counts={}, fence={}, requests=0, findings=[])


def _compact(vault: Any, kit: ModuleType) -> None:
    compaction.compact(vault.workshop(), vault.pseudonym(kit.COMPANY), extent="everything")


def _retain(vault: Any, kit: ModuleType) -> None:
    retiring.retire(vault.workshop(), vault.pseudonym(kit.COMPANY), Policy(last=2), now=kit.START + timedelta(days=99))


def _erase(vault: Any, kit: ModuleType) -> None:
    erasing.erase(vault.workshop(), vault.pseudonym(kit.OTHER), "asked for", named="it")


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
    Act("member", lambda vault, kit: vault.membership.add("nightly capture", "capture", MACHINE.recipient)),
    Act("merged files", _compact),
    Act("snapshot with an attached file", _with_a_file),
    Act("new keys", lambda vault, kit: vault.membership.rotate()),
    Act("snapshot under the new keys", _capture(6)),
    Act("dropped snapshots", _retain),
    Act("erased company", _erase),
    Act("removed member", lambda vault, kit: vault.membership.remove("nightly capture")),
    Act("last snapshot", _capture(7)),
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
            [one[:4] for one in snapshot.attachments().rows()],
        )
    for name in sorted(vault.head["chains"]):
        if name != "commits":
            namespace = {"custody": "akika-custody"}.get(name, "akika-journal")
            entries = vault.chain(name, namespace).entries()
            found[name] = [(one.body, [vault.get_document(file.path) for file in one.files]) for one in entries]
    found["members"] = [(one.name, one.role) for one in vault.members]
    found["commits"] = vault.head["chains"]["commits"]["seq"]
    found["parts"] = {name: len(set(parts.values())) for name, parts in _parts(vault).items()}
    found["slots"] = {name: vault.slot(name).read() for name in vault.slots()}
    return found


def _parts(vault: Any) -> dict[str, dict[int, str]]:
    """Of each company, by its pseudonym, the file that each segment lies in."""
    parts = vault.workshop().shelf.holdings.parts
    return {name: {number: part.index for number, part in mine.items()} for name, mine in parts.items()}
