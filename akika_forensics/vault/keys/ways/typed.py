"""Ways that a person types: a passphrase, or the key on the recovery sheet."""

from __future__ import annotations

from typing import ClassVar

from akika_forensics.settings import Secret
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.keys import passphrase
from akika_forensics.vault.keys.recovery import RecoveryKey
from akika_forensics.vault.keys.ways.way import Holder, Means, Way, open_under, seal_under

_WHY = "This passphrase does not open the vault."


class Passphrase:
    """Argon2id. ``cost`` is for new ways; one that is there names its own."""

    kind: ClassVar[str] = "passphrase"

    def __init__(self, secret: Secret, cost: passphrase.KdfCost = passphrase.KdfCost.STANDARD) -> None:
        passphrase.require(secret)
        self._secret = secret
        self._cost = cost

    def seal(self, seeds: bytes, holder: Holder) -> Way:
        kdf = passphrase.Kdf.fresh(self._cost)
        key = kdf.derive(self._secret, holder.path)
        return Way(self.kind, kdf, None, seal_under(key, self.kind, seeds, holder))

    def open(self, way: Way, holder: Holder) -> bytes:
        if way.kdf is None:
            raise DamagedFile(holder.path, "A passphrase in it does not say how its key is made.")
        return open_under(way.kdf.derive(self._secret, holder.path), way, holder, _WHY)


class Recovery:
    """The key on the recovery sheet."""

    kind: ClassVar[str] = "recovery"

    def __init__(self, key: RecoveryKey) -> None:
        self._key = key

    def seal(self, seeds: bytes, holder: Holder) -> Way:
        return Way(self.kind, None, None, seal_under(self._key.key(), self.kind, seeds, holder))

    def open(self, way: Way, holder: Holder) -> bytes:
        return open_under(self._key.key(), way, holder, "This recovery key is of another vault, or of an older sheet.")


def typed(secret: Secret) -> Means:
    """What a typed text is: the key of a recovery sheet when its check sum says so, a passphrase otherwise.

    Raises WrongUse when it is empty.
    """
    key = RecoveryKey.parse(secret)
    return Passphrase(secret) if key is None else Recovery(key)
