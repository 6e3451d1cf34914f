"""Several people able to open a vault, each removable: who is in, by which ways, and what a change does to the files."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from vault.members.scene import BEN, MACHINE, NAMESPACE, NEW, Place, cheap, records

from akika_forensics.errors import WrongKey, WrongUse
from akika_forensics.vault import Vault
from akika_forensics.vault.keys import keyring
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.recovery import RecoveryKey
from akika_forensics.vault.keys.ways import OwnIdentity, Recovery
from akika_forensics.vault.members import roster

# Who is in


def test_members_are_added_listed_and_found(place: Place) -> None:
    ben = place.vault.membership.add("Ben Ode", "full", [cheap(BEN)])
    machine = place.vault.membership.add("nightly capture", "capture", MACHINE.recipient)
    assert [(one.name, one.role, one.ways) for one in place.vault.members] == [
        ("founder", "full", ("passphrase",)),
        ("Ben Ode", "full", ("passphrase",)),
        ("nightly capture", "capture", ("recipient",)),
    ]
    for who in (ben.id, ben.id.upper(), "ben ode", " Ben Ode "):
        assert place.vault.membership.get(who) == ben
    assert machine.signer == MACHINE.recipient.signer_line
    assert place.open(BEN).member == ben
    assert place.open(OwnIdentity(MACHINE)).member == machine
    assert records(place.open(BEN)) == 3
    place.sound()
    place.sound(BEN)


def test_what_cannot_be_added_is_refused_and_nothing_is_stored(place: Place) -> None:
    place.vault.membership.add("Ben Ode", "full", [cheap(BEN)])
    before = dict(place.backend.content)
    taken = place.vault.keyring().identity.recipient
    other = Identity.fresh().recipient
    for name, role, by, said in (
        ("BEN ODE", "full", other, "already"),
        ("", "full", other, "no name"),
        ("a\nb", "full", other, "no name"),
        ("x" * 81, "full", other, "no name"),
        ("Cleo", "reader", other, "no role"),
        ("Cleo", "full", taken, "as 'founder'"),
        ("Cleo", "full", [], "No way to open"),
    ):
        with pytest.raises(WrongUse, match=said):
            place.vault.membership.add(name, role, by)
    for who, said in (("founder", "Nobody removes themselves"), ("Cleo", "It has Ben Ode, founder")):
        with pytest.raises(WrongUse, match=said):
            place.vault.membership.remove(who)
    assert place.backend.content == before


def test_a_full_member_is_left(place: Place) -> None:
    place.vault.membership.add("machine", "capture", MACHINE.recipient)
    place.vault.membership.add("Ben", "full", [cheap(BEN)])
    ben = place.open(BEN)
    ben.membership.remove("founder")
    with pytest.raises(WrongUse, match="Nobody removes themselves"):
        ben.membership.remove("Ben")
    # What the rule is for: somebody whose own keyring is behind.
    now = ben.keyring()
    with pytest.raises(WrongUse, match="last full member"):
        roster.dismissed(_as(now, "machine"), 9, now.member.id)


def _as(now: keyring.Keyring, name: str) -> Any:
    class Seen:
        ring, people, vault, role_keys, generation = now.ring, now.people, now.vault, now.role_keys, now.generation
        member = now.person(roster.find(now, name))

    return Seen()


def test_a_founder_can_leave_and_the_vault_lives_on(place: Place) -> None:
    place.vault.membership.add("Ben", "full", [cheap(BEN)])
    ben = place.open(BEN)
    gone = ben.membership.remove("founder")
    assert gone.name == "founder"
    with pytest.raises(WrongKey):
        place.open()
    place.kit.take(ben, place.kit.books(5), day=1)
    assert records(place.open(BEN)) == 6
    place.sound(BEN)


def test_openssh_checks_what_another_member_signed(place: Place, tmp_path: Path) -> None:
    person = place.vault.membership.add("Ben", "full", [cheap(BEN)])
    place.kit.take(place.open(BEN), place.kit.books(5), day=1)
    path = max(path for path in place.under("commits") if path.endswith(".json"))
    (signature,) = (one for one in place.under("commits") if one.startswith(path.removesuffix(".json") + "-"))
    (tmp_path / "signers").write_text(f"akika {person.signer}\n")
    (tmp_path / "sig").write_bytes(place.backend.content[signature])
    command = ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", "akika", "-n", "akika-commit", "-s", "sig"]
    subprocess.run(command, cwd=tmp_path, input=place.backend.content[path], capture_output=True, check=True)


# What a change does to the files


def changes() -> list[tuple[str, bool, Callable[[Vault], object]]]:
    return [
        ("add", False, lambda vault: vault.membership.add("Cleo", "capture", Identity.fresh().recipient)),
        ("add way", False, lambda vault: vault.membership.add_way(Recovery(RecoveryKey.fresh()))),
        ("passphrase", False, lambda vault: vault.membership.replace_way(cheap(NEW))),
        ("remove way", False, lambda vault: vault.membership.remove_way("recovery", "Ben")),
        ("remove", True, lambda vault: vault.membership.remove("Ben")),
        ("rotate", True, lambda vault: vault.membership.rotate()),
        ("renew", True, lambda vault: vault.membership.renew([cheap(NEW)])),
    ]


@pytest.mark.parametrize(("name", "rotates", "act"), changes(), ids=[name for name, _, _ in changes()])
def test_a_change_is_one_commit_that_touches_no_data(
    name: str, rotates: bool, act: Callable[[Vault], object], with_ben: Place
) -> None:
    untouched = ("data", "documents", "custody", "journals", "blobs", "VAULT.json")
    before, tables = with_ben.under(*untouched), with_ben.under("keytables")
    commits, slots = with_ben.under("commits"), with_ben.under("slots")
    act(with_ben.vault)
    assert with_ben.under(*untouched) == before
    added = with_ben.under("commits").keys() - commits.keys()
    assert len(added) == 2
    (entry,) = (json.loads(with_ben.backend.content[path]) for path in added if path.endswith(".json"))
    (ring,) = with_ben.under("keys")
    assert ring == f"keys/keyring-{entry['generation'] + 1:04d}.sealed"
    assert f"keys/keyring-{entry['generation']:04d}.sealed" in entry["retired"]
    listed = {file["path"] for file in entry["files"]}
    assert listed == {ring, *(with_ben.under("keytables").keys() if rotates else ())}
    assert (entry["signers"] is not None) == (name in {"add", "remove", "renew"})
    if rotates:
        assert len(with_ben.under("keytables")) == 2
        assert not with_ben.under("keytables").keys() & tables.keys()
        assert tables.keys() <= set(entry["retired"])
        assert not set(with_ben.under("slots").values()) & set(slots.values())
    else:
        assert with_ben.under("keytables") == tables
        assert with_ben.under("slots") == slots
    means = cheap(NEW) if name in {"passphrase", "renew"} else None
    again = with_ben.open(means)
    for vault in (with_ben.vault, again):
        assert (records(vault), records(vault, "s1")) == (3, 4)
        assert vault.slot("tokens/amy").read() == b"refresh token"
        assert vault.slot("gone").read() is None
        assert vault.slots() == ("company/amy", "signer/Dana", "tokens/amy")
        assert [entry.body for entry in vault.chain("custody", NAMESPACE).entries()] == [{"act": "begun"}]
        (stored,) = vault.chain("custody", NAMESPACE).entries()[0].files
        assert vault.get_document(stored.path) == b"the plan"
        assert [one.body for one in vault.chain("journals/p1", "akika-journal", with_ben.kit.COMPANY).entries()]
    with_ben.sound(means)
    info = with_ben.kit.take(again, with_ben.kit.books(4), day=3)
    assert info.new_versions == 1
    again.chain("custody", NAMESPACE).append({"act": "went on"})
    with_ben.sound(means)


def test_names_of_members_lie_nowhere_in_the_clear(place: Place) -> None:
    place.vault.membership.add("Benedikt Ode-Rhododendron", "full", [cheap(BEN)])
    place.vault.membership.remove("Benedikt Ode-Rhododendron")
    place.vault.membership.add("Benedikt Ode-Rhododendron", "full", [cheap(BEN)])
    assert not any(b"Rhododendron" in data for data in place.backend.content.values())


# Ways


def test_a_changed_passphrase(place: Place) -> None:
    tables = place.under("keytables", "data")
    person = place.vault.membership.replace_way(cheap(NEW))
    assert person.ways == ("passphrase",)
    assert place.under("keytables", "data") == tables
    with pytest.raises(WrongKey):
        place.open()
    assert records(place.open(NEW)) == 3
    assert records(place.vault) == 3


def test_several_ways_stand_side_by_side_and_one_is_left(place: Place) -> None:
    key = RecoveryKey.fresh()
    place.vault.membership.add_way(Recovery(key))
    place.vault.membership.add_way(cheap(NEW))
    for secret in (place.kit.PASSPHRASE, NEW, key.text()):
        assert place.open(secret).member.name == "founder"
    place.vault.membership.remove_way("passphrase", opened_by=cheap(place.kit.PASSPHRASE))
    with pytest.raises(WrongKey):
        place.open()
    assert place.open(NEW).member.ways == ("recovery", "passphrase")
    place.vault.membership.remove_way("passphrase")
    with pytest.raises(WrongUse, match="does not open the vault by keyring"):
        place.vault.membership.remove_way("keyring")
    with pytest.raises(WrongUse, match="only way"):
        place.vault.membership.remove_way("recovery")
    with pytest.raises(WrongUse, match="does not open the vault by recovery"):
        place.vault.membership.remove_way("recovery", opened_by=Recovery(RecoveryKey.fresh()))
    assert place.open(key.text()).member.ways == ("recovery",)


def test_a_full_member_takes_a_way_from_another(place: Place) -> None:
    key = RecoveryKey.fresh()
    place.vault.membership.add("Ben", "full", [cheap(BEN), Recovery(key)])
    assert place.vault.membership.remove_way("passphrase", "Ben").ways == ("recovery",)
    with pytest.raises(WrongKey):
        place.open(BEN)
    assert place.open(key.text()).member.name == "Ben"
