"""A removal that was cut off anywhere is finished by being repeated: custody has it once, with the reason, and no value stays
under keys that somebody who was removed has.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from vault.members.scene import BEN, NEW, Place, cheap

from akika_forensics.case.people import People
from akika_forensics.custody import CustodyLog
from akika_forensics.errors import WrongUse
from akika_forensics.vault import HeadStore, Vault, layout, slots
from akika_forensics.vault import opening as vaults
from akika_forensics.vault.checks.findings import Finding
from akika_forensics.vault.checks.verify import verify_in

BEN_AGAIN = cheap(NEW)


@pytest.fixture
def held(kit: ModuleType, tmp_path: Path) -> Place:
    """A vault with some values, and with Ben in it."""
    backend = kit.MemoryBackend()
    vault = kit.MemoryVault(tmp_path).create(backend)
    for name in ("company/amy", "tokens/amy", "tokens/zoe"):
        vault.slot(name).write(name.encode())
    vault.membership.add("Ben", "full", [cheap(BEN)])
    return Place(kit, backend, vault, HeadStore(tmp_path / "heads"), tmp_path)


def remove(vault: Vault, reason: str = "left the firm") -> None:
    People(vault, CustodyLog(vault)).remove("Ben", reason)


def removals(vault: Vault) -> list[tuple[str, str]]:
    return [(act.details["name"], act.details["reason"]) for act in CustodyLog(vault).acts("member_removed")]


def found(place: Place) -> tuple[Finding, ...]:
    report = verify_in(place.backend, place.kit.PASSPHRASE, heads=place.heads)
    assert report.ok
    return report.findings


def cut_off(place: Place, at: int) -> bool:
    """Whether the removal of Ben was stopped before it came to its end."""
    backend = place.kit.FaultyBackend(place.backend, place.kit.Trouble(at, "killed after"))
    vault = vaults.open_in(place.folder, backend, place.kit.NoLock(), place.kit.PASSPHRASE, heads=place.heads)
    try:
        remove(vault)
    except place.kit.Killed:
        return True
    return False


def half_removed(place: Place) -> Vault:
    """Ben is removed, and nothing was done after that."""
    clean, remembered = dict(place.backend.content), place.heads.folder
    kept = {path.name: path.read_bytes() for path in remembered.iterdir() if path.is_file()}
    for at in range(100):
        assert cut_off(place, at)
        vault = place.open()
        if [person.name for person in vault.members] == ["founder"]:
            return vault
        place.backend.content.clear()
        place.backend.content.update(clean)
        for name, data in kept.items():
            (remembered / name).write_bytes(data)
    raise AssertionError("nothing removes Ben")


def test_it_is_finished_and_recorded_by_being_repeated(held: Place) -> None:
    vault = half_removed(held)
    assert not vault.membership.is_finished
    notices = found(held)
    assert {layout.place_of(one.path).kind for one in notices} >= {"slot"}
    assert all("akika vault keys rotate" in one.what for one in notices if one.path.startswith("slots/"))
    remove(vault, "left the firm, once more")
    assert found(held) == ()
    assert vault.membership.is_finished
    assert removals(vault) == [("Ben", "left the firm, once more")]
    with pytest.raises(WrongUse, match="no member"):
        remove(held.open())
    assert removals(vault) == [("Ben", "left the firm, once more")]
    assert vault.slot("tokens/zoe").read() == b"tokens/zoe"


def test_wherever_it_was_cut_off(held: Place) -> None:
    """Each time a little later, and never by itself to its end."""
    for at in (*range(2, 40, 3), 10**6):
        finished = not cut_off(held, at)
        vault = held.open()
        before = len(removals(vault))
        try:
            remove(vault, "again")
        except WrongUse:
            assert removals(vault)[-1] == ("Ben", "left the firm"), "custody had it already"
        else:
            assert len(removals(vault)) == before + 1
            assert not finished
        assert [one for one in found(held) if one.path.startswith(("slots/", "keys/"))] == []
        assert vault.membership.is_finished
        vault.membership.add("Ben", "full", [BEN_AGAIN])
        if finished:
            return
    raise AssertionError("it never came to its end")


def test_any_change_of_members_finishes_it(held: Place) -> None:
    vault = half_removed(held)
    vault.membership.add_way(BEN_AGAIN)
    assert found(held) == ()
    remove(vault, "left the firm")
    assert removals(vault) == [("Ben", "left the firm")]


def test_a_name_that_came_back_is_of_another_member(held: Place) -> None:
    """What was not recorded of the first is not taken for the second."""
    vault = half_removed(held)
    first = vault.membership.removed("ben")
    vault.membership.add("Ben", "full", [BEN_AGAIN])
    second = vault.membership.get("Ben")
    remove(vault, "the second")
    assert [person.name for person in vault.members] == ["founder"]
    assert [act.details["member"] for act in CustodyLog(vault).acts("member_removed")] == [second.id]
    People(vault, CustodyLog(vault)).remove(first.id, "the first")
    assert [act.details["member"] for act in CustodyLog(vault).acts("member_removed")] == [second.id, first.id]


def test_nothing_is_written_again_because_somebody_took_away_what_tells_that_it_was(held: Place) -> None:
    """They have the keys of before, and would have their own value written under those in use."""
    ben = held.open(BEN).keyring()
    held.vault.membership.remove("Ben")
    value = _laid(held, ben, "company/zoe", b"false")
    for path in list(held.under("slots")):
        if path.startswith(f"slots/{ben.pseudonym('slot', 'keys/resealed')}/"):
            del held.backend.content[path]
    held.open().membership.add("Cleo", "full", [BEN_AGAIN])
    assert slots.check(value, held.backend.content[value])[0].generation == ben.generation


def _laid(place: Place, keys: Any, name: str, data: bytes) -> str:
    slots.Slot(place.backend, lambda: keys, HeadStore(place.folder / "theirs"), name).write(data)
    return max(path for path in place.under("slots") if path.startswith(f"slots/{keys.pseudonym('slot', name)}/"))
