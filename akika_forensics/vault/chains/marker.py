"""``VAULT.json``: what makes a folder a vault. It is public and is vouched for by the first commit."""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec

from akika_forensics.errors import NewerFormat, VaultDamaged
from akika_forensics.model import instants
from akika_forensics.vault import canonical, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import sshsig

FORMAT: Final = "akika-vault"


class Marker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``signer`` is the founder's public key, as OpenSSH writes it: the first commit is signed by it."""

    checksum: str
    created: str
    format: str
    signer: str
    vault: str
    version: int

    @classmethod
    def fresh(cls, vault_id: str, signer: str) -> Marker:
        plain = cls("", instants.format_instant(instants.now()), FORMAT, signer, vault_id, layout.FORMAT_VERSION)
        return msgspec.structs.replace(plain, checksum=checksum(msgspec.to_builtins(plain)))


def checksum(fields: dict[str, object]) -> str:
    """SHA-256 of the canonical marker without its check sum; this rule stays the same in every version."""
    return hashlib.sha256(canonical.encode({key: fields[key] for key in fields if key != "checksum"})).hexdigest()


def read(data: bytes) -> Marker:
    """Raises VaultDamaged when the bytes were changed, NewerFormat when a newer version of the software made it."""
    path = layout.MARKER
    fields: dict[str, object] = canonical.decode(data, dict[str, object], path)
    if fields.get("checksum") != checksum(fields):
        raise DamagedFile(path, "Its bytes are not those that were written: its own check sum does not fit.")
    version = fields.get("version")
    if fields.get("format") == FORMAT and isinstance(version, int) and version > layout.FORMAT_VERSION:
        raise NewerFormat(
            f"This vault has format {version}; this version of the software reads format {layout.FORMAT_VERSION}.",
            means="A newer version of the software made it.",
            do="Install that version or a newer one.",
        )
    marker = canonical.decode(data, Marker, path)
    try:
        sshsig.read_public_line(marker.signer)
    except VaultDamaged as error:
        raise DamagedFile(path, "It does not name the key that signs.") from error
    known = 1 <= marker.version <= layout.FORMAT_VERSION
    if marker.format != FORMAT or not known or not layout.is_vault(marker.vault):
        raise DamagedFile(path, "It is not the marker of a vault.")
    return marker
