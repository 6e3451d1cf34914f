"""A chain of signed entries: append, and read back with every link and signature checked."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from akika_forensics.errors import Refused, WrongUse
from akika_forensics.model import instants
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import entries
from akika_forensics.vault.chains.entries import Entry, Plain
from akika_forensics.vault.chains.heads import HeadStore
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.storage import Backend

_ATTEMPTS: Final = 50


class _Last(NamedTuple):
    seq: int
    digest: str


class Chain:
    """Every method raises VaultDamaged when what it reads is not what was signed."""

    def __init__(self, backend: Backend, keyring: Keyring, heads: HeadStore, name: str, namespace: str) -> None:
        layout.require_chain(name)
        if not namespace:
            raise WrongUse("A chain's signatures need a namespace.")
        self.name = name
        self.namespace = namespace
        self._backend = backend
        self._keyring = keyring
        self._heads = heads
        self._guard = threading.RLock()
        self._entries: list[Entry] = []
        self._last: _Last | None = None
        self._stale: set[str] = set()

    def append(self, body: dict[str, Any], files: Sequence[StoredFile] = (), *, expected: int | None = None) -> Entry:
        """A new last entry, durable when this returns; it vouches for ``files``.

        Another writer that came first only moves the number, unless ``expected`` gives the number it must have:
        then Refused is raised and nothing is written.
        """
        with self._guard:
            for _ in range(_ATTEMPTS):
                last = self._last or self._find_last()
                if expected is not None and last.seq + 1 != expected:
                    break
                entry = self._try_append(last, body, files)
                if entry is not None:
                    return entry
                self._last = None
        raise Refused(
            f"Another writer was faster on the chain {self.name}.",
            means="Nothing of this attempt was stored.",
            do="Run it again.",
        )

    def entries(self) -> tuple[Entry, ...]:
        """All entries, oldest first."""
        with self._guard:
            present = _numbers(self._backend, self.name)
            for seq in range(len(self._entries), len(present)):
                previous = self._entries[-1].digest if self._entries else self._first_link()
                self._entries.append(self._read(seq, previous))
            if len(present) < len(self._entries):
                raise DamagedFile(
                    layout.entry(self.name, len(present)), "The entry was there before and is missing now."
                )
            if self._entries:
                self._last = _Last(len(self._entries) - 1, self._entries[-1].digest)
            return tuple(self._entries)

    def head(self) -> _Last | None:
        """Number and digest of the last entry; None for an empty chain."""
        with self._guard:
            last = self._find_last()
            return last if last.seq >= 0 else None

    def _first_link(self) -> str:
        return entries.first_link(self._keyring.vault, self.name)

    def _find_last(self) -> _Last:
        present = _numbers(self._backend, self.name)
        if not present:
            last = _Last(-1, self._first_link())
        elif self._last is not None and self._last.seq == len(present) - 1:
            last = self._last
        else:
            last = _Last(len(present) - 1, self._read(len(present) - 1, None).digest)
        self._stale = {path for path in self._backend.list(self.name) if layout.place_of(path).kind == "signature"}
        self._last = last
        return last

    def _try_append(self, last: _Last, body: dict[str, Any], files: Sequence[StoredFile]) -> Entry | None:
        seq = last.seq + 1
        data, signature = entries.build(
            self._keyring, self.name, self.namespace, seq=seq, previous=last.digest, body=body, files=files
        )
        digest = entries.digest_of(data)
        signature_path = layout.signature(self.name, seq, digest)
        # The signature first: an entry that is there is always signed. Its name carries the entry's digest,
        # so one that a crash left behind stands in nobody's way.
        self._backend.create(signature_path, signature)
        try:
            self._backend.create(layout.entry(self.name, seq), data)
        except FileExistsError:
            self._backend.delete(signature_path)
            return None
        self._last = _Last(seq, digest)
        self._heads.remember_chain(self._keyring.vault, self.name, seq, digest)
        self._sweep(seq, signature_path)
        plain = entries.parse(data, self._keyring.vault, self.name, seq, last.digest)
        entry = self._entry(plain, digest)
        if len(self._entries) == seq:
            self._entries.append(entry)
        return entry

    def _sweep(self, seq: int, mine: str) -> None:
        for path in sorted(self._stale):
            place = layout.place_of(path)
            if place.chain == self.name and place.seq == seq and path != mine:
                self._backend.delete(path)
        self._stale.clear()

    def _read(self, seq: int, previous: str | None) -> Entry:
        path = layout.entry(self.name, seq)
        try:
            data = self._backend.read(path)
        except FileNotFoundError as error:
            raise DamagedFile(path, "The entry is missing.") from error
        plain = entries.parse(data, self._keyring.vault, self.name, seq, previous)
        if plain.namespace != self.namespace:
            raise WrongUse(f"The chain {self.name} is signed for {plain.namespace}, not for {self.namespace}.")
        digest = entries.digest_of(data)
        signature_path = layout.signature(self.name, seq, digest)
        try:
            signature = self._backend.read(signature_path)
        except FileNotFoundError as error:
            raise DamagedFile(path, "There is no signature for these bytes.") from error
        entries.check_signature(plain, data, signature, self._keyring.public_key)
        return self._entry(plain, digest)

    def _entry(self, plain: Plain, digest: str) -> Entry:
        body = plain.open(entries.entry_key(self._keyring))
        return Entry(plain.seq, instants.parse_instant(plain.at), digest, body, tuple(plain.files))


def _numbers(backend: Backend, name: str) -> list[int]:
    """The numbers of a chain's entries, from 0 without a gap. Raises DamagedFile for the first that is missing."""
    places = (layout.place_of(path) for path in backend.list(name))
    present = sorted(place.seq for place in places if place.kind == "entry" and place.chain == name)
    for expected, seq in enumerate(present):
        if seq != expected:
            raise DamagedFile(layout.entry(name, expected), "The entry is missing.")
    return present


def names(backend: Backend) -> tuple[str, ...]:
    """Every chain that has an entry."""
    places = (layout.place_of(path) for path in backend.list())
    return tuple(sorted({place.chain for place in places if place.kind == "entry"}))


def digest_at(backend: Backend, name: str, seq: int) -> str | None:
    """The digest of an entry's bytes as they lie there, unchecked; None when there is none."""
    try:
        return entries.digest_of(backend.read(layout.entry(name, seq)))
    except FileNotFoundError:
        return None
