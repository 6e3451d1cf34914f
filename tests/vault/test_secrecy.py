"""Nothing readable rests in the vault: no text of the books, no name of a field, no key, no token; packed or not."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

from akika_forensics.errors import AkikaError
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, create

BOOK_TEXT = (
    "Amys Landscaping",
    "Geeta Kalapatapu",
    "rhododendron",
    "9341453000000017",
    "refresh-token-0123456789abcdef",
    "correct horse",
)
FIELDS = ("SyncToken", "DisplayName", "DocNumber", "TotalAmt", "CustomerRef", "PrivateNote", "TrialBalance", "Active")


def stretches(content: bytes) -> Iterator[bytes]:
    """The bytes, and whatever unpacks from any place in them: zlib, gzip, raw deflate, zstd."""
    yield content
    for match in re.finditer(rb"\x28\xb5\x2f\xfd", content):
        plain = b""
        try:
            with pa.CompressedInputStream(pa.BufferReader(content[match.start() :]), "zstd") as stream:
                while piece := stream.read(4096):
                    plain += piece
        except OSError:
            pass
        yield plain
    for start in range(len(content)):
        for bits in (15, 31, -15):
            header = {15: b"\x78", 31: b"\x1f\x8b"}.get(bits, b"")
            if content.startswith(header, start):
                unpacker = zlib.decompressobj(bits)
                try:
                    yield unpacker.decompress(content[start:], 1 << 20)
                except zlib.error:
                    continue


def leaks(root: Path, needles: list[bytes]) -> set[tuple[str, bytes]]:
    found = set()
    wanted = [needle.lower() for needle in needles]
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        texts = [name.encode(), *(stretches(path.read_bytes()) if path.is_file() else [])]
        found |= {(name, needle) for text in texts for needle in wanted if needle in text.lower()}
    return found


def forms(secret: bytes) -> list[bytes]:
    """A key as it could lie there. Base64 has three alignments; the middle of each is the same everywhere."""
    encoded = [base64.b64encode(bytes(shift) + secret)[4 if shift else 0 : -4] for shift in range(3)]
    safe = [text.replace(b"+", b"-").replace(b"/", b"_") for text in encoded]
    return [secret, secret.hex().encode(), base64.b32encode(secret)[:-8], *encoded, *safe]


def test_the_search_finds_what_lies_open_or_packed(tmp_path: Path) -> None:
    secret = bytes(range(40, 72))
    text = b"a customer, Geeta Kalapatapu, with a rhododendron " * 3
    raw = zlib.compressobj(wbits=-15)
    planted = {
        "open": text,
        "zlib": b"noise" + zlib.compress(text),
        "deflate": b"noise" + raw.compress(text) + raw.flush() + b"noise",
        "gzip": b"noise" + (gz := zlib.compressobj(wbits=31)).compress(text) + gz.flush(),
        "zstd": b"noise" + pa.Codec("zstd").compress(text, asbytes=True) + b"noise",
    }
    for name, content in planted.items():
        (tmp_path / name).write_bytes(content)
    assert {name for name, _ in leaks(tmp_path, [b"Geeta Kalapatapu"])} == set(planted)
    (tmp_path / "rhododendron.txt").write_bytes(b"")
    assert ("rhododendron.txt", b"rhododendron") in leaks(tmp_path, [b"rhododendron"])
    for shift in range(3):
        assert any(form in base64.b64encode(bytes(shift) + secret + b"tail") for form in forms(secret))


@pytest.fixture
def full(kit: ModuleType, tmp_path: Path) -> Any:
    heads = HeadStore(tmp_path / "heads")
    sheet = tmp_path / "sheet.txt"
    root = tmp_path / "vault"
    vault = create(root, kit.PASSPHRASE, heads=heads, recovery_sheet=sheet, cost=KdfCost.CHEAP)
    kit.fill(vault)
    return kit.Stage(root, heads, vault)


def test_no_text_of_the_books_and_no_name_of_a_field(full: Any) -> None:
    entities = [name for name in CATALOGUE if len(name) > 4]
    needles = [text.encode() for text in (*BOOK_TEXT, *(f"{name}" for name in FIELDS if len(name) > 5), *entities)]
    assert leaks(full.root, needles) == set()


def test_no_key_no_token_no_passphrase(kit: ModuleType, full: Any) -> None:
    keyring, keychain = full.vault.keyring(), full.vault._shelf.keychain
    keys, seeds = keyring.role_keys, keyring.identity.to_bytes()
    secrets = [
        keys.index,
        keys.payload,
        keys.document,
        keys.name,
        keys.connection,
        keys.private,
        seeds[:32],
        seeds[32:],
    ]
    for company in keychain.companies():
        for half in keychain.of(company).values():
            secrets += half.values()
    assert len(secrets) > 10
    assert len(set(secrets)) == len(secrets)
    needles = [form for secret in secrets for form in forms(secret)]
    sheet = (full.root.parent / "sheet.txt").read_text()
    recovery = next(line.split()[-1] for line in sheet.splitlines() if line.startswith("Recovery key"))
    needles += [kit.PASSPHRASE.reveal().encode(), recovery.encode(), recovery.replace("-", "").encode()]
    assert leaks(full.root, needles) == set()


def test_equal_content_does_not_show(kit: ModuleType, full: Any) -> None:
    for _ in range(2):
        full.vault.put_document("plan", b"the same bytes")
        kit.take(full.vault, {RecordKey("Invoice", "1"): kit.invoice(1)}, kit.OTHER)
    contents = [(full.root / path).read_bytes() for path in full.files()]
    assert len(set(contents)) == len(contents)


def test_errors_do_not_tell_secrets(kit: ModuleType, full: Any) -> None:
    from akika_forensics.vault import open_vault

    with pytest.raises(AkikaError) as raised:
        open_vault(full.root, Secret("wrong-but-mine"), heads=full.heads)
    assert "wrong-but-mine" not in f"{raised.value}{raised.value!r}"
    for thing in (full.vault, full.vault.keyring(), full.vault.snapshot("latest")):
        assert "key=" not in repr(thing).lower()
        assert len(repr(thing)) < 60
