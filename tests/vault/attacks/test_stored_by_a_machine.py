"""With the keys of a machine that captures: rows, keys, documents and entries that are not what they seem."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from vault.attacks.scene import FIRST, Lying, Scene, kept, lie

from akika_forensics.errors import VaultDamaged
from akika_forensics.model import payload
from akika_forensics.vault import documents, layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.keys import sealing
from akika_forensics.vault.lifecycle.compaction import compact
from akika_forensics.vault.mending import losses
from akika_forensics.vault.snapshots import frames
from akika_forensics.vault.snapshots.parts import Part


def _junk_in_place_of_rows(writer: Any) -> None:
    plain = writer._batch.frame

    def frame(half: Any, rows: pl.DataFrame, *more: Any, **named: Any) -> str:
        path: str = plain(
            half, rows.select(pl.col("id").alias("junk")) if "digest" in rows.columns else rows, *more, **named
        )
        return path

    writer._batch.frame = frame


def _after_nothing_that_is_there(writer: Any) -> None:
    writer._chain = Lying(writer._chain, base=99)  # type: ignore[arg-type]


def _no_keys_of_payloads(writer: Any) -> None:
    plain = writer._batch.key_table

    def told() -> str:
        writer._batch.keys["payload"].clear()
        path: str = plain()
        return path

    writer._batch.key_table = told


def test_what_a_machine_closed_is_stored_again_when_it_arrives_again(scene: Scene) -> None:
    lie(scene, _no_keys_of_payloads, scene.kit.invoice(1, "250.00", 1))
    books = scene.kit.books() | {FIRST: scene.kit.invoice(1, "250.00", 1)}
    info = scene.kit.take(scene.open(), books, day=5)
    assert info.new_versions == 3, "the machine's snapshot had one record, and this one is no new version of it"
    assert kept(scene.open(), info.id) == books


@pytest.mark.parametrize("change", [_junk_in_place_of_rows, _after_nothing_that_is_there])
def test_a_snapshot_of_a_machine_that_cannot_be_read_is_followed_by_one_that_stands_on_its_own(
    scene: Scene, change: Callable[[Any], None]
) -> None:
    lie(scene, change)
    with pytest.raises(VaultDamaged):
        kept(scene.open(), "s3")
    info = scene.kit.take(scene.open(), scene.kit.books(4), day=5)
    assert kept(scene.open(), info.id) == scene.kit.books(4)
    assert kept(scene.open(), "s1") == scene.kit.books()


def test_salts_of_segments_to_come_are_not_taken_in_advance(scene: Scene) -> None:
    def change(writer: Any) -> None:
        writer._batch.keys["payload"] |= {f"salt/{number}": bytes(32) for number in range(2, 9)}
        writer._batch.keys["payload"] |= {"documents/00000000000000000000000000000000": bytes(32)}

    lie(scene, change)
    again = scene.open()
    scene.kit.take(again, scene.kit.books() | {FIRST: scene.kit.invoice(1, "3.00", 4)}, day=3)
    scene.sound()
    assert again.disclose("latest", FIRST)
    key = again.company_key(scene.kit.COMPANY)
    assert key is not None
    again.membership.rotate()
    assert again.company_key(scene.kit.COMPANY) == key
    assert key.key != bytes(32)
    scene.sound()


def _rows_of_another_segment(writer: Any) -> None:
    """The part tells of one segment and holds a row of another as well."""
    plain = writer._batch.frame

    def frame(half: Any, rows: pl.DataFrame, *more: Any, **named: Any) -> str:
        if "segment" in rows.columns and "removed" not in rows.columns:
            false = rows.with_columns(segment=pl.lit(0, dtype=pl.UInt32))
            if "digest" in rows.columns:
                false = false.with_columns(digest=pl.lit(bytes(32)))
            rows = pl.concat([false, rows]).sort(frames.VERSION)
        path: str = plain(half, rows, *more, **named)
        return path

    def part(index: pl.DataFrame, payload: pl.DataFrame, salts: dict[int, bytes]) -> Part:
        found: Part = honest(index, payload, salts)
        return Part(found.index, found.payload, {str(number): 1 for number in salts})

    honest = writer._batch.part
    writer._batch.frame, writer._batch.part = frame, part


def test_rows_of_other_segments_in_a_part_are_not_believed(scene: Scene) -> None:
    lie(scene, _rows_of_another_segment)
    again = scene.open()
    versions = again.history(FIRST, scene.kit.COMPANY)
    assert versions[0].record is not None
    assert versions[0].record.payload == scene.kit.invoice(1)
    assert [one.snapshot for one in versions] == ["s1", "s3"]
    workshop = again.workshop()
    with pytest.raises(VaultDamaged, match="as many records as its commit tells of"):
        compact(workshop, workshop.shelf.commits()[0].pseudonym, extent="anew")
    assert scene.damage()


def test_a_document_that_a_machine_sealed_is_not_taken_for_the_one_that_was_vouched_for(scene: Scene) -> None:
    custody = scene.vault.chain("custody", "akika-custody")
    plan = scene.vault.put_document("plan", b"the plan")
    custody.append({"act": "planned"}, [plan])
    false = documents.put(scene.kit.MemoryBackend(), scene.machine.keyring(), "documents", "plan", b"false", None)
    own = scene.kit.MemoryBackend()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "token_hex", lambda _: layout.place_of(plan.path).id)
        documents.put(own, scene.machine.keyring(), "documents", "plan", b"another plan", None)
    for vault in (scene.vault, scene.open()):
        assert vault.get_document(plan.path) == b"the plan"
    scene.backend.content[plan.path] = own.content[plan.path]
    for vault in (scene.vault, scene.open()):
        with pytest.raises(DamagedFile, match="were signed"):
            vault.get_document(plan.path)
    assert false.path not in scene.backend.content
    scene.backend.content[false.path] = own.content[plan.path]
    with pytest.raises(DamagedFile, match="vouches"):
        scene.open().get_document(false.path)


def test_a_machine_accounts_for_no_losses_and_judges_nothing(scene: Scene) -> None:
    files = [{"path": "data/x", "what": "gone"}]
    told = losses.LOSSES.named({"files": files, "snapshots": [], "closed": [], "documents": []})
    path = scene.forge(scene.machine.keyring(), losses.CHAIN, losses.NAMESPACE, told)
    assert scene.open().losses.named == frozenset()
    assert any("may only add" in what for what in scene.damage(keys=False)[path])


def test_what_a_machine_seals_into_an_entry_does_not_stop_the_check(scene: Scene) -> None:
    keys = scene.machine.keyring()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(payload, "encode", lambda _: b"[" * 100_000)
        path = scene.forge(keys, "commits", "akika-commit", {})
    assert any("cannot be read" in what for what in scene.damage()[path])


def test_what_would_unpack_beyond_all_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MOST_UNPACKED", 1 << 20)
    key = bytes(32)
    for size in (1 << 20, (1 << 20) + 1):
        assert sealing.open_stream(key, sealing.seal_stream(key, bytes(size), "place"), "place") == bytes(size)
    for packed in (zlib.compress(bytes(5 << 20)), zlib.compress(b"x" * 99) + b"more", zlib.compress(b"x" * 99)[:-5]):
        sealed = b"".join(sealing.encrypted(key, bytes(32), [b"z" + packed], "place"))
        with pytest.raises(sealing.OpenError):
            sealing.open_stream(key, sealed, "place")
