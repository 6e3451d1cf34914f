"""With keys of before a rotation or a removal, and as a full member: what is neither replaced nor brought back."""

from __future__ import annotations

import pytest
from vault.attacks.scene import Scene

from akika_forensics.errors import VaultDamaged
from akika_forensics.vault import HeadStore, layout, slots
from akika_forensics.vault import opening as vaults
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.checks.verify import verify_in
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys.keyring import Keyring
from akika_forensics.vault.snapshots import acts
from akika_forensics.vault.storage.location import Location


def after(scene: Scene, name: str, number: int) -> HeadStore:
    """A memory by which whoever has it writes the slot under the next number."""
    memory = HeadStore(scene.folder / "theirs")
    memory.begin(scene.vault.id, "whoever")
    memory.remember_slot(scene.vault.id, name, number)
    return memory


def test_a_value_under_keys_of_before_a_rotation_does_not_replace_one_of_now(scene: Scene) -> None:
    slot = scene.vault.slot("tokens/amy")
    slot.write(b"true")
    removed = scene.machine.keyring()
    scene.vault.membership.remove("nightly")
    name = removed.pseudonym("slot", "tokens/amy")
    number = slots.newest(scene.backend, name) + 1
    false = slots.Slot(scene.backend, lambda: removed, after(scene, name, number - 1), "tokens/amy")
    kept = {path: data for path, data in scene.backend.content.items() if path.startswith(f"slots/{name}/")}
    false.write(b"false")
    scene.backend.content |= kept
    assert layout.slot(name, number) in scene.backend.content
    assert scene.open().slot("tokens/amy").read() == b"true"
    report = verify_in(scene.backend, scene.kit.PASSPHRASE, heads=scene.heads)
    assert [one.path for one in report.findings if "before the last rotation" in one.what] == [
        layout.slot(name, number)
    ]
    scene.open().slot("tokens/amy").write(b"newer")
    assert scene.open().slot("tokens/amy").read() == b"newer"
    scene.sound()


@pytest.fixture
def theirs(scene: Scene) -> Keyring:
    """What somebody kept who was removed: the keys of before."""
    kept = scene.machine.keyring()
    scene.vault.membership.remove("nightly")
    return kept


def put(scene: Scene, keys: Keyring, name: str, value: bytes) -> str:
    """A slot's value by somebody who has write access and some keys; its path."""
    slots.Slot(scene.backend, lambda: keys, HeadStore(scene.folder / "theirs"), name).write(value)
    return max(path for path in scene.backend.content if path.startswith(f"slots/{keys.pseudonym('slot', name)}/"))


def test_a_removed_member_adds_no_value_under_a_name_of_their_own(scene: Scene, theirs: Keyring) -> None:
    scene.vault.slot("company/amy").write(b"true")
    path = put(scene, theirs, "company/zoe", b'{"base_url":"http://zoe.example"}')
    vault = scene.open()
    assert vault.slots() == ("company/amy",)
    with pytest.raises(DamagedFile, match="keys of before a rotation"):
        vault.slot("company/zoe").read()
    vault.membership.rotate()
    assert scene.open().slots() == ("company/amy",), "a later rotation does not make it ours"
    found = verify_in(scene.backend, scene.kit.PASSPHRASE, heads=scene.heads).findings
    assert [(one.path, "before the last rotation" in one.what) for one in found] == [(path, True)]


def test_a_removed_member_puts_nothing_in_the_place_of_a_value_that_they_delete(scene: Scene, theirs: Keyring) -> None:
    scene.vault.slot("tokens/amy").write(b"true")
    put(scene, theirs, "tokens/amy", b"false")
    elsewhere = HeadStore(scene.folder / "never saw this vault")
    vault = vaults.open_in(
        Location.of(scene.folder), scene.backend, scene.kit.NoLock(), scene.kit.PASSPHRASE, heads=elsewhere
    )
    with pytest.raises(DamagedFile, match="keys of before a rotation"):
        vault.slot("tokens/amy").read()
    vault.slot("tokens/amy").write(b"newer")
    assert vault.slot("tokens/amy").read() == b"newer"


@pytest.mark.parametrize("whose", ["nobody", "theirs"])
def test_the_last_number_of_a_slot_is_not_taken_away_from_its_owner(scene: Scene, theirs: Keyring, whose: str) -> None:
    slot = scene.vault.slot("tokens/amy")
    slot.write(b"true")
    name = theirs.pseudonym("slot", "tokens/amy")
    last = layout.slot(name, 99_999_999)
    if whose == "nobody":
        scene.backend.content[last] = b"laid there without any key"
    else:
        kept = dict(scene.backend.content)
        slots.Slot(scene.backend, lambda: theirs, after(scene, name, 99_999_998), "tokens/amy").write(b"false")
        scene.backend.content |= kept
        assert last in scene.backend.content
    assert scene.open().slot("tokens/amy").read() == b"true"
    for value in (b"renewed", b"renewed again"):
        slot.write(value)
        assert scene.open().slot("tokens/amy").read() == value
    assert last not in scene.backend.content
    scene.sound()


def test_a_value_that_somebody_laid_there_stops_neither_a_list_nor_a_change_of_members(scene: Scene) -> None:
    scene.vault.slot("company/amy").write(b"true")
    path = layout.slot("0" * 32, 0)
    scene.backend.content[path] = b"laid there without any key"
    assert scene.open().slots() == ("company/amy",)
    scene.vault.membership.rotate()
    assert scene.open().slot("company/amy").read() == b"true"
    assert set(scene.damage()) == {path}
    ours = layout.slot(scene.vault.keyring().pseudonym("slot", "company/amy"), 1)
    scene.backend.content[ours] = b"damaged"
    with pytest.raises(DamagedFile):
        scene.open().slots()


# As a full member


def test_a_commit_takes_out_no_marker_and_no_entry_and_brings_nothing_back(scene: Scene) -> None:
    clean = dict(scene.backend.content)
    data = next(path for path in clean if path.startswith("data/"))
    file = StoredFile.of(data, clean[data])
    act = acts.body(acts.Release("matter", "over"))
    for files, retired, said in (
        ([], [layout.MARKER], "takes out the marker"),
        ([], ["commits/00000001.json"], "no kind of file"),
        ([], ["../../elsewhere"], "no kind of file"),
        ([StoredFile.of("../../elsewhere", b"")], [], "no kind of file"),
        ([file], [data], "back, which was taken out"),
    ):
        path = scene.commit(act, files=files, retired=retired)
        assert any(said in what for what in scene.damage(keys=False)[path]), said
        with pytest.raises(VaultDamaged, match=said):
            scene.open()
        scene.backend.content.clear()
        scene.backend.content |= clean


def test_what_was_taken_out_is_not_brought_back(scene: Scene) -> None:
    scene.kit.take(scene.vault, scene.kit.books(4), day=1)
    tables = {path: data for path, data in scene.backend.content.items() if path.startswith("keytables/")}
    scene.vault.membership.rotate()
    path, content = next((path, data) for path, data in tables.items() if path not in scene.backend.content)
    scene.backend.content[path] = content
    entry = scene.commit(acts.body(acts.Release("matter", "over")), files=[StoredFile.of(path, content)])
    assert any("back, which was taken out" in what for what in scene.damage(keys=False)[entry])
