"""All key tables that the vault's commits vouch for, read: a key by its name."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping

from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.standing import Added
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import keytable
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.keys.keytable import DOCUMENTS, HALVES, SALT, Half
from akika_forensics.vault.storage import Backend
from akika_forensics.vault.storage.ahead import WINDOW, ahead


class Keychain:
    """``ignored``: tables that have no keys, whatever they say.

    Index halves are opened as the tables are taken in, payload halves when the first key of one is asked for.

    Of two keys of one name the older counts: whoever may only add cannot put another in its place.
    """

    def __init__(self, backend: Backend, keyring: Callable[[], Keyring]) -> None:
        self._backend = backend
        self._keyring = keyring
        self._contents: dict[str, tuple[str, bytes]] = {}
        self._index: dict[str, dict[str, bytes]] = {}
        self._payload: dict[str, dict[str, bytes]] = {}
        self._added: dict[str, Added] = {}
        self.ignored: set[str] = set()

    def take(
        self, files: Iterable[StoredFile], retired: Iterable[str], added: Mapping[str, Added] | None = None
    ) -> None:
        """Take in the tables among ``files``, oldest first, and forget those among ``retired``. Raises DamagedFile.

        ``added``: tables of members who only add, and what they may bring. One of them that does not open, though it is what was
        signed, has no keys: it stops nobody.
        """
        gone = set(retired)
        self._added |= added or {}
        for path in gone:
            for known in (self._contents, self._index, self._payload):
                known.pop(path, None)
        fresh = [file for file in files if file.path not in self._contents and file.path not in gone]
        for number, file in enumerate(fresh):
            if number % WINDOW == 0:
                ahead(self._backend, [one.path for one in fresh[number : number + WINDOW]])
            if file.path not in self._contents:
                content = file.read(self._backend)
                try:
                    table = keytable.parse(file.path, content)
                    index = keytable.open_half(self._keyring(), file.path, content, "index")
                except DamagedFile:
                    if file.path not in self._added:
                        raise
                    self.ignore([file.path])
                    continue
                self._contents[file.path] = (table.company, content)
                self._index[file.path] = {
                    name: key
                    for name, key in index.items()
                    if file.path not in self._added or name in self._added[file.path].names
                }

    def ignore(self, paths: Iterable[str]) -> None:
        """These tables have no keys and belong to nobody: so they are in no table that takes the place of others, and
        what opened by them now opens by nothing later.
        """
        for path in paths:
            self.ignored.add(path)
            self._contents[path], self._index[path], self._payload[path] = ("", b""), {}, {}

    def find(self, half: Half, name: str) -> bytes | None:
        """The key of that name. Raises NotAllowed for a payload key where the member has none."""
        for path in self._contents:
            key = self._half(path, half).get(name)
            if key is not None:
                return key
        return None

    def get(self, half: Half, name: str, path: str) -> bytes:
        """The key of a file that must have one; raises DamagedFile naming ``path``."""
        key = self.find(half, name)
        if key is None:
            raise DamagedFile(path, "No key table has its key.")
        return key

    def salt(self, company: str, segment: int) -> bytes | None:
        for path, (owner, _) in self._contents.items():
            if owner == company:
                key = self._half(path, "payload").get(f"{SALT}{segment}")
                if key is not None:
                    return key
        return None

    def document_key(self, company: str) -> tuple[str, bytes] | None:
        """Id and key of a company's documents; None before the first snapshot of it. Raises NotAllowed."""
        for path, (owner, _) in self._contents.items():
            if owner == company:
                for name, key in self._half(path, "payload").items():
                    if name.startswith(DOCUMENTS):
                        return name.removeprefix(DOCUMENTS), key
        return None

    def document_keys(self, company: str) -> frozenset[str]:
        """Ids of every key of a company's documents. Raises NotAllowed."""
        names = (name for path in self.tables(company) for name in self._half(path, "payload"))
        return frozenset(name.removeprefix(DOCUMENTS) for name in names if name.startswith(DOCUMENTS))

    def of(self, company: str) -> dict[Half, dict[str, bytes]]:
        """Every key of a company, for a table that takes the place of all others."""
        found: dict[Half, dict[str, bytes]] = {"index": {}, "payload": {}}
        for path, (owner, _) in self._contents.items():
            if owner == company:
                for half in HALVES:
                    found[half] = self._half(path, half) | found[half]
        return found

    def tables(self, company: str) -> tuple[str, ...]:
        """Paths of a company's tables."""
        return tuple(path for path, (owner, _) in self._contents.items() if owner == company)

    def companies(self) -> tuple[str, ...]:
        """Pseudonyms of the companies that have keys."""
        return tuple(sorted({owner for owner, _ in self._contents.values() if owner}))

    def _half(self, path: str, half: Half) -> dict[str, bytes]:
        if half == "index":
            return self._index[path]
        if path not in self._payload:
            try:
                opened = keytable.open_half(self._keyring(), path, self._contents[path][1], "payload")
            except DamagedFile:
                if path not in self._added:
                    raise
                opened = {}
            self._payload[path] = {name: key for name, key in opened.items() if self._may_bring(path, name)}
        return self._payload[path]

    def _may_bring(self, path: str, name: str) -> bool:
        """Names of segments and of a company's document key are foreseeable, unlike those of files: whoever only adds
        does not take them in advance.
        """
        if path not in self._added:
            return True
        if name.startswith(SALT):
            return name.removeprefix(SALT) in self._added[path].segments
        if name.startswith(DOCUMENTS):
            owner = self._contents[path][0]
            older = itertools.takewhile(lambda other: other != path, self._contents)
            mine = (other for other in older if self._contents[other][0] == owner)
            return not any(one.startswith(DOCUMENTS) for other in mine for one in self._half(other, "payload"))
        return True

    def owner(self, path: str) -> str | None:
        """Whose a table is (a pseudonym); None for one that is not in use."""
        return (self._contents[path][0] or None) if path in self._contents else None
