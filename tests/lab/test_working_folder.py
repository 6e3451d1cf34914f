"""What a person changed is never overwritten; what they did not change is kept up to date."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from akika_forensics.errors import WrongUse
from akika_forensics.lab.working_folder import MEMORY, Placed, Shipped, digest_of, place_all


def notebook(*cells: str) -> bytes:
    held = [
        {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": None} for cell in cells
    ]
    return json.dumps({"cells": held, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


PLACE = "sessions/look.ipynb"


def place(folder: Path, data: bytes, where: str = PLACE) -> Placed:
    (placed,) = place_all(folder, [Shipped(where, data)])
    return placed


def test_a_new_folder_gets_every_file(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "work"
    assert place(folder, notebook("1")) == Placed(PLACE, PLACE, "new")
    assert (folder / PLACE).read_bytes() == notebook("1")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / PLACE).stat().st_mode & 0o777 == 0o600


def test_what_was_not_changed_is_renewed(tmp_path: Path) -> None:
    place(tmp_path, notebook("1"))
    assert place(tmp_path, notebook("1")).outcome == "kept"
    assert place(tmp_path, notebook("2")) == Placed(PLACE, PLACE, "renewed")
    assert (tmp_path / PLACE).read_bytes() == notebook("2")


def test_opening_and_running_a_notebook_does_not_change_it(tmp_path: Path) -> None:
    """JupyterLab writes another indentation, its own metadata and lists of lines."""
    place(tmp_path, notebook("a = 1\nb = 2"))
    held = json.loads(notebook("a = 1\nb = 2"))
    held["cells"][0].update(source=["a = 1\n", "b = 2"], execution_count=4, outputs=[{"output_type": "stream"}])
    held["metadata"] = {"language_info": {"version": "3.12.1"}}
    (tmp_path / PLACE).write_text(json.dumps(held, indent=1), encoding="utf-8")
    assert place(tmp_path, notebook("3")).outcome == "renewed"


def test_what_was_changed_stays_and_the_newer_form_lies_beside_it(tmp_path: Path) -> None:
    place(tmp_path, notebook("1"))
    mine = notebook("1", "# my own words")
    (tmp_path / PLACE).write_bytes(mine)
    assert place(tmp_path, notebook("1")) == Placed(PLACE, PLACE, "kept"), "there is nothing newer to offer"
    assert place(tmp_path, notebook("2")) == Placed(PLACE, "sessions/look 2.ipynb", "beside")
    assert (tmp_path / PLACE).read_bytes() == mine
    assert (tmp_path / "sessions/look 2.ipynb").read_bytes() == notebook("2")
    assert place(tmp_path, notebook("3")) == Placed(PLACE, "sessions/look 2.ipynb", "renewed")


def test_a_file_that_was_there_before_us_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "sessions").mkdir()
    (tmp_path / PLACE).write_bytes(b"not even a notebook")
    assert place(tmp_path, notebook("1")) == Placed(PLACE, "sessions/look 2.ipynb", "beside")
    assert (tmp_path / PLACE).read_bytes() == b"not even a notebook"


def test_a_removed_file_comes_back(tmp_path: Path) -> None:
    place(tmp_path, notebook("1"))
    (tmp_path / PLACE).unlink()
    assert place(tmp_path, notebook("1")) == Placed(PLACE, PLACE, "new")


@pytest.mark.parametrize(
    "memory", [b"", b"[]", b"{", json.dumps({PLACE: "x"}).encode(), json.dumps({PLACE: {}}).encode()]
)
def test_with_a_lost_memory_nothing_is_overwritten(tmp_path: Path, memory: bytes) -> None:
    place(tmp_path, notebook("1"))
    (tmp_path / MEMORY).write_bytes(memory)
    assert place(tmp_path, notebook("2")) == Placed(PLACE, "sessions/look 2.ipynb", "beside")
    assert (tmp_path / PLACE).read_bytes() == notebook("1")


@pytest.mark.parametrize(
    "path", ["../out.ipynb", "/etc/out.ipynb", "sessions/../../out.ipynb", "reports/look.ipynb", ".", ""]
)
def test_a_memory_from_elsewhere_leads_nowhere_else(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (tmp_path / "out.ipynb").write_bytes(notebook("theirs"))
    digest = digest_of(PLACE, notebook("theirs"))
    (folder / MEMORY).write_text(json.dumps({PLACE: {"path": path, "digest": digest}}), encoding="utf-8")
    assert place(folder, notebook("1")).path == PLACE
    assert (tmp_path / "out.ipynb").read_bytes() == notebook("theirs")


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(WrongUse, match="cannot be used"):
        place(tmp_path / "file", notebook("1"))


@given(st.lists(st.text()), st.lists(st.text()))
def test_a_digest_tells_cells_apart(left: list[str], right: list[str]) -> None:
    same = digest_of("a.ipynb", notebook(*left)) == digest_of("b.ipynb", notebook(*right))
    assert same == (left == right)


class Folder(RuleBasedStateMachine):
    """Starts, changes by a person and removals in any order: no words of a person are ever lost."""

    def __init__(self) -> None:
        super().__init__()
        self._made = tempfile.TemporaryDirectory()
        self.folder = Path(self._made.name)
        self.mine: dict[str, bytes] = {}
        self.number = 0

    @rule(version=st.integers(0, 3))
    def start(self, version: int) -> None:
        before = {path: path.read_bytes() for path in self.folder.rglob("*.ipynb")}
        placed = place(self.folder, notebook(f"version {version}"))
        if placed.outcome != "kept":
            assert (self.folder / placed.path).read_bytes() == notebook(f"version {version}")
        for path, held in before.items():
            if path != self.folder / placed.path:
                assert path.read_bytes() == held

    @rule(data=st.data())
    def write(self, data: st.DataObject) -> None:
        there = sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*.ipynb"))
        if there:
            self.number += 1
            chosen = data.draw(st.sampled_from(there))
            self.mine[chosen] = notebook(f"my words {self.number}")
            (self.folder / chosen).write_bytes(self.mine[chosen])

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        there = sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*.ipynb"))
        if there:
            chosen = data.draw(st.sampled_from(there))
            (self.folder / chosen).unlink()
            self.mine.pop(chosen, None)

    @invariant()
    def my_words_are_there(self) -> None:
        for name, held in self.mine.items():
            assert (self.folder / name).read_bytes() == held

    def teardown(self) -> None:
        self._made.cleanup()


TestAnyOrder = Folder.TestCase
