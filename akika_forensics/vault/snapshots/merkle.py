"""Record roots: one hash for all records of a segment, of which each can be proved alone. Pure.

The tree is that of Certificate Transparency. A leaf is salted, so that whoever is shown one record and the hashes
along its path cannot try out what its siblings say. The root also binds how many leaves there are: in the tree alone,
a path of the third of three leaves looks like one of a longer tree.

Source: RFC 6962, section 2.1 (tree hash and audit path); docs/design/vault-format.md, "Record root" (leaf and root).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from typing import Final

from akika_forensics.errors import WrongUse
from akika_forensics.vault import canonical

HASH: Final = 32
SALT: Final = 16
_BLOCK: Final = 64
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))
_sha256: Final = hashlib.sha256


def salt(entity: str, record_id: str, salt_key: bytes) -> bytes:
    """16 bytes: what is disclosed with a record, and tells nothing of ``salt_key``."""
    return hmac.digest(salt_key, canonical.encode([entity, record_id]), "sha256")[:SALT]


def salted_leaf(entity: str, record_id: str, digest: bytes, payload_sha256: bytes, salt: bytes) -> bytes:
    """The leaf (32 bytes) of one record whose salt is known."""
    told = canonical.encode([entity, record_id, digest.hex(), payload_sha256.hex()])
    return _sha256(b"\0" + salt + told).digest()


def leaf(entity: str, record_id: str, digest: bytes, payload_sha256: bytes, salt_key: bytes) -> bytes:
    """The leaf (32 bytes) of one record; ``salt_key`` is that of its segment."""
    return salted_leaf(entity, record_id, digest, payload_sha256, salt(entity, record_id, salt_key))


def leaves(
    entities: Iterable[str],
    record_ids: Iterable[str],
    digests: Iterable[bytes],
    payload_sha256s: Iterable[bytes],
    salt_key: bytes,
) -> list[bytes]:
    """`leaf` of each row of four columns of one length, in their order."""
    if len(salt_key) > _BLOCK:
        salt_key = _sha256(salt_key).digest()
    # HMAC, spelled out: this is done for every record that is written, so that a call less in it counts.
    padded = salt_key.ljust(_BLOCK, b"\0")
    inner, outer = padded.translate(_INNER), padded.translate(_OUTER)
    sha256, encode = _sha256, canonical.encode
    made: list[bytes] = []
    for entity, record_id, digest, payload_sha256 in zip(entities, record_ids, digests, payload_sha256s, strict=True):
        key = encode([entity, record_id])
        salt = sha256(outer + sha256(inner + key).digest()).digest()[:SALT]
        told = f',"{digest.hex()}","{payload_sha256.hex()}"]'.encode()
        made.append(sha256(b"\0" + salt + key[:-1] + told).digest())
    return made


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash (32 bytes) over leaves that are hashes already; of none, the SHA-256 of nothing."""
    level = list(leaves)
    if not level:
        return _sha256(b"").digest()
    while len(level) > 1:
        level = _above(level)
    return level[0]


def root(leaves: Sequence[bytes]) -> bytes:
    """The record root (32 bytes): the tree hash together with the number of leaves."""
    return _bound(len(leaves), tree_hash(leaves))


def path(leaves: Sequence[bytes], position: int) -> list[bytes]:
    """The hashes (32 bytes each) that lead from a leaf to the tree hash, lowest first.

    Raises WrongUse when there is no such position.
    """
    _require_position(position, len(leaves))
    level, at, found = list(leaves), position, list[bytes]()
    while len(level) > 1:
        beside = at ^ 1
        if beside < len(level):
            found.append(level[beside])
        level, at = _above(level), at >> 1
    return found


def root_from_path(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes:
    """The record root that a leaf at ``position`` of ``size`` and its path amount to.

    Raises WrongUse when there is no such position, or the path has not the hashes that it must have.
    """
    _require_position(position, size)
    if any(len(one) != HASH for one in (leaf, *path)):
        raise WrongUse("A hash of the proof has not 32 bytes.", means="The proof is not whole.")
    rest = iter(path)
    value, at, last = leaf, position, size - 1
    taken = 0
    while last:
        if at & 1 or at < last:
            beside = next(rest, None)
            if beside is None:
                break
            taken += 1
            value = _sha256(b"\1" + (beside + value if at & 1 else value + beside)).digest()
        at, last = at >> 1, last >> 1
    if last or taken != len(path):
        raise WrongUse(
            f"The proof has {len(path)} hashes, which is not what leads from record {position} of {size} to the root.",
            means="The proof is not whole.",
        )
    return _bound(size, value)


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The nodes over a level; an odd one at its end goes up as it is."""
    pairs = iter(level)
    found = [_sha256(b"\1" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
    if len(level) % 2:
        found.append(level[-1])
    return found


def _bound(size: int, tree: bytes) -> bytes:
    return _sha256(b"\2" + size.to_bytes(8, "big") + tree).digest()


def _require_position(position: int, size: int) -> None:
    if not 0 <= position < size or size >= 1 << 63:
        raise WrongUse(f"There is no record {position} among {size}.", means="The proof is not whole.")
