"""Changes of members beside other work: two at a time, one that was interrupted, and what it costs to know who may sign."""

from __future__ import annotations

from typing import Any

import pytest
from vault.members.scene import BEN, Place, cheap, records

from akika_forensics.errors import Refused
from akika_forensics.vault import opening as vaults
from akika_forensics.vault.keys import keyring, sealing
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.members import roster


def test_two_changes_at_a_time_are_one_change(place: Place) -> None:
    one, two = place.open(), place.open()
    adding = two.membership._commit

    def late(why: str, change: Any, renewed: Any = None) -> None:
        def slowly(now: keyring.Keyring, generation: int) -> roster.Change:
            planned = change(now, generation)
            one.membership.add("Ben", "full", [cheap(BEN)])
            return planned

        adding(why, slowly, renewed)

    two.membership._commit = late  # type: ignore[method-assign]
    with pytest.raises(Refused, match="faster"):
        two.membership.add("Cleo", "full", Identity.fresh().recipient)
    assert [person.name for person in place.open().members] == ["founder", "Ben"]
    place.sound()


def test_a_keyring_that_an_interrupted_change_left_is_not_in_the_way(place: Place) -> None:
    left = "keys/keyring-0002.sealed"
    place.backend.content[left] = sealing.wrap(b"RING", b"left")
    place.vault.membership.rotate()
    assert set(place.under("keys")) == {left, "keys/keyring-0003.sealed"}
    assert records(place.open()) == 3
    assert place.backend.content[left] == sealing.wrap(b"RING", b"left")


@pytest.mark.parametrize("name", ["keyring-9999.sealed", "keyring-0004.sealed", "keyring-1.sealed", "stranger"])
def test_a_keyring_that_nobody_vouches_for_stands_in_the_way_of_no_change(name: str, place: Place) -> None:
    """Whoever writes to the folder can lay one there, under whatever number, without any key."""
    place.backend.content[f"keys/{name}"] = content = sealing.wrap(b"RING", b"laid there")
    for _ in range(3):
        place.vault.membership.rotate()
    place.vault.membership.add("Cleo", "full", Identity.fresh().recipient)
    assert records(place.open()) == 3
    left = place.backend.content.get(f"keys/{name}", content)
    assert left == content, "nothing of another writer is written over"


def test_a_vault_opens_while_another_process_changes_its_keyring(place: Place) -> None:
    class Racing(type(place.backend)):  # type: ignore[misc]  # a class of the kit
        """The commits are read, then somebody else rotates, then the keyring that they named is gone."""

        turns = 2

        def read(self, path: str) -> bytes:
            if path in place.under("keys") and self.turns:
                self.turns -= 1
                place.open().membership.rotate()
                self.content = place.backend.content
            return bytes(super().read(path))

    racing = Racing(place.backend.content)
    opened = vaults.open_in(place.folder, racing, place.kit.NoLock(), place.kit.PASSPHRASE, heads=place.heads)
    assert racing.turns == 0
    assert opened.keyring().generation == 3
    assert records(opened) == 3
    place.sound()


def test_who_may_sign_is_not_looked_up_anew_for_each_entry(place: Place) -> None:
    """A journal has many entries and a vault many commits: reading or writing one entry lists no folder."""
    listed: list[str] = []

    class Counting(type(place.backend)):  # type: ignore[misc]  # a class of the kit
        def list(self, folder: str = "") -> tuple[str, ...]:
            listed.append(folder)
            return super().list(folder)

    backend = Counting(place.backend.content)
    vault = place.open(backend=backend)
    journal = vault.chain("journals/long", "akika-journal")
    journal.append({"step": 0})
    listed.clear()
    for number in range(1, 40):
        journal.append({"step": number})
    assert not listed
    again = place.open(backend=backend)
    listed.clear()
    assert [entry.body["step"] for entry in again.chain("journals/long", "akika-journal").entries()] == list(range(40))
    assert len(listed) < 5
