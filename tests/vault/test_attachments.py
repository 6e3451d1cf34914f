"""Attached files: stored once a company, sealed, streamed, listed by each snapshot, and checked to the last byte."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import blobs, open_vault
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.checks.sample import Sample
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.keys.sealing import CHUNK
from akika_forensics.vault.keys.ways import OwnIdentity
from akika_forensics.vault.snapshots import attachments

RECEIPT = RecordKey("Attachable", "100")
SCAN = RecordKey("Attachable", "200")


def noise(length: int, seed: str = "a") -> bytes:
    return hashlib.shake_128(seed.encode()).digest(length)


def pieces(data: bytes, size: int = 70_000) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def take(kit: ModuleType, vault: Any, files: dict[RecordKey, bytes | None], company: Any = None, day: int = 0) -> Any:
    """A snapshot with some files attached; None keeps what was there."""
    with vault.begin_snapshot(company or kit.COMPANY) as writer:
        for key, payload in kit.books().items():
            writer.add(key, payload)
        for key, data in files.items():
            writer.add(key, f'{{"Id":"{key.id}","FileName":"receipt.pdf"}}'.encode())
            if data is None:
                assert writer.keep_attached(key)
            else:
                writer.attach(key, pieces(data))
        return writer.commit(
            taken_at=kit.START, finished_at=kit.START, complete=True,
            counts={}, fence={}, requests=1, findings=[],
        )  # fmt: skip


def blob_files(stage: Any) -> list[str]:
    return [path for path in stage.files() if path.startswith("blobs/")]


def content(snapshot: Any, key: RecordKey) -> bytes:
    return b"".join(snapshot.attachment(key))


def test_what_was_attached_comes_back(kit: ModuleType, empty: Any) -> None:
    files = {RECEIPT: noise(3 * CHUNK + 17), SCAN: b""}
    take(kit, empty.vault, files)
    snapshot = empty.open().snapshot("latest")
    assert {key: content(snapshot, key) for key in files} == files
    assert snapshot.attachments().rows() == [
        (*key, hashlib.sha256(data).digest(), len(data)) for key, data in sorted(files.items())
    ]
    with pytest.raises(WrongUse, match="no file attached to Invoice:1"):
        snapshot.attachment(RecordKey("Invoice", "1"))
    report = empty.verify()
    assert (report.ok, report.findings) == (True, ())


def test_a_snapshot_without_attachments_has_no_list(kit: ModuleType, empty: Any) -> None:
    kit.take(empty.vault, kit.books())
    snapshot = empty.vault.snapshot("latest")
    assert snapshot.attachments().is_empty()
    assert not blob_files(empty)


def test_the_same_bytes_are_stored_once_a_company(kit: ModuleType, empty: Any) -> None:
    data, long = noise(1000), noise(2 * CHUNK)
    take(kit, empty.vault, {RECEIPT: data, SCAN: data, RecordKey("Attachable", "3"): long})
    assert len(blob_files(empty)) == 2
    take(kit, empty.vault, {RECEIPT: long})
    take(kit, empty.vault, {SCAN: data, RECEIPT: long})
    assert len(blob_files(empty)) == 2, "also what an earlier snapshot had and the last one had not"
    take(kit, empty.vault, {RECEIPT: data}, company=kit.OTHER)
    assert len(blob_files(empty)) == 3, "companies share nothing"
    assert content(empty.open().snapshot("s3"), RECEIPT) == long
    assert empty.verify().findings == ()


def test_what_did_not_change_is_kept_without_being_read_again(kit: ModuleType, empty: Any) -> None:
    take(kit, empty.vault, {RECEIPT: noise(5000), SCAN: noise(6000, "b")})
    before = {path for path in empty.files() if path.startswith("data/")}
    take(kit, empty.vault, {RECEIPT: None, SCAN: None})
    assert {one.text.attachments for one in empty.vault._shelf.commits()} <= before, "the list is used again"
    take(kit, empty.vault, {SCAN: None})
    third = empty.open().snapshot("latest")
    assert third.attachments()["id"].to_list() == [SCAN.id]
    assert content(third, SCAN) == noise(6000, "b")
    assert len(blob_files(empty)) == 2
    with empty.vault.begin_snapshot(kit.COMPANY) as writer:
        assert not writer.keep_attached(RECEIPT)
    assert empty.verify().findings == ()


def test_the_last_of_a_key_wins_and_what_it_replaced_is_taken_back(kit: ModuleType, empty: Any) -> None:
    with empty.vault.begin_snapshot(kit.COMPANY) as writer:
        writer.attach(RECEIPT, [b"first"])
        writer.attach(RECEIPT, [b"second"])
        writer.attach(SCAN, [b"gone"])
        writer.remove(SCAN)
        writer.commit(
            taken_at=kit.START, finished_at=kit.START, complete=True, counts={}, fence={}, requests=1, findings=[]
        )
    assert len(blob_files(empty)) == 1
    assert content(empty.open().snapshot("latest"), RECEIPT) == b"second"
    assert empty.verify().findings == ()


def test_a_download_that_breaks_off_leaves_nothing(kit: ModuleType, empty: Any) -> None:
    class Broken(Exception):
        pass

    def breaking() -> Iterator[bytes]:
        yield noise(3 * CHUNK)
        raise Broken

    with empty.vault.begin_snapshot(kit.COMPANY) as writer:
        with pytest.raises(Broken):
            writer.attach(RECEIPT, breaking())
        writer.attach(SCAN, [b"whole"])
        writer.commit(
            taken_at=kit.START, finished_at=kit.START, complete=True, counts={}, fence={}, requests=1, findings=[]
        )
    assert empty.open().snapshot("latest").attachments()["id"].to_list() == [SCAN.id]
    assert empty.verify().findings == ()


def test_a_snapshot_that_is_given_up_leaves_no_blob(kit: ModuleType, empty: Any) -> None:
    with empty.vault.begin_snapshot(kit.COMPANY) as writer:
        writer.attach(RECEIPT, pieces(noise(2 * CHUNK)))
        assert len(blob_files(empty)) == 1
    assert not blob_files(empty)
    assert empty.verify().findings == ()


def test_a_left_over_blob_is_a_notice_and_a_damaged_one_is_damage(kit: ModuleType, empty: Any) -> None:
    take(kit, empty.vault, {RECEIPT: noise(100)})
    blob_id = "ab" * 16
    path = empty.root / "blobs" / f"{blob_id}.sealed"
    path.write_bytes(b"".join(blobs.seal(bytes(32), [b"left"], empty.vault.id, blob_id)))
    report = empty.verify()
    assert [(one.path, one.severity) for one in report.findings] == [(f"blobs/{blob_id}.sealed", "notice")]
    path.write_bytes(path.read_bytes()[:-1])
    assert set(kit.damage(empty.verify())) == {f"blobs/{blob_id}.sealed"}


def test_every_kind_of_damage_to_a_blob_is_named_and_refused(kit: ModuleType, empty: Any) -> None:
    take(kit, empty.vault, {RECEIPT: noise(2 * CHUNK), SCAN: noise(2 * CHUNK, "b")})
    one, other = (empty.root / path for path in blob_files(empty))
    whole = {path: path.read_bytes() for path in (one, other)}
    changes = {
        "flipped": lambda: one.write_bytes(whole[one][:-100] + b"x" + whole[one][-99:]),
        "cut": lambda: one.write_bytes(whole[one][: CHUNK + 100]),
        "longer": lambda: one.write_bytes(whole[one] + b"x"),
        "of another": lambda: one.write_bytes(whole[other]),
        "empty": lambda: one.write_bytes(b""),
        "removed": one.unlink,
    }
    for what, change in changes.items():
        change()
        path = one.relative_to(empty.root).as_posix()
        for keys in (False, True):
            assert set(kit.damage(empty.verify(keys=keys))) == {path}, what
        snapshot = empty.open().snapshot("latest")
        assert [_refused(snapshot, key) for key in (RECEIPT, SCAN)].count(path) == 1, what
        one.write_bytes(whole[one])
    assert empty.verify().ok


def _refused(snapshot: Any, key: RecordKey) -> str:
    try:
        content(snapshot, key)
    except DamagedFile as error:
        return error.path
    return ""


def test_a_list_that_tells_of_other_bytes_is_named(
    kit: ModuleType, empty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed and sealed by someone with the keys, and still not what is stored."""
    store = attachments.AttachedFiles._store

    def false(self: Any, chunks: Any) -> Any:
        return store(self, chunks)._replace(sha256=bytes(32))

    with monkeypatch.context() as patched:
        patched.setattr(attachments.AttachedFiles, "_store", false)
        take(kit, empty.vault, {RECEIPT: noise(100)})
    (path,) = {one.text.attachments for one in empty.vault._shelf.commits()}
    assert set(kit.damage(empty.verify())) == {path}
    assert empty.verify(keys=False).ok
    with pytest.raises(DamagedFile, match="other bytes"):
        content(empty.vault.snapshot("latest"), RECEIPT)


def test_by_sample_blobs_are_drawn_too(kit: ModuleType, empty: Any) -> None:
    files = {RecordKey("Attachable", str(number)): noise(90_000, str(number)) for number in range(10)}
    take(kit, empty.vault, files)
    report = empty.verify(sample=Sample.parse("30%", "seed"))
    left = [path for path in report.scope.files_left if path.startswith("blobs/")]
    assert report.ok
    assert len(left) == 7
    for path in left:
        (empty.root / path).write_bytes(b"nothing")
    assert empty.verify(sample=Sample.parse("30%", "seed")).ok
    assert set(kit.damage(empty.verify())) == set(left)


def test_an_attached_file_is_never_held_whole(kit: ModuleType, empty: Any) -> None:
    piece = noise(1 << 16)
    tracemalloc.start()
    try:
        with empty.vault.begin_snapshot(kit.COMPANY) as writer:
            writer.attach(RECEIPT, (piece for _ in range(1024)))
            writer.commit(
                taken_at=kit.START, finished_at=kit.START, complete=True, counts={}, fence={}, requests=1, findings=[]
            )
        length = sum(map(len, empty.vault.snapshot("latest").attachment(RECEIPT)))
        assert empty.verify().ok
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert length == 64 << 20
    assert peak < 24 << 20, f"{peak >> 20} MiB were held at once"


def test_no_byte_of_a_file_and_no_digest_of_it_rests_readable(kit: ModuleType, empty: Any) -> None:
    data = b"a rhododendron receipt " * 50
    take(kit, empty.vault, {RECEIPT: data})
    for needle in (b"rhododendron", hashlib.sha256(data).digest(), hashlib.sha256(data).hexdigest().encode()):
        assert not [path for path in empty.files() if needle in (empty.root / path).read_bytes()]


def test_a_machine_that_only_captures_stores_nothing_twice_and_reads_nothing(kit: ModuleType, empty: Any) -> None:
    data = noise(5000)
    take(kit, empty.vault, {RECEIPT: data})
    identity = Identity.fresh()
    empty.vault.membership.add("nightly", "capture", identity.recipient)
    machine = open_vault(empty.root, OwnIdentity(identity), heads=empty.heads)
    take(kit, machine, {RECEIPT: data, SCAN: noise(6000, "b")}, day=1)
    assert len(blob_files(empty)) == 2
    assert machine.snapshot("latest").attachments().height == 2
    with pytest.raises(NotAllowed):
        content(machine.snapshot("latest"), RECEIPT)
    assert content(empty.open().snapshot("latest"), RECEIPT) == data
    assert content(empty.open().snapshot("latest"), SCAN) == noise(6000, "b")
    assert empty.verify().findings == ()
