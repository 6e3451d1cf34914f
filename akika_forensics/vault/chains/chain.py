"""A chain of signed entries: append, and read back with every link and signature checked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from akika_forensics.errors import Refused, WrongUse
from akika_forensics.model import payload
from akika_forensics.vault import layout
from akika_forensics.vault.chains import entries, seals
from akika_forensics.vault.chains.authority import Signer
from akika_forensics.vault.chains.entries import Entry, Link, Plain
from akika_forensics.vault.chains.heads import ChainHead, HeadStore
from akika_forensics.vault.chains.links import Gate, Links, standing
from akika_forensics.vault.chains.seals import EntryKey
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.storage import Backend

_ATTEMPTS: Final = 50


class Keys(NamedTuple):
    """What a chain seals with. ``find``: the key of an id in a key table; ``own``: the one for new entries."""

    keyring: Callable[[], Keyring]
    find: Callable[[str], bytes | None]
    own: Callable[[], EntryKey | None]


class Chain:
    """Every method raises VaultDamaged when what it reads is not what was signed.

    ``gate`` says which entries may be there. Reading raises NotAllowed where the member's role does not reach;
    appending does not need to read.
    """

    def __init__(
        self, backend: Backend, heads: HeadStore, vault: str, name: str, namespace: str, *, gate: Gate, keys: Keys
    ) -> None:
        layout.require_chain(name)
        if not namespace:
            raise WrongUse("A chain's signatures need a namespace.")
        self.name = name
        self.namespace = namespace
        self._vault = vault
        self._backend = backend
        self._heads = heads
        self._keys = keys
        self._guard = threading.RLock()
        self._links = Links(backend, vault, name, namespace, gate)
        self._opened: dict[int, Entry] = {}
        self._stale: list[str] | None = None

    def append(
        self,
        body: dict[str, Any],
        files: Sequence[StoredFile] = (),
        *,
        expected: int | None = None,
        retired: Sequence[str] = (),
        signers: Sequence[Signer] | None = None,
        witness: dict[str, ChainHead] | None = None,
        key: EntryKey | None = None,
    ) -> Entry:
        """A new last entry, durable when this returns; it vouches for ``files`` and takes out ``retired``.

        Another writer that came first only moves the number, unless ``expected`` gives the number it must have:
        then Refused is raised and nothing is written. ``key`` seals this entry in place of the chain's own.
        """
        own = key or self._keys.own()
        with self._guard:
            for _ in range(_ATTEMPTS):
                self._catch_up()
                seq, previous = self._links.tail
                if expected is not None and seq + 1 != expected:
                    break
                plain = entries.draft(
                    self._vault, self.name, self.namespace,
                    seq=seq + 1, previous=previous, files=files, retired=retired, signers=signers, witness=witness,
                )  # fmt: skip
                entry = self._try_append(seals.seal(self._keys.keyring(), plain, body, own), body)
                if entry is not None:
                    return entry
        raise Refused(
            f"Another writer was faster on the chain {self.name}.",
            means="Nothing of this attempt was stored.",
            do="Run it again.",
        )

    def entries(self) -> tuple[Entry, ...]:
        """All entries that hold, oldest first."""
        with self._guard:
            return tuple(self.open(link) for link in self.links())

    def links(self) -> tuple[Link, ...]:
        """All entries that hold, checked and not opened, oldest first."""
        with self._guard:
            self._links.refresh()
            return standing(self._links.known, self._links.gate)

    def passed_over(self) -> tuple[Link, ...]:
        """Entries of members who had been removed before: they have their numbers, and nothing of them holds."""
        with self._guard:
            self._links.refresh()
            void = self._links.gate.passes_over(self._links.known)
            return tuple(link for link in self._links.known if link.plain.seq in void)

    def files(self, path: str) -> list[StoredFile]:
        """What the entries that were read so far tell of a file."""
        with self._guard:
            known = [link for link in self._links.known if any(file.path == path for file in link.plain.files)]
            found = standing(known, self._links.gate) if known else ()
            return [file for link in found for file in link.plain.files if file.path == path]

    def advance(self) -> None:
        """Take in what came since, without looking whether what was there before still is."""
        with self._guard:
            self._links.advance()

    def open(self, link: Link) -> Entry:
        """An entry with what was sealed in it. Raises Closed where its key is in no key table any more."""
        seq = link.plain.seq
        if seq not in self._opened:
            body = seals.unseal(self._keys.keyring(), link.plain, self._keys.find)
            self._opened[seq] = entries.entry_of(link.plain, link.digest, body)
        return self._opened[seq]

    def head(self) -> ChainHead | None:
        """Number and digest of the last entry; None for an empty chain."""
        with self._guard:
            self._links.refresh()
            seq, digest = self._links.tail
            return ChainHead(seq, digest) if seq >= 0 else None

    def _try_append(self, plain: Plain, body: dict[str, Any]) -> Entry | None:
        data, signature = entries.sign(plain, self._keys.keyring().signer)
        digest = entries.digest_of(data)
        signature_path = layout.signature(self.name, plain.seq, digest)
        read = entries.parse(data, self._vault, self.name, plain.seq)
        link = Link(read, digest, entries.check_signature(read, data, signature))
        problem = self._links.gate.refuses(link)
        if problem:
            raise Refused(
                f"This entry may not be added to the chain {self.name}: {problem}", means="Nothing was stored."
            )
        # The signature first: an entry that is there is always signed. Its name carries the entry's digest,
        # so one that a crash left behind stands in nobody's way.
        self._backend.create(signature_path, signature)
        try:
            self._backend.create(plain.path, data)
        except FileExistsError:
            self._backend.delete(signature_path)
            self._stale = None
            return None
        self._links.take(link)
        if self._links.gate.passes_over([link]):
            raise Refused(
                f"This entry of the chain {self.name} is passed over: you were removed from the members as it was written.",
                means="It has a number, and nothing of it holds.",
                do="Ask a full member: `akika vault keys list` shows who is one.",
            )
        self._heads.remember_chain(self._vault, self.name, plain.seq, digest)
        self._sweep(plain.seq)
        entry = self._opened[plain.seq] = entries.entry_of(read, digest, payload.decode(payload.encode(body)))
        return entry

    def _catch_up(self) -> None:
        """Before the first entry that this process appends, and after another writer was faster: only then is the
        folder listed, because a journal has many entries.
        """
        if self._stale is None:
            self._links.refresh()
            self._stale = [path for path in self._backend.list(self.name) if layout.place_of(path).kind == "signature"]

    def _sweep(self, seq: int) -> None:
        """Remove signatures under the number that was just taken, which a crash left behind."""
        for path in self._stale or ():
            place = layout.place_of(path)
            if place.chain == self.name and place.seq == seq:
                self._backend.delete(path)
        self._stale = []
