"""A long file is parsed while it is held against what was signed; nothing of it counts before that came out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.snapshots import frames, indexes, parquet, stacks

COLUMNS = ["entity", "id", "digest"]


@pytest.fixture(autouse=True)
def _every_file_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (stacks, indexes):
        monkeypatch.setattr(module, "IN_PART", 0)


class Opened:
    """The first part of the filled vault, freshly opened."""

    def __init__(self, filled: Any) -> None:
        self.shelf = filled.open()._shelf
        self.company = self.shelf.commits()[0].pseudonym
        self.part = self.shelf.part(self.company, self.shelf.commits()[0].numbers[0])
        self.file: Path = self.shelf.backend.root / self.part.index

    def read(self) -> pl.DataFrame:
        found: pl.DataFrame = self.shelf.index_of(self.company, self.part, columns=COLUMNS)
        return found


def _exchanged_while_it_is_read(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> list[type]:
    """The first reading finds nothing, and the file is another one with the same bytes; gives what was read from."""
    original, content, asked = parquet.read, opened.file.read_bytes(), []

    def exchanging(source: Any, *given: Any, **more: Any) -> Any:
        found = original(source, *given, **more)
        asked.append(type(source))
        if len(asked) == 1:
            opened.file.unlink()
            opened.file.write_bytes(content)
            return found.clear()
        return found

    monkeypatch.setattr(parquet, "read", exchanging)
    return asked


@pytest.fixture
def opened(filled: Any) -> Opened:
    return Opened(filled)


def test_it_is_read_in_place_and_proved_once(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    proved: list[str] = []
    original = stacks.Stacks._prove
    monkeypatch.setattr(stacks.Stacks, "_prove", lambda self, path: (proved.append(path), original(self, path))[1])
    first = opened.read()
    assert first.columns == COLUMNS
    assert len(first)
    assert opened.read().equals(first)
    assert proved == [opened.part.index]


@pytest.mark.parametrize("place", ["at the beginning", "in the middle", "before the end"])
def test_a_flip_that_no_reader_meets_is_met_by_the_proof(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Even where the parser were content with the bytes, what it gave is not given on."""
    good = opened.read()
    fresh = opened.shelf
    fresh._checked._known.clear()
    data = bytearray(opened.file.read_bytes())
    data[{"at the beginning": 5, "in the middle": len(data) // 2, "before the end": len(data) - 9}[place]] ^= 1
    opened.file.write_bytes(bytes(data))
    monkeypatch.setattr(parquet, "read", lambda *_args, **_more: good)
    with pytest.raises(DamagedFile, match="SHA-256 differs"):
        opened.read()


def test_the_error_of_the_proof_stands_above_that_of_the_parser(opened: Opened) -> None:
    opened.file.write_bytes(opened.file.read_bytes()[:-20])
    with pytest.raises(DamagedFile, match="bytes long"):
        opened.read()


def test_what_was_signed_and_does_not_parse_is_said_by_the_parser(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_more: Any) -> Any:
        raise DamagedFile(opened.part.index, "It does not open with its key.")

    monkeypatch.setattr(parquet, "read", broken)
    with pytest.raises(DamagedFile, match="does not open"):
        opened.read()


def test_a_file_that_is_exchanged_while_it_is_read_is_read_again_whole(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was proved and what was parsed may be two files; then neither counts, and the bytes are proved before they are parsed."""
    asked = _exchanged_while_it_is_read(opened, monkeypatch)
    assert len(opened.read())
    assert asked[1:] == [bytes]


def test_a_file_that_is_gone_is_said_to_be(opened: Opened) -> None:
    opened.file.unlink()
    with pytest.raises(DamagedFile, match="missing"):
        opened.read()


def _all(filled: Any, ref: str) -> pl.DataFrame:
    found: pl.DataFrame = filled.open().snapshot(ref).index()
    return found


def test_states_and_differences_are_those_of_files_that_were_proved_first(
    filled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = [info.id for info in filled.vault.snapshots()]
    beside = {ref: _all(filled, ref) for ref in refs}
    for module in (stacks, indexes):
        monkeypatch.setattr(module, "IN_PART", 1 << 40)
    for ref in refs:
        assert _all(filled, ref).equals(beside[ref])


def test_a_state_is_neither_given_on_nor_kept_where_a_proof_fails(
    filled: Any, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = opened.read()
    states = filled.open()
    data = bytearray(opened.file.read_bytes())
    data[len(data) // 2] ^= 1
    opened.file.write_bytes(bytes(data))
    original = parquet.read

    def content(source: Any, *given: Any, **more: Any) -> Any:
        if isinstance(source, Path) and source == opened.file:
            columns = more["choice"].columns
            return good.with_columns(
                [pl.lit(None, dtype=frames.INDEX[name]).alias(name) for name in columns if name not in good.columns]
            ).select(columns)
        return original(source, *given, **more)

    monkeypatch.setattr(parquet, "read", content)
    for _ in range(2):
        with pytest.raises(DamagedFile, match="SHA-256 differs"):
            states.snapshot("s1").index()
    assert not states._shelf._states._known


def test_an_error_of_bytes_that_nobody_signed_is_one_of_the_file(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.file.write_bytes(opened.file.read_bytes()[:-1] + b"x")
    monkeypatch.setattr(parquet, "read", lambda *_args, **_more: pl.DataFrame({"nothing": [1]}))

    def make() -> Any:
        return opened.read().select("entity")

    with pytest.raises(DamagedFile, match="SHA-256 differs"):
        opened.shelf.proved(make)


def test_what_is_made_of_a_file_that_was_exchanged_is_made_again(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _exchanged_while_it_is_read(opened, monkeypatch)
    assert opened.shelf.proved(lambda: len(opened.read())) > 0
    assert len(asked) == 2
