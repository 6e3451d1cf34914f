"""Sealed streams and blob files: bounded, and nothing of them can be changed, cut, moved or added unnoticed."""

from __future__ import annotations

import hashlib
import itertools
import os
import tracemalloc
from collections.abc import Iterable, Iterator

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import example, given, settings
from hypothesis import strategies as st

from akika_forensics.vault import blobs
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.keys import sealing, streams
from akika_forensics.vault.keys.sealing import CHUNK, OpenError

KEY = bytes(range(32))
PLACE = ("blob", "0" * 32, "1" * 32)
ID = "ab" * 16
PATH = f"blobs/{ID}.sealed"
VAULT = "0" * 32
SEALED = CHUNK + 16


def noise(length: int) -> bytes:
    return hashlib.shake_128(b"noise").digest(length)


def split(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


@pytest.fixture
def salted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "urandom", lambda length: b"s" * length)


@pytest.mark.parametrize("length", [0, 1, CHUNK - 2, CHUNK - 1, CHUNK, 2 * CHUNK - 1, 3 * CHUNK + 5])
@pytest.mark.usefixtures("salted")
def test_a_stream_in_chunks_has_the_bytes_of_a_stream_in_one_piece(length: int) -> None:
    data = noise(length)
    whole = sealing.seal_stream(KEY, data, *PLACE)
    assert b"".join(streams.seal_chunks(KEY, split(data, [7, 1 << 19, 1 << 20]), *PLACE)) == whole
    assert b"".join(streams.open_chunks(KEY, [whole], *PLACE)) == data
    assert sealing.open_stream(KEY, whole, *PLACE) == data


def test_a_stream_opens_by_the_written_format_alone() -> None:
    data = noise(2 * CHUNK + 9)
    sealed = b"".join(streams.seal_chunks(KEY, [data], *PLACE))
    key = HKDF(SHA256(), 32, salt=sealed[:32], info=b"akika/1 stream").derive(KEY)
    bound = b'["akika/1","blob","' + b"0" * 32 + b'","' + b"1" * 32 + b'"]'
    chunks = [sealed[at : at + SEALED] for at in range(32, len(sealed), SEALED)]
    plain = b"".join(
        AESGCM(key).decrypt(number.to_bytes(11, "big") + bytes([number == len(chunks) - 1]), chunk, bound)
        for number, chunk in enumerate(chunks)
    )
    assert plain == b"-" + data


@given(length=st.integers(0, 3 * CHUNK), cuts=st.lists(st.integers(0, 4 * CHUNK), max_size=8))
@example(length=CHUNK - 1, cuts=[0, 0, CHUNK])
@settings(max_examples=15)
def test_however_a_stream_is_cut_into_pieces_it_is_the_same(length: int, cuts: list[int]) -> None:
    data = noise(length)
    sealed = b"".join(blobs.seal(KEY, split(data, cuts), VAULT, ID))
    assert len(sealed) == 8 + 4 + 16 + 32 + (length + 1) + 16 * max(1, -(-(length + 1) // CHUNK)) + 32
    assert b"".join(blobs.open_blob(KEY, split(sealed, cuts), VAULT, PATH)) == data
    blobs.check(PATH, split(sealed, cuts))


def test_bytes_one_by_one_are_the_same() -> None:
    data = noise(300)
    sealed = b"".join(blobs.seal(KEY, (bytes([one]) for one in data), VAULT, ID))
    assert b"".join(blobs.open_blob(KEY, (bytes([one]) for one in sealed), VAULT, PATH)) == data


def _tampered(sealed: bytes) -> Iterator[tuple[str, bytes]]:
    """A stream of three full chunks and a short one, tampered with at its chunks."""
    salt, body = sealed[:32], sealed[32:]
    chunks = [body[at : at + SEALED] for at in range(0, len(body), SEALED)]
    for count in range(len(chunks)):
        yield f"cut after {count} chunks", salt + b"".join(chunks[:count])
        yield f"without chunk {count}", salt + b"".join(chunks[:count] + chunks[count + 1 :])
        yield f"chunk {count} twice", salt + b"".join([*chunks[: count + 1], *chunks[count:]])
        yield (
            f"a bit of chunk {count}",
            salt
            + b"".join(
                bytes([chunk[0] ^ 1]) + chunk[1:] if number == count else chunk for number, chunk in enumerate(chunks)
            ),
        )
    for one in range(len(chunks)):
        for other in range(one):
            swapped = list(chunks)
            swapped[one], swapped[other] = chunks[other], chunks[one]
            yield f"chunks {one} and {other} exchanged", salt + b"".join(swapped)
    yield "an empty chunk more", sealed + AESGCM(KEY).encrypt(bytes(12), b"", b"")
    yield "a byte more", sealed + b"\0"
    yield "a byte less", sealed[:-1]
    yield "a bit of the salt", bytes([sealed[0] ^ 1]) + sealed[1:]
    yield "nothing", b""
    yield "half a salt", sealed[:16]


def _take(pieces: Iterable[bytes], into: bytearray) -> None:
    for piece in pieces:
        into += piece


def test_tampering_with_chunks_is_found_and_gives_nothing_that_was_not_proved() -> None:
    data = noise(3 * CHUNK + 100)
    sealed = b"".join(streams.seal_chunks(KEY, [data], *PLACE))
    for what, changed in _tampered(sealed):
        given_out = bytearray()
        with pytest.raises(OpenError):
            _take(streams.open_chunks(KEY, split(changed, [5, 1 << 20, 3 << 20]), *PLACE), given_out)
        assert data.startswith(given_out), what
        with pytest.raises(OpenError):
            sealing.open_stream(KEY, changed, *PLACE)


def test_a_stream_opens_at_its_place_only_and_is_not_packed() -> None:
    sealed = b"".join(streams.seal_chunks(KEY, [b"x" * 100], *PLACE))
    for key, place in ((bytes(32), PLACE), (KEY, (*PLACE[:2], "2" * 32))):
        with pytest.raises(OpenError):
            list(streams.open_chunks(key, [sealed], *place))
    packed = sealing.seal_stream(KEY, b"x" * 100, *PLACE)
    with pytest.raises(OpenError):
        list(streams.open_chunks(KEY, [packed], *PLACE))


def test_a_damaged_blob_is_told_from_another_key_and_from_another_name() -> None:
    data = noise(CHUNK + 100)
    sealed = b"".join(blobs.seal(KEY, [data], VAULT, ID))
    cases = {
        "its own check sum does not fit": (KEY, sealed[:50] + bytes([sealed[50] ^ 1]) + sealed[51:], VAULT, PATH),
        "does not open with its key": (bytes(32), sealed, VAULT, PATH),
        "or not at this place": (KEY, sealed, "f" * 32, PATH),
        "another file than its name says": (KEY, sealed, VAULT, f"blobs/{'cd' * 16}.sealed"),
    }
    for what, (key, content, vault, path) in cases.items():
        with pytest.raises(DamagedFile, match=what):
            list(blobs.open_blob(key, split(content, [100, 1 << 20]), vault, path))
    document = sealing.wrap(b"DOCU", bytes.fromhex(ID) + sealed[28:-32])
    for attempt in (lambda: list(blobs.open_blob(KEY, [document], VAULT, PATH)), lambda: blobs.check(PATH, [document])):
        with pytest.raises(DamagedFile, match="another kind of file"):
            attempt()


@pytest.mark.parametrize("length", [0, 5, 28, 40, 60, 91, CHUNK // 2])
def test_a_blob_that_is_cut_short_is_damaged_with_and_without_its_key(length: int) -> None:
    sealed = b"".join(blobs.seal(KEY, [noise(CHUNK)], VAULT, ID))[:length]
    for attempt in (lambda: list(blobs.open_blob(KEY, [sealed], VAULT, PATH)), lambda: blobs.check(PATH, [sealed])):
        with pytest.raises(DamagedFile, match="check sum"):
            attempt()


def test_a_long_stream_is_never_held_whole() -> None:
    total, piece = 64 << 20, noise(1 << 16)
    plain = (piece for _ in range(total // len(piece)))
    digest, length = hashlib.sha256(), 0
    tracemalloc.start()
    try:
        for chunk in blobs.open_blob(KEY, blobs.seal(KEY, plain, VAULT, ID), VAULT, PATH):
            digest.update(chunk)
            length += len(chunk)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    expected = hashlib.sha256()
    for _ in range(total // len(piece)):
        expected.update(piece)
    assert (length, digest.digest()) == (total, expected.digest())
    assert peak < 16 << 20, f"{peak >> 20} MiB were held at once"
