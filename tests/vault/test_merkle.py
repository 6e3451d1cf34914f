"""Record roots: the tree of RFC 6962 by its published vectors, salted leaves, and paths that prove one place only."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.vault.snapshots import merkle

# Source: the reference tree of Certificate Transparency (inputs, tree hashes of the first 1 to 8, audit paths), as in
# merkle_verifier_test of certificate-transparency-go; tree hashes also in other implementations of RFC 6962.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
TREE_HASHES = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
SALT_KEY = bytes(range(32))
HASHES = st.binary(min_size=32, max_size=32)
TREES = st.lists(HASHES, min_size=1, max_size=70).flatmap(
    lambda leaves: st.tuples(st.just(leaves), st.integers(0, len(leaves) - 1))
)


def published(size: int) -> list[bytes]:
    return [hashlib.sha256(b"\0" + bytes.fromhex(one)).digest() for one in INPUTS[:size]]


def by_the_book(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962 defines it, by splitting at the largest power of two below the size."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + by_the_book(leaves[:split]) + by_the_book(leaves[split:])).digest()


def bound(size: int, tree: bytes) -> bytes:
    return hashlib.sha256(b"\2" + size.to_bytes(8, "big") + tree).digest()


@pytest.mark.parametrize("size", range(9))
def test_tree_hashes_are_those_of_certificate_transparency(size: int) -> None:
    assert merkle.tree_hash(published(size)).hex() == TREE_HASHES[size]
    assert merkle.root(published(size)) == bound(size, bytes.fromhex(TREE_HASHES[size]))


@pytest.mark.parametrize(("place", "expected"), PATHS.items())
def test_paths_are_those_of_certificate_transparency(place: tuple[int, int], expected: list[str]) -> None:
    position, size = place
    assert [one.hex() for one in merkle.path(published(size), position)] == expected


@given(leaves=st.lists(HASHES, max_size=70))
def test_a_tree_of_any_size_has_the_hash_of_the_definition(leaves: list[bytes]) -> None:
    assert merkle.tree_hash(leaves) == by_the_book(leaves)


@given(tree=TREES)
def test_every_path_leads_to_the_root(tree: tuple[list[bytes], int]) -> None:
    leaves, position = tree
    path = merkle.path(leaves, position)
    assert merkle.root_from_path(leaves[position], position, len(leaves), path) == merkle.root(leaves)


@given(tree=TREES, data=st.data())
def test_a_path_proves_one_leaf_at_one_place_of_one_tree(tree: tuple[list[bytes], int], data: st.DataObject) -> None:
    leaves, position = tree
    size, root, path = len(leaves), merkle.root(leaves), merkle.path(leaves, position)
    other = data.draw(HASHES.filter(lambda one: one != leaves[position]))
    at = data.draw(st.integers(0, size + 3).filter(lambda one: one != position))
    length = data.draw(st.integers(0, 2 * size + 2).filter(lambda one: one != size))
    wrong = [
        (other, position, size, path),
        (leaves[position], at, size, path),
        (leaves[position], position, length, path),
        (leaves[position], position, size, [*path, other]),
    ]
    if path:
        step = data.draw(st.integers(0, len(path) - 1))
        changed = bytes([path[step][0] ^ 1]) + path[step][1:]
        wrong += [
            (leaves[position], position, size, [*path[:step], changed, *path[step + 1 :]]),
            (leaves[position], position, size, path[:step] + path[step + 1 :]),
            (leaves[position], position, size, [*path[:step], path[step][:31], *path[step + 1 :]]),
        ]
    # Equal leaves at two places may share their paths: then there is nothing to tell apart.
    ambiguous = len(set(leaves)) < size
    for proof in wrong:
        if ambiguous and proof[1] != position:
            continue
        try:
            found = merkle.root_from_path(*proof)
        except WrongUse:
            continue
        assert found != root, proof


@pytest.mark.parametrize("position", [-1, 3])
def test_a_position_outside_is_refused(position: int) -> None:
    with pytest.raises(WrongUse, match="no record"):
        merkle.path(published(3), position)
    with pytest.raises(WrongUse, match="no record"):
        merkle.root_from_path(published(3)[0], position, 3, [])


@given(entity=st.text(), record_id=st.text(), digest=HASHES, sha256=HASHES, salt_key=st.binary(max_size=100))
def test_a_leaf_is_what_the_format_says(
    entity: str, record_id: str, digest: bytes, sha256: bytes, salt_key: bytes
) -> None:
    def plain(*texts: str) -> bytes:
        return json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()

    salt = hmac.new(salt_key, plain(entity, record_id), "sha256").digest()[:16]
    told = plain(entity, record_id, digest.hex(), sha256.hex())
    expected = hashlib.sha256(b"\0" + salt + told).digest()
    assert merkle.salt(entity, record_id, salt_key) == salt
    assert merkle.leaf(entity, record_id, digest, sha256, salt_key) == expected


@given(rows=st.lists(st.tuples(st.text(), st.text(), HASHES, HASHES), max_size=20), salt_key=st.binary(max_size=100))
def test_leaves_in_bulk_are_the_same_leaves(rows: list[tuple[str, str, bytes, bytes]], salt_key: bytes) -> None:
    columns = [[row[column] for row in rows] for column in range(4)]
    expected = [merkle.leaf(*row, salt_key) for row in rows]
    assert merkle.leaves(*columns, salt_key) == expected  # type: ignore[arg-type] # columns of two kinds


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        merkle.leaves(["Invoice", "Bill"], ["1"], [b""], [b""], SALT_KEY)


def test_a_leaf_tells_nothing_without_its_salt() -> None:
    """The same record under two keys has two leaves; both tell one record from another with the key."""
    row = ("Invoice", "1", b"d" * 32, b"p" * 32)
    assert merkle.leaf(*row, b"a" * 32) != merkle.leaf(*row, b"b" * 32)
    assert merkle.leaf(*row, SALT_KEY) != merkle.leaf("Invoice", "2", *row[2:], SALT_KEY)
