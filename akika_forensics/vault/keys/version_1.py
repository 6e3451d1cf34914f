"""Keys of a vault of version 1, read once more when it is upgraded.

Its keyring sealed five keys under a master key that each way in opened; its key tables sealed both halves under two of
them.
"""

from __future__ import annotations

from typing import Final

import msgspec

from akika_forensics.settings import Secret
from akika_forensics.vault import canonical, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.keys import passphrase, recovery, sealing
from akika_forensics.vault.keys.keytable import HALVES, Half

_RING: Final = b"KEYS"
_TABLE: Final = b"KTAB"
_GENERATION: Final = 1


class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """32 bytes each. ``document`` sealed entries, documents and slots; ``signing`` is the seed of the only signing key."""

    index: bytes
    payload: bytes
    document: bytes
    name: bytes
    signing: bytes

    def __repr__(self) -> str:
        return "Keys()"


class _Way(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    kdf: passphrase.Kdf | None
    sealed: bytes


class _Ring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    vault: str
    generation: int
    ways: list[_Way]
    sealed: bytes


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    generation: int
    index: bytes
    payload: bytes


def open_keyring(data: bytes, secret: Secret, vault: str) -> Keys:
    """With the passphrase or the recovery key. Raises DamagedFile, and WrongKey when the secret does not open it."""
    path = layout.KEYRING_1
    ring = canonical.decode(sealing.unwrap(_RING, data, path), _Ring, path)
    if ring.vault != vault:
        raise DamagedFile(path, "It holds the keys of another vault.")
    typed = recovery.RecoveryKey.parse(secret)
    for way in ring.ways:
        if way.kind == "recovery":
            key = typed.key() if typed else None
        else:
            key = way.kdf.derive(secret, path) if way.kdf and not typed else None
        if key is None:
            continue
        try:
            master = sealing.open_sealed(key, way.sealed, "keyring", vault, way.kind)
        except sealing.OpenError:
            continue
        try:
            plain = sealing.open_sealed(master, ring.sealed, "keyring", vault, "keys", ring.generation)
        except sealing.OpenError as error:
            raise DamagedFile(path, "The passphrase fits, but the keys inside do not open.") from error
        return canonical.decode(plain, Keys, path)
    raise passphrase.wrong_key("This passphrase does not open the vault.")


def open_table(keys: Keys, vault: str, path: str, content: bytes) -> dict[Half, dict[str, bytes]]:
    """{half: {file id: key}}. Raises DamagedFile."""
    table = canonical.decode(sealing.unwrap(_TABLE, content, path), _Table, path)
    found: dict[Half, dict[str, bytes]] = {}
    for half in HALVES:
        key, sealed = (keys.index, table.index) if half == "index" else (keys.payload, table.payload)
        try:
            plain = sealing.open_sealed(key, sealed, "keytable", vault, table.id, half, _GENERATION)
        except sealing.OpenError as error:
            raise DamagedFile(path, "It does not open with the keys of this vault.") from error
        found[half] = canonical.decode(plain, dict[str, bytes], path)
    return found
