"""Sealed documents of a vault, under the key of the company that they belong to, and held against who vouches for them."""

from __future__ import annotations

from collections.abc import Callable

from akika_forensics.errors import WrongUse
from akika_forensics.vault import documents, layout
from akika_forensics.vault.chains.seals import EntryKey
from akika_forensics.vault.chains.standing import Standing
from akika_forensics.vault.chains.vouched import Vouched
from akika_forensics.vault.documents import Erased
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.snapshots.shelf import Shelf


class CompanyDocuments:
    """``newest`` gives the keys in use now, whoever changed them: new documents are sealed under these.

    Companies go by their pseudonyms; None is for what belongs to none.
    """

    def __init__(self, shelf: Shelf, standing: Standing, vouched: Vouched, newest: Callable[[], Keyring]) -> None:
        self._shelf = shelf
        self._standing = standing
        self._vouched = vouched
        self._newest = newest

    def key(self, owner: str | None) -> EntryKey | None:
        """What seals a company's documents and entries; None before its first snapshot, and for who may not open them."""
        if owner is None:
            return None
        try:
            found = self._shelf.keychain.document_key(owner)
            if found is None:
                self._shelf.refresh()
                found = self._shelf.keychain.document_key(owner)
        except NotAllowed:
            return None
        return EntryKey(*found) if found else None

    def put(self, kind: str, data: bytes, owner: str | None) -> StoredFile:
        """Durable on return."""
        stored = documents.put(self._shelf.backend, self._newest(), "documents", kind, data, self.key(owner))
        self._vouched.add(stored)
        return stored

    def get(self, path: str) -> bytes:
        """Raises WrongUse when there is none at the path, VaultDamaged when it is not what was stored."""
        return documents.open_document(self._shelf.keyring, path, self.sealed(path), self._shelf.find)[1]

    def sealed(self, path: str) -> bytes:
        """A document as it lies there, still sealed. Raises as `get` does, without opening it."""
        if layout.place_of(path).kind != "sealed":
            raise WrongUse(f"{path!r} is no document of a vault.")
        if path in self._standing.retired:
            raise Erased(path)
        try:
            content = self._shelf.backend.read(path)
        except FileNotFoundError as error:
            raise WrongUse(f"The vault has no document {path!r}.") from error
        # Whoever may add to the vault can seal a document to its members: that it opens does not say whose it is.
        self._vouched.require(path, content)
        return content
