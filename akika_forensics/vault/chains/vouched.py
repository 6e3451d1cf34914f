"""What the entries of a vault say of a document: its length and SHA-256, whichever chain vouches for it."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Mapping

from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import links
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.chains.links import Gate, Links
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.storage import Backend


class Vouched:
    """``chains``: those that are open, by name; ``committed``: the files of the commits."""

    def __init__(
        self,
        backend: Backend,
        vault: str,
        gate: Gate,
        chains: Mapping[str, Chain],
        committed: Callable[[], Iterable[StoredFile]],
    ) -> None:
        self._backend = backend
        self._vault = vault
        self._gate = gate
        self._chains = chains
        self._committed = committed
        self._own: dict[str, StoredFile] = {}

    def add(self, file: StoredFile) -> None:
        """What this process stored a moment ago: an entry is to follow."""
        self._own[file.path] = file

    def require(self, path: str, content: bytes) -> None:
        """Raises DamagedFile for bytes that are not those an entry vouches for, and where none does."""
        told = self._told(path)
        if not told:
            raise DamagedFile(path, "Nothing in the vault vouches for it.")
        for file in told:
            problem = file.difference(len(content), hashlib.sha256(content).hexdigest())
            if problem:
                raise DamagedFile(path, problem)

    def _told(self, path: str) -> list[StoredFile]:
        if path in self._own:
            return [self._own[path]]
        # Whoever asks for a document has mostly read its path in an entry: that chain is open.
        known = [file for chain in tuple(self._chains.values()) for file in chain.files(path)]
        known = known or [file for file in self._committed() if file.path == path]
        return known or [file for name in links.names(self._backend) for file in self._of_chain(name, path)]

    def _of_chain(self, name: str, path: str) -> list[StoredFile]:
        """Of a chain that may not be open. One that is damaged vouches for nothing, and does not hide the others."""
        if name == layout.COMMITS:
            return []
        with contextlib.suppress(DamagedFile):
            if name in self._chains:
                self._chains[name].links()
                return self._chains[name].files(path)
            namespace = links.namespace(self._backend, self._vault, name, self._gate)
            found = Links(self._backend, self._vault, name, namespace, self._gate).refresh()
            holding = links.standing(found, self._gate)
            return [file for link in holding for file in link.plain.files if file.path == path]
        return []
