"""With the keys of a machine that captures: commits that no reader accepts stop nobody, and are passed over for ever."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from vault.attacks.scene import Lying, Scene, kept, lie

from akika_forensics.errors import WrongUse
from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains import seals
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import sealing
from akika_forensics.vault.lifecycle.compaction import compact
from akika_forensics.vault.snapshots.parts import Part


def _number_of_another(writer: Any) -> None:
    writer._segments.following = 0


def _name_of_another(writer: Any) -> None:
    writer._follows = replace(writer._follows, snapshot="s1")


def _table_of_another(writer: Any) -> None:
    plain = writer._batch.key_table

    def told() -> str:
        writer._batch._company = next(one for one in writer._shelf.keychain.companies() if one != writer._pseudonym)
        path: str = plain()
        return path

    writer._batch.key_table = told


def _odd_number(writer: Any) -> None:
    plain = writer._batch.segment

    def told(number: int, rows: pl.DataFrame) -> Part:
        part: Part = plain(number, rows)
        return Part(part.index, part.payload, {"first": len(rows)})

    writer._batch.segment, writer._segments.rewrite = told, lambda _: None


def _parted_as_merged_ones(writer: Any) -> None:
    plain = writer._batch.segment

    def told(number: int, rows: pl.DataFrame) -> Part:
        part: Part = plain(number, rows)
        return Part(part.index, part.payload, part.segments, part.index)

    writer._batch.segment, writer._segments.rewrite = told, lambda _: None


def _root_of_a_later_segment(writer: Any) -> None:
    plain = writer._batch.key_table

    def told() -> str:
        writer._batch.stored = [
            StoredFile(one.path, one.length, one.sha256, one.root | {"7": "00" * 32}) if one.root else one
            for one in writer._batch.stored
        ]
        path: str = plain()
        return path

    writer._batch.key_table = told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_number_of_another, "numbers that others had"),
        (_name_of_another, "number of its snapshot"),
        (_table_of_another, "table is of another company"),
        (_odd_number, "as no snapshot does"),
        (_parted_as_merged_ones, "as merged ones are"),
        (_root_of_a_later_segment, "roots of other segments"),
    ],
)
def test_a_snapshot_puts_itself_in_the_place_of_nothing(scene: Scene, change: Callable[[Any], None], said: str) -> None:
    # Our own software reads back what it wrote, and may find it then.
    with contextlib.suppress(DamagedFile):
        lie(scene, change)
    path = "commits/00000004.json"
    assert any(said in what for what in scene.damage()[path])
    assert_passed_over(scene, path)


def assert_passed_over(scene: Scene, path: str) -> None:
    """A commit of the machine stops nobody, changes nothing, and is named."""
    before = {one.id: dict(kept(scene.vault, one.id)) for one in scene.vault.snapshots()}
    for vault in (scene.vault, scene.open()):
        assert [one.id for one in vault.snapshots()] == list(before) == ["s1", "s2"]
        assert list(vault.passed_over) == [int(path[-13:-5])]
    info = scene.kit.take(scene.open(), scene.kit.books(4), day=5)
    assert kept(scene.open(), info.id) == scene.kit.books(4)
    scene.vault.membership.rotate()
    compact(scene.vault.workshop(), scene.vault.pseudonym(scene.kit.COMPANY), extent="everything")
    scene.vault.membership.remove("nightly")
    again = scene.open()
    assert {name: kept(again, name) for name in before} == before
    assert kept(again, info.id) == scene.kit.books(4)
    scene.kit.take(again, scene.kit.books(5), day=6)
    assert scene.damage().keys() == {path}, scene.damage()
    assert any("It is passed over" in what for what in scene.damage()[path])


def _sealed_for_nobody(writer: Any) -> None:
    writer._batch.entry_key = lambda: seals.EntryKey("0" * 32, bytes(32))


def _sealed_under_another_key(writer: Any) -> None:
    plain = writer._batch.entry_key
    writer._batch.entry_key = lambda: seals.EntryKey(plain().id, bytes(32))


def _table_of_junk(writer: Any) -> None:
    def told() -> str:
        path = layout.key_table("a" * 32)
        content = sealing.wrap(b"TABL", b"junk")
        writer._shelf.backend.create(path, content)
        writer._batch.stored.append(StoredFile.of(path, content))
        return path

    writer._batch.key_table = told


def _last_number_of_all(writer: Any) -> None:
    writer._segments.following = 2**32 - 2


def _of_no_form_that_is_known(writer: Any) -> None:
    writer._chain = Lying(writer._chain, canonical_form="akika-canonical-9")


def _of_no_kind_that_is_known(writer: Any) -> None:
    writer._chain = Lying(writer._chain, kind="surprise")


@pytest.mark.parametrize(
    "change",
    [
        _sealed_for_nobody,
        _sealed_under_another_key,
        _table_of_junk,
        _last_number_of_all,
        _of_no_form_that_is_known,
        _of_no_kind_that_is_known,
    ],
)
def test_a_commit_of_a_machine_that_no_reader_accepts_stops_nobody(scene: Scene, change: Callable[[Any], None]) -> None:
    with contextlib.suppress(DamagedFile, WrongUse):
        lie(scene, change)
    assert_passed_over(scene, "commits/00000004.json")


def test_what_was_passed_over_is_so_for_ever(scene: Scene) -> None:
    """The key that it lacked is brought by a later commit of the same machine: what came meanwhile still stands."""
    with contextlib.suppress(DamagedFile):
        lie(scene, _sealed_for_nobody)
    scene.kit.take(scene.open(), scene.kit.books(4), day=5)

    def late(writer: Any) -> None:
        writer._batch.keys["index"]["0" * 32] = bytes(32)

    lie(scene, late)
    vault = scene.open()
    assert [one.id for one in vault.snapshots()] == ["s1", "s2", "s4", "s5"]
    assert list(vault.passed_over) == [4]
    assert kept(vault, "s4") == scene.kit.books(4)
