"""Reading a chain without keys: numbers without a gap, each link to the one before, each signature."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from akika_forensics.errors import WrongUse
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import entries
from akika_forensics.vault.chains.entries import Link
from akika_forensics.vault.chains.heads import ChainHead
from akika_forensics.vault.storage import Backend
from akika_forensics.vault.storage.ahead import WINDOW, ahead

_ENTRIES_AHEAD: Final = WINDOW // 2
"""Each entry has its signature beside it."""


class Gate(Protocol):
    """Which entries a chain may have. Both say why not, empty when one may be there."""

    def refuses(self, link: Link) -> str:
        """Asked before an entry is written."""

    def admit(self, link: Link) -> str:
        """Asked when an entry is there; what it changes is taken up."""

    def passes_over(self, links: Iterable[Link]) -> frozenset[int]:
        """Numbers of those that have a number and a place in their chain, and of which nothing else holds."""


class Links:
    """The entries of one chain as far as they were read. Methods raise DamagedFile."""

    def __init__(self, backend: Backend, vault: str, name: str, namespace: str, gate: Gate) -> None:
        self.name = name
        self.namespace = namespace
        self.known: list[Link] = []
        self._backend = backend
        self._vault = vault
        self.gate = gate

    def refresh(self) -> list[Link]:
        """What came since the last time, checked, oldest first."""
        paths = self._backend.list(self.name)
        present = numbers(paths, self.name)
        if len(present) < len(self.known):
            path = layout.entry(self.name, len(present))
            raise DamagedFile(path, "The entry was there before and is missing now.")
        fresh: list[Link] = []
        for seq in range(len(self.known), len(present)):
            if len(fresh) % _ENTRIES_AHEAD == 0:
                begin, end = (bisect_left(paths, f"{self.name}/{n:08d}") for n in (seq, seq + _ENTRIES_AHEAD))
                ahead(self._backend, paths[begin:end])
            link = self._read(seq)
            self.take(link)
            fresh.append(link)
        return fresh

    def advance(self) -> None:
        """What came since the last time, without looking whether what was there before still is: one question to the
        medium where nothing came.
        """
        while True:
            try:
                data = self._backend.read(layout.entry(self.name, len(self.known)))
            except FileNotFoundError:
                return
            self.take(self._checked(len(self.known), data))

    def take(self, link: Link) -> None:
        """The next entry, read or written by this process."""
        problem = self.gate.admit(link)
        if problem:
            raise DamagedFile(link.path, problem)
        self.known.append(link)

    @property
    def tail(self) -> tuple[int, str]:
        """Number and digest of the last entry that was read; -1 and what the first one follows where there is none."""
        if self.known:
            return len(self.known) - 1, self.known[-1].digest
        return -1, entries.first_link(self._vault, self.name)

    def _read(self, seq: int) -> Link:
        path = layout.entry(self.name, seq)
        try:
            data = self._backend.read(path)
        except FileNotFoundError as error:
            raise DamagedFile(path, "The entry is missing.") from error
        return self._checked(seq, data)

    def _checked(self, seq: int, data: bytes) -> Link:
        path = layout.entry(self.name, seq)
        plain = entries.parse(data, self._vault, self.name, seq, self.tail[1])
        digest = entries.digest_of(data)
        try:
            signature = self._backend.read(layout.signature(self.name, seq, digest))
        except FileNotFoundError as error:
            raise DamagedFile(path, "There is no signature for these bytes.") from error
        link = Link(plain, digest, entries.check_signature(plain, data, signature))
        if plain.namespace != self.namespace and not self.gate.passes_over([link]):
            raise WrongUse(f"The chain {self.name} is signed for {plain.namespace}, not for {self.namespace}.")
        return link


def numbers(paths: Iterable[str], name: str) -> list[int]:
    """The numbers of a chain's entries, from 0 without a gap. Raises DamagedFile for the first that is missing."""
    places = (layout.place_of(path) for path in paths)
    present = sorted(place.seq for place in places if place.kind == "entry" and place.chain == name)
    for expected, seq in enumerate(present):
        if seq != expected:
            raise DamagedFile(layout.entry(name, expected), "The entry is missing.")
    return present


def standing(found: Sequence[Link], gate: Gate) -> tuple[Link, ...]:
    """Those of a chain that hold, in their order."""
    void = gate.passes_over(found)
    return tuple(link for link in found if link.plain.seq not in void)


def namespace(backend: Backend, vault: str, name: str, gate: Gate) -> str:
    """What a chain is signed for: the first entry that holds tells. Raises DamagedFile where none does."""
    for seq in itertools.count():
        link = read_link(backend, vault, name, seq)
        if standing([link], gate):
            return link.plain.namespace
    raise AssertionError("an entry that is missing was raised")


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


def heads(backend: Backend, vault: str, gate: Gate) -> dict[str, ChainHead]:
    """Number and digest of the last entry of every chain beside the commits that is one: signed, by whom ``gate`` lets.

    What somebody else laid there is left out, so that nobody vouches for it and it can be taken away again.
    """
    found: dict[str, ChainHead] = {}
    for name in names(backend):
        if name == layout.COMMITS:
            continue
        places = (layout.place_of(path) for path in backend.list(name))
        for seq in sorted({place.seq for place in places if place.kind == "entry" and place.chain == name})[::-1]:
            try:
                link = read_link(backend, vault, name, seq)
            except DamagedFile:
                continue
            if not gate.refuses(link):
                found[name] = ChainHead(seq, link.digest)
                break
    return found


def read_link(backend: Backend, vault: str, name: str, seq: int) -> Link:
    """One entry with its signature, alone. Raises DamagedFile."""
    path = layout.entry(name, seq)
    try:
        data = backend.read(path)
        digest = entries.digest_of(data)
        plain = entries.parse(data, vault, name, seq)
        signature = backend.read(layout.signature(name, seq, digest))
    except FileNotFoundError as error:
        raise DamagedFile(path, "The entry is missing, or its signature.") from error
    return Link(plain, digest, entries.check_signature(plain, data, signature))
