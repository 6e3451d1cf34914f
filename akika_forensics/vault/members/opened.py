"""The keys of an open vault: those of the keyring in use, whoever changed it since the vault was opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from akika_forensics.errors import WrongKey
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.chain import Chain
from akika_forensics.vault.chains.standing import Standing
from akika_forensics.vault.keys import keyring as rings
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.storage import Backend

_ATTEMPTS: Final = 5


class OpenKeys:
    """``unlock`` opens a keyring file (its bytes, its path). It is called once; later keyrings are opened with the
    identity that it found. Reading ``commits`` takes what came since up into ``standing``.
    """

    def __init__(
        self,
        backend: Backend,
        standing: Standing,
        *,
        commits: Callable[[], Chain],
        unlock: Callable[[bytes, str], Keyring],
    ) -> None:
        self._backend = backend
        self._standing = standing
        self._commits = commits
        self._unlock = unlock
        self._opened: tuple[str, Keyring] | None = None
        self._identity: Identity | None = None

    def now(self) -> Keyring:
        """The keys in use, as far as the commits were read. Raises WrongKey when the member who opened the vault was
        removed since.
        """
        if self._opened is None and not self._standing.keyring:
            self._commits().links()
        path = self._standing.keyring or (self._opened[0] if self._opened else "")
        if self._opened is None or self._opened[0] != path:
            path, data = self._read(path)
            if (
                tuple(sorted(rings.parse(data, path).signers, key=lambda one: one.public))
                != self._standing.authority.signers
            ):
                raise DamagedFile(path, "It names other members than the commits let sign.")
            self.begin(path, self._unlock(data, path) if self._identity is None else _again(data, path, self._identity))
        if self._opened is None:
            raise AssertionError("it was just opened")
        return self._opened[1]

    def newest(self) -> Keyring:
        """The keys in use now: what is sealed for others is sealed under these."""
        self._commits().advance()
        return self.now()

    def begin(self, path: str, keys: Keyring) -> None:
        """Take a keyring that is open already for the one in use."""
        self._opened = (path, keys)
        self._identity = self._identity or keys.identity

    def adopt(self, identity: Identity) -> None:
        """From here on the vault is open with this identity."""
        self._identity = identity

    def _read(self, path: str) -> tuple[str, bytes]:
        """Path and bytes of the keyring in use. One that is gone may have been replaced since the commits were read."""
        for attempt in range(_ATTEMPTS):
            file = self._standing.files.get(path)
            if file is None:
                raise DamagedFile(layout.entry(layout.COMMITS, 0), "The first commit is missing.")
            try:
                return path, file.read(self._backend)
            except DamagedFile:
                self._commits().links()
                if attempt + 1 == _ATTEMPTS or self._standing.keyring == path:
                    raise
                path = self._standing.keyring
        raise AssertionError("the last attempt returns or raises")


def _again(data: bytes, path: str, identity: Identity) -> Keyring:
    found = rings.reopen(data, path, identity)
    if found is None:
        raise WrongKey(
            "You are no longer a member of this vault.",
            means="Somebody removed you while you had it open; what you wrote before is kept.",
            do="Ask a full member: `akika vault keys list` shows who is one.",
        )
    return found
