"""All key tables that the vault's commits vouch for, read: a key by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import keytable
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.keys.keytable import DOCUMENTS, HALVES, SALT, Half
from akika_forensics.vault.storage import Backend
from akika_forensics.vault.storage.ahead import WINDOW, ahead


class Keychain:
    """Index halves are opened as the tables are taken in, payload halves when the first key of one is asked for.

    Of two keys of one name the older counts: whoever may only add cannot put another in its place.
    """

    def __init__(self, backend: Backend, keyring: Callable[[], Keyring]) -> None:
        self._backend = backend
        self._keyring = keyring
        self._contents: dict[str, tuple[str, bytes]] = {}
        self._index: dict[str, dict[str, bytes]] = {}
        self._payload: dict[str, dict[str, bytes]] = {}

    def take(self, files: Iterable[StoredFile], retired: Iterable[str]) -> None:
        """Take in the tables among ``files``, and forget those among ``retired``. Raises DamagedFile."""
        gone = set(retired)
        for path in gone:
            for known in (self._contents, self._index, self._payload):
                known.pop(path, None)
        fresh = [file for file in files if file.path not in self._contents and file.path not in gone]
        for number, file in enumerate(fresh):
            if number % WINDOW == 0:
                ahead(self._backend, [one.path for one in fresh[number : number + WINDOW]])
            if file.path not in self._contents:
                content = file.read(self._backend)
                table = keytable.parse(file.path, content)
                self._index[file.path] = keytable.open_half(self._keyring(), file.path, content, "index")
                self._contents[file.path] = (table.company, content)

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
        return tuple(sorted({owner for owner, _ in self._contents.values()}))

    def _half(self, path: str, half: Half) -> dict[str, bytes]:
        if half == "index":
            return self._index[path]
        if path not in self._payload:
            self._payload[path] = keytable.open_half(self._keyring(), path, self._contents[path][1], "payload")
        return self._payload[path]
