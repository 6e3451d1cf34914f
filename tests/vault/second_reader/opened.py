"""What is sealed in a vault apart from its snapshots: entries, documents, slots."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from .plain import MAGIC, derived, open_envelope, open_stream, raw, require, sha256, strict, unwrapped
from .unlocked import Unlocked

SHARED_SLOTS = ("company/", "tokens/", "draft/", "budget/", "hints/", "keys/")


class Opened(Unlocked):
    """``documents``: path → (kind, data). ``slots``: name → value."""

    def __init__(self, root: Path, passphrase: str, *, ask_openssh: bool) -> None:
        super().__init__(root, passphrase, ask_openssh=ask_openssh)
        self._open_entries()
        self.documents = self._open_documents()
        self.slots = self._open_slots()

    def _open_entries(self) -> None:
        for name, chain in self.chains.items():
            for entry in chain:
                plain, sealed = entry.plain, raw(entry.plain["sealed"])
                at = (
                    "entry", self.id, name, plain["namespace"], plain["seq"], plain["previous"], plain["generation"], plain["key"],
                )  # fmt: skip
                if plain["generation"] == 0:
                    if self.role == "full":
                        data = open_stream(derived(self.keys["legacy"], "entries"), sealed, *at[:6])
                        entry.body = json.loads(data, parse_float=Decimal)
                    continue
                own = self._find("index" if name == "commits" else "payload", plain["key"]) if plain["key"] else b""
                if own is None:
                    continue
                if name == "commits":
                    data = open_stream(derived(own or self._of(plain["generation"], "index"), "entries"), sealed, *at)
                elif self.role == "full":
                    key = open_envelope(self._of(plain["generation"], "document"), sealed[:80], *at)
                    data = open_stream(derived(key + own, "entries") if own else key, sealed[80:], *at)
                else:
                    continue
                entry.body = json.loads(data, parse_float=Decimal)

    def _document(self, path: str) -> tuple[str, bytes] | None:
        """None when the company that it was of has been erased."""
        if self.read(path).startswith(MAGIC + b"DOCU"):
            body = unwrapped(b"DOCU", self.read(path), path)
            require(path.endswith(f"/{body[:16].hex()}.sealed"), f"{path} is another document")
            key = derived(self.keys["legacy"], "documents")
            head, _, data = open_stream(key, body[16:], "document", self.id, body[:16].hex()).partition(b"\n")
            return str(strict(head, ("kind",), path)["kind"]), data
        head, _, sealed = unwrapped(b"DOC2", self.read(path), path).partition(b"\n")
        outer = strict(head, ("envelope", "generation", "id", "key"), path)
        require(path.endswith(f"/{outer['id']}.sealed"), f"{path} is another document")
        at = ("document", self.id, outer["id"])
        own = self._find("payload", outer["key"]) if outer["key"] else b""
        if own is None:
            return None
        key = open_envelope(self._of(outer["generation"], "document"), raw(outer["envelope"]), *at)
        key = derived(key + own, "documents") if own else key
        head, _, data = open_stream(key, sealed, *at).partition(b"\n")
        return str(strict(head, ("kind",), path)["kind"]), data

    def _open_documents(self) -> dict[str, tuple[str, bytes]]:
        if self.role != "full":
            return {}
        found = {path: self._document(path) for path in self.listed if path.startswith("documents/")}
        return {path: document for path, document in found.items() if document is not None}

    def _open_slots(self) -> dict[str, bytes]:
        newest: dict[str, str] = {}
        for path in self.files:
            if path.startswith("slots/") and ".tmp-" not in path:
                newest[path.split("/")[1]] = path  # files are in order
        found = {}
        for folder, path in newest.items():
            old = self.read(path).startswith(MAGIC + b"SLOT")
            body = unwrapped(b"SLOT" if old else b"SLO2", self.read(path), path)
            require(body[:32].hex() == sha256(path.encode()), f"{path} belongs under another name")
            generation, shared = int.from_bytes(body[32:36], "big"), body[36] == 1
            if self.role != "full" and (old or not shared):
                continue
            at: tuple[str | int, ...] = ("slot", self.id, folder, int(path[-15:-7]))
            if old:
                plain = open_stream(derived(self.keys["legacy"], "slots"), body[32:], *at)
            else:
                key = derived(self._of(generation, "connection" if shared else "private"), "slots")
                plain = open_stream(key, body[37:], *at, generation, "shared" if shared else "private")
            head, _, data = plain.partition(b"\n")
            said = strict(head, ("name", "present"), path)
            require(self.pseudonym("slot", said["name"]) == folder, f"{path} holds another value")
            require(old or shared == said["name"].startswith(SHARED_SLOTS), f"{path} is sealed for others")
            if said["present"] and said["name"] != "keys/resealed":
                found[said["name"]] = data
        return found
