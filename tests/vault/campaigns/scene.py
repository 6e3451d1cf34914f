"""A filled vault in memory, all that it was before, another vault beside it, and what an attacker could make of them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import polars as pl

from akika_forensics.vault import HeadStore, VerifyReport, layout, opening
from akika_forensics.vault.checks.verify import verify_in
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.ways import OwnIdentity
from akika_forensics.vault.lifecycle import compaction

MACHINE, BEN = Identity.from_bytes(bytes(range(64))), Identity.from_bytes(bytes(range(64, 128)))
"""A member who may only add snapshots, and one who was removed."""

type Content = dict[str, bytes]


@dataclass
class Scene:
    """``older``: the vault's content after each act. ``plain``: each Parquet file's frame, unencrypted, by its path."""

    kit: ModuleType
    place: Any
    content: Content
    older: list[Content]
    plain: Content
    anchor: dict[str, Any]
    other: Content
    fork: Content = field(default_factory=dict)

    @property
    def ever(self) -> frozenset[str]:
        """Every path that this vault ever had."""
        return frozenset(path for content in (self.content, *self.older) for path in content)

    def hanging_on(self, path: str) -> frozenset[str]:
        """What cannot be judged any more where a file cannot be trusted, and may be named with it: what a commit vouches for
        or takes out, what a key table has the keys of.
        """
        place = layout.place_of(path)
        if place.kind == "keytable":
            return frozenset(self.paths("parquet", "sealed", "blob"))
        entry = layout.entry(place.chain, place.seq)
        if place.chain != layout.COMMITS or entry not in self.content:
            return frozenset()
        fields = json.loads(self.content[entry])
        return frozenset([*fields["retired"], *(file["path"] for file in fields["files"])])

    def paths(self, *kinds: str) -> list[str]:
        return sorted(path for path in self.content if not kinds or layout.place_of(path).kind in kinds)

    def entries(self, chain: str) -> list[str]:
        return [path for path in self.paths("entry") if layout.place_of(path).chain == chain]

    @property
    def chains(self) -> list[str]:
        return sorted({layout.place_of(path).chain for path in self.paths("entry")})

    def signature(self, entry: str) -> str:
        return signature_of(self.content, entry)

    def verify(self, content: Content, *, keys: bool, memory: bool = True, anchor: bool = False) -> VerifyReport:
        heads = self.place.heads if memory else HeadStore(self.place.folder / "nothing remembered")
        return verify_in(
            self.kit.MemoryBackend(content),
            self.kit.PASSPHRASE if keys else None,
            heads=heads,
            anchor=self.anchor if anchor else None,
        )


def signature_of(content: Content, entry: str) -> str:
    place = layout.place_of(entry)
    beginning = f"{place.chain}/{place.seq:08d}-"
    return next(path for path in content if path.startswith(beginning))


def fill(kit: ModuleType, folder: Path) -> Scene:
    plain: Content = {}
    place = kit.MemoryVault(folder / "scene")
    backend = _Remembering(kit)
    with _plain_copies(plain):
        vault = place.create(backend)
        kit.fill(vault)
        kit.take(vault, kit.books(4), kit.OTHER, day=3)
        vault.membership.add("nightly capture", "capture", MACHINE.recipient)
        vault.membership.add("Ben Ode", "full", BEN.recipient)
        kit.take(_opened(place, kit, backend, MACHINE), kit.books(6), day=4)
        _opened(place, kit, backend, BEN).chain("custody", "akika-custody").append({"act": "by Ben"})
        vault.membership.remove("Ben Ode")
        compaction.compact(vault.workshop(), vault.pseudonym(kit.COMPANY), extent="everything")
        kit.take(vault, kit.books(7), day=5)
    elsewhere = kit.MemoryVault(folder / "other")
    other = kit.MemoryBackend()
    kit.fill(elsewhere.create(other))
    return Scene(
        kit,
        place,
        dict(backend.content),
        backend.older,
        {path: plain[mark] for path, content in backend.content.items() if (mark := _mark(content)) in plain},
        json.loads(json.dumps(vault.head)),
        dict(other.content),
        _fork(kit, folder, backend.older),
    )


def _opened(place: Any, kit: ModuleType, backend: Any, identity: Identity) -> Any:
    return opening.open_in(place.folder, backend, kit.NoLock(), OwnIdentity(identity), heads=place.heads)


def _fork(kit: ModuleType, folder: Path, older: list[Content]) -> Content:
    """What a holder of the keys wrote on a copy of the vault, while the vault went its own way."""
    place = kit.MemoryVault(folder / "fork")
    begun = next(content for content in older if layout.entry(layout.COMMITS, 2) in content)
    backend = kit.MemoryBackend(begun)
    vault = place.open(backend)
    vault.chain("custody", "akika-custody").append({"act": "of the copy"})
    vault.chain("custody", "akika-custody").append({"act": "of the copy, again"})
    kit.take(vault, kit.books(7), day=2)
    return dict(backend.content)


class _Remembering:
    """A backend that keeps what was there after each act."""

    def __init__(self, kit: ModuleType) -> None:
        self._inner = kit.MemoryBackend()
        self.older: list[Content] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def create(self, path: str, data: bytes) -> None:
        self._inner.create(path, data)
        if layout.place_of(path).kind in ("entry", "slot"):
            self.older.append(dict(self._inner.content))


def _mark(content: bytes) -> str:
    return content[-60:].hex()


@contextmanager
def _plain_copies(found: Content) -> Iterator[None]:
    """Keep of every encrypted frame that is written what it would be in the clear."""
    real = pl.DataFrame.write_parquet

    def write(frame: pl.DataFrame, file: Any, **more: Any) -> None:
        real(frame, file, **more)
        more.pop("encryption", None)
        stream = io.BytesIO()
        real(frame, stream, **more)
        found[_mark(file.getvalue())] = stream.getvalue()

    with patch.object(pl.DataFrame, "write_parquet", write):
        yield
