from __future__ import annotations

import threading
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.errors import Refused, VaultDamaged, WrongUse
from akika_forensics.vault import HeadStore, StoredFile
from akika_forensics.vault.chains.heads import Remembered, read_anchor


def test_entries_come_back_in_order_with_their_files(filled: Any) -> None:
    entries = filled.open().chain("custody", "akika-custody").entries()
    assert [entry.seq for entry in entries] == [0, 1]
    assert entries[0].body == {"act": "captured", "of": "Amys Landscaping and Sons"}
    assert filled.vault.get_document(entries[1].files[0].path).startswith(b'{"steps"')
    assert filled.verify().ok


def test_an_append_goes_on_after_opening_again(filled: Any) -> None:
    for step in range(3, 6):
        entry = filled.open().chain("journals/p1", "akika-journal").append({"step": step})
        assert entry.seq == step
        assert filled.heads.remembered(filled.vault.id).chains["journals/p1"].digest == entry.digest
    steps = [entry.body["step"] for entry in filled.vault.chain("journals/p1", "akika-journal").entries()]
    assert steps == list(range(6))
    assert filled.verify().findings == ()


def test_writers_on_one_chain_each_get_a_number(filled: Any) -> None:
    start = threading.Barrier(4)

    def write(number: int) -> None:
        chain = filled.open().chain("custody", "akika-custody")
        start.wait()
        for turn in range(3):
            chain.append({"writer": number, "turn": turn})

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = filled.vault.chain("custody", "akika-custody").entries()
    assert len(entries) == 2 + 12
    for number in range(4):
        assert [one.body["turn"] for one in entries if one.body.get("writer") == number] == [0, 1, 2]
    assert filled.verify().findings == ()


def test_an_expected_number_that_is_taken_is_refused(filled: Any) -> None:
    chain = filled.vault.chain("custody", "akika-custody")
    filled.open().chain("custody", "akika-custody").append({"act": "first"})
    with pytest.raises(Refused):
        chain.append({"act": "second"}, expected=2)
    assert [entry.body["act"] for entry in chain.entries()] == ["captured", "planned", "first"]


def test_a_chain_has_one_purpose_and_a_sound_name(filled: Any) -> None:
    filled.vault.chain("custody", "akika-custody")
    with pytest.raises(WrongUse):
        filled.vault.chain("custody", "akika-journal")
    with pytest.raises(WrongUse):
        filled.open().chain("custody", "akika-journal").entries()
    for name in ("", "commits", "data", "keys/x", "../x", "a/b/c", "a b", ".hidden", "VAULT.json", "lock"):
        with pytest.raises(WrongUse):
            filled.vault.chain(name, "n")


@pytest.mark.parametrize("what", ["entry changed", "entry gone", "signature gone", "middle gone"])
def test_a_damaged_chain_is_not_read_and_not_continued(filled: Any, what: str) -> None:
    folder = filled.root / "journals" / "p1"
    last = folder / "00000002.json"
    if what == "entry changed":
        last.write_bytes(last.read_bytes().replace(b'"seq":2', b'"seq":3'))
    elif what == "entry gone":
        last.unlink()
    elif what == "signature gone":
        next(folder.glob("00000002-*.sig")).unlink()
    else:
        (folder / "00000001.json").unlink()
    before = filled.files()
    with pytest.raises(VaultDamaged):
        filled.open().chain("journals/p1", "akika-journal").append({"step": 9})
    assert filled.files() == before


def test_documents(filled: Any) -> None:
    stored = filled.vault.put_document("plan", b"")
    assert isinstance(stored, StoredFile)
    assert filled.vault.get_document(stored.path) == b""
    for path in ("documents/none.sealed", f"documents/{'0' * 32}.sealed", "VAULT.json", "../x"):
        with pytest.raises(WrongUse):
            filled.vault.get_document(path)
    content = bytearray((filled.root / stored.path).read_bytes())
    content[60] ^= 1
    (filled.root / stored.path).write_bytes(content)
    with pytest.raises(VaultDamaged, match=stored.path):
        filled.vault.get_document(stored.path)


def test_slots_hold_the_last_value(filled: Any) -> None:
    slot = filled.vault.slot("tokens/x")
    assert slot.read() is None
    slot.delete()
    for value in (b"", b"one", b"two" * 1000):
        slot.write(value)
        assert filled.open().slot("tokens/x").read() == value
    name = "connections/Amys Landscaping and Sons"
    assert filled.vault.slots() == (name, "tokens/x")
    assert filled.vault.slots("tokens/") == ("tokens/x",)
    slot.delete()
    assert slot.read() is None
    assert filled.vault.slots("tokens/") == ()
    slot.write(b"again")
    assert slot.read() == b"again"
    assert filled.verify().findings == ()


def test_a_slot_falls_back_to_the_version_before_a_torn_one(kit: ModuleType, in_memory: Any) -> None:
    backend = kit.MemoryBackend()
    vault = in_memory.create(backend)
    vault.slot("x").write(b"old")
    old = dict(backend.content)
    vault.slot("x").write(b"new")
    new = next(path for path in backend.content if path not in old and path.startswith("slots/"))
    backend.content |= {path: data for path, data in old.items() if path.startswith("slots/")}
    backend.content[new] = backend.content[new][:-1]
    assert vault.slot("x").read() == b"old"
    assert list(kit.damage(in_memory.verify(backend))) == [new]


def test_a_slot_none_of_whose_versions_opens_is_damage(filled: Any) -> None:
    for path in (filled.root / "slots").rglob("*.sealed"):
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(VaultDamaged):
        filled.vault.slot("connections/Amys Landscaping and Sons").read()


def test_the_head_is_plain_and_complete(filled: Any) -> None:
    head = filled.vault.head
    assert head["vault"] == filled.vault.id
    assert {name: chain["seq"] for name, chain in head["chains"].items()} == {
        "commits": 3,
        "custody": 1,
        "journals/p1": 2,
    }
    known = filled.heads.remembered(filled.vault.id)
    assert {name: (one.seq, one.digest) for name, one in known.chains.items()} == {
        name: (one["seq"], one["digest"]) for name, one in head["chains"].items()
    }
    assert read_anchor(head).chains == known.chains
    for bad in ({}, {"vault": "x"}, {"vault": "x", "chains": {"commits": 3}}, {"vault": 1, "chains": {}}):
        with pytest.raises(WrongUse):
            read_anchor(bad)


def test_heads_only_move_forward_and_are_forgotten_on_request(filled: Any) -> None:
    vault, heads = filled.vault.id, filled.heads
    heads.remember_chain(vault, "custody", 0, "0" * 64)
    assert heads.remembered(vault).chains["custody"].seq == 1
    heads.remember_chain("f" * 32, "custody", 0, "0" * 64)
    assert heads.remembered("f" * 32) is None
    heads.forget(vault)
    assert heads.remembered(vault) is None
    filled.open()
    assert isinstance(heads.remembered(vault), Remembered)


def test_a_head_file_that_cannot_be_read_is_said(filled: Any) -> None:
    (filled.heads.folder / f"{filled.vault.id}.json").write_bytes(b"{")
    with pytest.raises(WrongUse, match="cannot be read"):
        filled.open()


def test_heads_lie_in_the_state_folder_by_default(state_dir: Any) -> None:
    assert HeadStore().folder == state_dir / "heads"


def test_an_entry_that_nobody_signed_is_not_remembered(kit: ModuleType, filled: Any) -> None:
    """Else the sound copy, put back, would look like an older one."""
    forged = filled.root / "custody" / "00000002.json"
    forged.write_bytes(b'{"not":"ours"}')
    filled.open()
    assert filled.heads.remembered(filled.vault.id).chains["custody"].seq == 1
    assert "custody/00000002.json" in kit.damage(filled.verify(keys=False))
    forged.unlink()
    filled.open()
    assert filled.verify().findings == ()


def test_a_value_is_written_again_without_reading_its_versions_of_before(in_memory: Any, kit: ModuleType) -> None:
    """Also where they could not be removed: each request costs, and in a bucket they would add up."""

    class Keeping(kit.MemoryBackend):  # type: ignore[name-defined, misc]
        read_of_it = 0

        def read(self, path: str) -> bytes:
            self.read_of_it += path.startswith("slots/")
            return bytes(super().read(path))

        def delete(self, path: str) -> None:
            pass

    backend = Keeping()
    slot = in_memory.create(backend).slot("x")
    for turn in range(5):
        slot.write(b"%d" % turn)
    assert backend.read_of_it == 0
    assert slot.read() == b"4"
