"""A value that another process writes while it is read: what was listed is gone, and what took its place was not listed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.errors import Refused
from akika_forensics.vault import Vault
from akika_forensics.vault.canonical import DamagedFile

type Busy = Any


@pytest.fixture
def busy(kit: ModuleType) -> Busy:
    """A backend that lets something happen before each of the next readings of a value, after it was listed."""

    class Backend(kit.MemoryBackend):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.meanwhile: list[Callable[[], None]] = []

        def read(self, path: str) -> bytes:
            if path.startswith("slots/") and self.meanwhile:
                self.meanwhile.pop(0)()
            return super().read(path)

    return Backend()


@pytest.fixture
def vaults(kit: ModuleType, in_memory: Any, busy: Busy, tmp_path: Path) -> tuple[Vault, Vault]:
    """The vault as a reader has it open that wrote nothing in it, and as a writer on another machine."""
    writer = in_memory.create(busy)
    elsewhere = kit.MemoryVault(tmp_path / "another machine")
    return elsewhere.open(busy), writer


def test_a_value_that_is_written_between_listing_and_reading_is_the_new_one(
    vaults: tuple[Vault, Vault], busy: Busy
) -> None:
    reader, writer = vaults
    value = writer.slot("tokens/x")
    value.write(b"a token")
    busy.meanwhile = [lambda: value.write(b"the next token")]
    assert reader.slot("tokens/x").read() == b"the next token"
    assert not busy.meanwhile


def test_a_value_that_is_written_again_at_each_look_is_read_in_the_end(vaults: tuple[Vault, Vault], busy: Busy) -> None:
    reader, writer = vaults
    value = writer.slot("tokens/x")
    value.write(b"a token")
    # The writer reads nothing that it wrote itself: each of these is before a reading of the reader.
    busy.meanwhile = [lambda number=number: value.write(b"token %d" % number) for number in range(5)]
    assert reader.slot("tokens/x").read() == b"token 4"


def test_a_value_that_is_deleted_between_listing_and_reading_is_not_there(
    vaults: tuple[Vault, Vault], busy: Busy
) -> None:
    reader, writer = vaults
    value = writer.slot("tokens/x")
    value.write(b"a token")
    busy.meanwhile = [value.delete]
    assert reader.slot("tokens/x").read() is None


def test_a_value_that_never_stands_still_is_refused_and_not_called_absent(
    vaults: tuple[Vault, Vault], busy: Busy
) -> None:
    reader, writer = vaults
    value = writer.slot("tokens/x")
    value.write(b"a token")
    busy.meanwhile = [lambda: value.write(b"another token")] * 1000
    with pytest.raises(Refused, match="kept changing the same value"):
        reader.slot("tokens/x").read()


def test_a_version_that_somebody_took_away_is_still_found_missing(vaults: tuple[Vault, Vault], busy: Busy) -> None:
    reader, writer = vaults
    writer.slot("tokens/x").write(b"a token")
    assert reader.slots("tokens/") == ("tokens/x",)
    before = {path for path in busy.content if path.startswith("slots/")}
    writer.slot("tokens/x").write(b"the next token")
    taken = next(path for path in busy.content if path.startswith("slots/") and path not in before)
    busy.meanwhile = [lambda: busy.delete(taken)]
    with pytest.raises(DamagedFile, match="The value is missing"):
        writer.slot("tokens/x").read()


def test_what_is_listed_and_can_never_be_read_is_passed_over(kit: ModuleType, in_memory: Any) -> None:
    class Broken(kit.MemoryBackend):  # type: ignore[misc, name-defined]
        def list(self, folder: str = "") -> tuple[str, ...]:
            return tuple(sorted({*super().list(folder), *(path for path in broken if path.startswith(folder))}))

        def create(self, path: str, data: bytes) -> None:
            if path in broken:
                raise FileExistsError(path)
            super().create(path, data)

    broken: list[str] = []
    backend = Broken()
    vault = in_memory.create(backend)
    vault.slot("tokens/x").write(b"a token")
    mine = next(path for path in backend.content if path.startswith("slots/"))
    broken.append(mine.replace("00000000", "00000001"))
    assert vault.slot("tokens/x").read() == b"a token"
    assert vault.slots("tokens/") == ("tokens/x",)
    vault.slot("tokens/x").write(b"the next token")
    assert vault.slot("tokens/x").read() == b"the next token"


def test_the_names_of_values_have_one_that_is_written_meanwhile(vaults: tuple[Vault, Vault], busy: Busy) -> None:
    reader, writer = vaults
    for name in ("tokens/a", "tokens/b", "tokens/c"):
        writer.slot(name).write(b"a token")

    def write_all() -> None:
        for name in ("tokens/a", "tokens/b", "tokens/c"):
            writer.slot(name).write(b"the next token")

    busy.meanwhile = [write_all]
    assert reader.slots("tokens/") == ("tokens/a", "tokens/b", "tokens/c")


def test_a_value_written_while_another_writes_it_is_not_laid_below_the_other(
    vaults: tuple[Vault, Vault], busy: Busy
) -> None:
    reader, writer = vaults
    value = writer.slot("tokens/x")
    for number in range(3):
        value.write(b"token %d" % number)
    busy.meanwhile = [lambda: value.write(b"token 3")]
    reader.slot("tokens/x").write(b"token 4")
    assert reader.slot("tokens/x").read() == b"token 4"
    assert writer.slot("tokens/x").read() == b"token 4"


def test_versions_as_they_lie_there_are_those_that_are_there(vaults: tuple[Vault, Vault], busy: Busy) -> None:
    reader, writer = vaults
    value = writer.slot("tokens/x")
    value.write(b"a token")
    busy.meanwhile = [lambda: value.write(b"the next token")]
    assert len(reader.slot("tokens/x").stored()) == 1
