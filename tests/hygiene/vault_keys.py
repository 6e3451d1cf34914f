"""Every key of an open vault: what may be found nowhere."""

from __future__ import annotations

from akika_forensics.vault import Vault


def keys_of(vault: Vault) -> dict[str, bytes]:
    """By a name that may be printed."""
    held = vault._keys._keys
    found = {f"key {name}": getattr(held, name) for name in ("index", "payload", "document", "name", "signing")}
    for number, commit in enumerate(vault._shelf.commits()):
        for role in ("index", "payload"):
            for file, key in enumerate(vault._shelf.keys(commit, role).values()):
                found[f"{role} key {file} of commit {number}"] = key
    return found
