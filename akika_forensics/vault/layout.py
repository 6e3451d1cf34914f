"""Which path in a vault is what. Names carry numbers, random ids and digests, nothing else."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from akika_forensics.errors import WrongUse
from akika_forensics.vault.storage import TEMPORARY

FORMAT_VERSION: Final = 2
MARKER: Final = "VAULT.json"
KEYRING_1: Final = "keys/keyring-1.sealed"
"""The keyring of a vault of version 1."""
LOCK: Final = "lock"
COMMITS: Final = "commits"
COMMIT_NAMESPACE: Final = "akika-commit"

_VAULT: Final = re.compile(r"[0-9a-f]{32}")
_RESERVED: Final = frozenset({"keys", "data", "blobs", "keytables", "documents", "slots", "lock", MARKER.lower()})
_CHAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}(?:/[A-Za-z0-9][A-Za-z0-9_-]{0,79})?")
_ENTRY: Final = re.compile(r"(?P<chain>.+)/(?P<seq>[0-9]{8})\.json")
_SIGNATURE: Final = re.compile(r"(?P<chain>.+)/(?P<seq>[0-9]{8})-(?P<digest>[0-9a-f]{16})\.sig")
_SLOT: Final = re.compile(r"slots/(?P<id>[0-9a-f]{32})/(?P<seq>[0-9]{8})\.sealed")
_PARQUET: Final = re.compile(r"data/(?P<id>[0-9a-f]{32})-(?P<digest>[0-9a-f]{16})\.parquet")
_SEALED: Final = re.compile(r"(?:data|documents)/(?P<id>[0-9a-f]{32})\.sealed")
_KEYRING: Final = re.compile(r"keys/keyring-(?P<seq>[0-9]{4})\.sealed")
_BLOB: Final = re.compile(r"blobs/(?P<id>[0-9a-f]{32})\.sealed")
_STAMP: Final = re.compile(r"stamps/(?P<id>[0-9a-f]{32})\.tsr")
_KEY_TABLE: Final = re.compile(r"keytables/(?P<id>[0-9a-f]{32})\.sealed")


_BY_FOLDER: Final = {
    "data": (("parquet", _PARQUET), ("sealed", _SEALED)),
    "documents": (("sealed", _SEALED),),
    "blobs": (("blob", _BLOB),),
    "stamps": (("stamp", _STAMP),),
    "keytables": (("keytable", _KEY_TABLE),),
    "keys": (("keyring", _KEYRING),),
    "slots": (("slot", _SLOT),),
}
"""What the folders hold that are no chain (or, as ``stamps``, not only)."""


VOUCHED: Final = frozenset({"marker", "keyring", "parquet", "sealed", "blob", "stamp", "keytable"})
"""Kinds of files that entries vouch for."""


class Place(NamedTuple):
    """What a path is: ``kind`` and the parts of the name, empty where there are none."""

    kind: str
    chain: str = ""
    seq: int = -1
    id: str = ""
    digest: str = ""


@lru_cache(maxsize=1 << 13)
def place_of(path: str) -> Place:
    """Kinds: marker, keyring, lock, entry, signature, slot, parquet, sealed, blob, stamp, keytable,
    temporary, unknown.

    Remembered, because a path is asked for again and again: by the listing, by each entry that tells of it, by each check.
    """
    fixed = {MARKER: "marker", KEYRING_1: "keyring", LOCK: "lock"}.get(path)
    if fixed:
        return Place(fixed)
    if TEMPORARY in path.rpartition("/")[2]:
        return Place("temporary")
    for kind, pattern in _BY_FOLDER.get(path.partition("/")[0], ()):
        match = pattern.fullmatch(path)
        if match:
            parts = match.groupdict()
            return Place(kind, seq=int(parts.get("seq", -1)), id=parts.get("id", ""), digest=parts.get("digest", ""))
    for kind, pattern in (("entry", _ENTRY), ("signature", _SIGNATURE)):
        match = pattern.fullmatch(path)
        if match and is_chain(match["chain"]):
            parts = match.groupdict()
            return Place(kind, parts["chain"], int(parts["seq"]), digest=parts.get("digest", ""))
    return Place("unknown")


def is_chain(name: str) -> bool:
    return bool(_CHAIN.fullmatch(name)) and name.split("/", maxsplit=1)[0].lower() not in _RESERVED


def is_vault(name: str) -> bool:
    """Whether it can be a vault's id. It becomes part of the names of files outside the vault."""
    return bool(_VAULT.fullmatch(name))


def require_chain(name: str) -> None:
    """Raises WrongUse for a name that cannot be a folder of entries."""
    if not is_chain(name):
        raise WrongUse(
            f"{name!r} cannot be the name of a chain.",
            do="Use letters, digits, - and _, with one / at most, such as journals/p1.",
        )


def entry(chain: str, seq: int) -> str:
    return f"{chain}/{seq:08d}.json"


def signature(chain: str, seq: int, digest: str) -> str:
    return f"{chain}/{seq:08d}-{digest[:16]}.sig"


def keyring(generation: int) -> str:
    return f"keys/keyring-{generation:04d}.sealed"


def blob(file_id: str) -> str:
    return f"blobs/{file_id}.sealed"


def stamp(file_id: str) -> str:
    return f"stamps/{file_id}.tsr"


def slot(name: str, seq: int) -> str:
    return f"slots/{name}/{seq:08d}.sealed"


def parquet(file_id: str, digest: str) -> str:
    return f"data/{file_id}-{digest[:16]}.parquet"


def sealed(folder: str, file_id: str) -> str:
    return f"{folder}/{file_id}.sealed"


def key_table(table_id: str) -> str:
    return f"keytables/{table_id}.sealed"
