"""Several people able to open a vault, each removable; what that does to its files, and what it cannot do."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from akika_forensics.errors import Refused, VaultDamaged, WrongKey, WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, Vault, layout, slots
from akika_forensics.vault import opening as vaults
from akika_forensics.vault.chains import entries, seals
from akika_forensics.vault.chains.authority import Signer
from akika_forensics.vault.checks.verify import verify_in
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import keyring, keytable, sealing
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.recovery import RecoveryKey
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.keys.ways import Means, OwnIdentity, Passphrase, Recovery
from akika_forensics.vault.members import roster
from akika_forensics.vault.snapshots import acts, frames, parquet, shelf

BEN, NEW = Secret("ben's own"), Secret("another one")
NAMESPACE = "akika-custody"
MACHINE = Identity.from_bytes(bytes(range(64)))


def cheap(secret: Secret) -> Passphrase:
    return Passphrase(secret, KdfCost.CHEAP)


@dataclass
class Place:
    """A vault in memory, with everything that a rotation touches."""

    kit: ModuleType
    backend: Any
    vault: Vault
    heads: HeadStore
    folder: Path

    def open(self, means: Means | Secret | None = None, backend: Any = None) -> Vault:
        heads = self.heads if backend is None else HeadStore(self.folder / "elsewhere")
        at = backend or self.backend
        return vaults.open_in(self.folder, at, self.kit.NoLock(), means or self.kit.PASSPHRASE, heads=heads)

    def copy(self) -> Any:
        return self.kit.MemoryBackend(self.backend.content)

    def under(self, *folders: str) -> dict[str, bytes]:
        return {path: data for path, data in self.backend.content.items() if path.split("/")[0] in folders}

    def sound(self, means: Means | Secret | None = None) -> None:
        for secret in (None, means or self.kit.PASSPHRASE):
            report = verify_in(self.backend, secret, heads=self.heads)
            assert (report.ok, report.findings) == (True, ())


@pytest.fixture(scope="module")
def furnished(kit: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], Path]:
    """The files of a vault with everything that a rotation touches, and what is remembered of it."""
    folder = tmp_path_factory.mktemp("furnished")
    backend = kit.MemoryBackend()
    vault = kit.MemoryVault(folder).create(backend)
    kit.take(vault, kit.books())
    kit.take(vault, kit.books(2), kit.OTHER)
    stored = vault.put_document("plan", b"the plan")
    vault.chain("custody", NAMESPACE).append({"act": "begun"}, [stored])
    vault.chain("journals/p1", "akika-journal", kit.COMPANY).append({"act": "step"})
    vault.slot("company/amy").write(b"connection")
    vault.slot("tokens/amy").write(b"refresh token")
    vault.slot("signer/Dana").write(b"sealed key")
    vault.slot("gone").write(b"x")
    vault.slot("gone").delete()
    return dict(backend.content), folder / "heads"


@pytest.fixture
def place(kit: ModuleType, furnished: tuple[dict[str, bytes], Path], tmp_path: Path) -> Place:
    content, remembered = furnished
    shutil.copytree(remembered, tmp_path / "heads")
    heads, backend = HeadStore(tmp_path / "heads"), kit.MemoryBackend(content)
    vault = vaults.open_in(tmp_path, backend, kit.NoLock(), kit.PASSPHRASE, heads=heads)
    return Place(kit, backend, vault, heads, tmp_path)


def records(vault: Vault, ref: str = "latest") -> int:
    return len(list(vault.snapshot(ref).records()))


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


@pytest.fixture
def with_ben(place: Place) -> Place:
    place.vault.membership.add("Ben", "full", [cheap(BEN), Recovery(RecoveryKey(bytes(32)))])
    return place


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


# What removal does, and what it cannot do


def written_since(place: Place) -> dict[str, Any]:
    """What is written by those who stay, one of each kind, by its path."""
    before = set(place.backend.content)
    vault = place.vault
    place.kit.take(vault, place.kit.books(6), day=5)
    stored = vault.put_document("plan", b"a later plan")
    vault.chain("custody", NAMESPACE).append({"act": "later"}, [stored])
    vault.chain("journals/p2", "akika-journal", place.kit.COMPANY).append({"act": "later step"})
    vault.slot("tokens/amy").write(b"newer token")
    return {path: place.backend.content[path] for path in set(place.backend.content) - before}


def test_who_is_removed_opens_nothing_that_is_written_since(with_ben: Place) -> None:
    ben = with_ben.open(BEN).keyring()
    old = with_ben.copy()
    with_ben.vault.membership.remove("Ben")
    for path, data in with_ben.under("keys").items():
        with pytest.raises(WrongKey):
            keyring.read(data, path, cheap(BEN))
        assert keyring.reopen(data, path, ben.identity) is None
    later = written_since(with_ben)
    kinds = {layout.place_of(path).kind for path in later}
    assert kinds == {"entry", "signature", "slot", "parquet", "sealed", "keytable"}
    # With everything of before that Ben can have kept: his identity, the old keyring, the old tables.
    kept = with_ben.open(BEN, old)
    find = kept._shelf.find
    for path, content in {**later, **with_ben.under("slots", "keytables")}.items():
        kind = layout.place_of(path).kind
        if kind == "keytable":
            for half in keytable.HALVES:
                with pytest.raises(VaultDamaged):
                    keytable.open_half(ben, path, content, half)
        elif kind == "slot":
            with pytest.raises(VaultDamaged):
                slots.open_slot(ben, path, content)
        elif kind == "entry":
            place = layout.place_of(path)
            plain = entries.parse(content, None, place.chain, place.seq)
            with pytest.raises((VaultDamaged, seals.Closed)):
                seals.unseal(ben, plain, find)
        elif kind == "parquet":
            assert kept._shelf.keychain.find("index", layout.place_of(path).id) is None
            assert kept._shelf.keychain.find("payload", layout.place_of(path).id) is None


def test_what_was_written_before_stays_open_to_kept_keys(with_ben: Place) -> None:
    """The limit of revocation: nothing calls back a key that somebody has. The data files are still the same."""
    old = with_ben.copy()
    with_ben.vault.membership.remove("Ben")
    kept = with_ben.open(BEN, old)
    assert (records(kept), records(kept, "s1")) == (3, 4)
    assert kept.chain("custody", NAMESPACE).entries()[0].body == {"act": "begun"}
    company = shelf.pseudonym(kept.keyring(), with_ben.kit.COMPANY)
    opened = 0
    for path in with_ben.under("data"):
        file_id = layout.place_of(path).id
        for half in keytable.HALVES:
            key = kept._shelf.keychain.find(half, file_id)
            if key is not None and path.endswith(".parquet") and file_id in _files_of(kept, company):
                aad = parquet.associated(company, file_id)
                schemas = [frames.INDEX, frames.PAYLOAD]
                parquet.read(with_ben.backend.content[path], key, aad, schemas=schemas, path=path)
                opened += 1
    assert opened == 2  # index and payloads of that company


def _files_of(vault: Vault, company: str) -> set[str]:
    chain = vault._shelf.keychain
    return {name for half in chain.of(company).values() for name in half}


def test_an_old_copy_of_the_keyring_with_the_old_passphrase_leads_to_the_same_identity(place: Place) -> None:
    """Another limit: a changed passphrase does not change the identity behind it. Renewing it does."""
    (path,) = place.under("keys")
    old = place.backend.content[path]
    place.vault.membership.replace_way(cheap(NEW))
    identity = keyring.read(old, path, cheap(place.kit.PASSPHRASE)).identity
    ((path, ring),) = place.under("keys").items()
    assert keyring.reopen(ring, path, identity) is not None
    person = place.vault.membership.renew([cheap(NEW)])
    ((path, ring),) = place.under("keys").items()
    assert keyring.reopen(ring, path, identity) is None
    assert (person.name, person.ways) == ("founder", ("passphrase",))
    assert records(place.open(NEW)) == 3
    place.kit.take(place.vault, place.kit.books(5), day=2)
    place.sound(NEW)


def test_a_removed_members_open_session_ends(with_ben: Place) -> None:
    session = with_ben.open(BEN)
    assert records(session) == 3
    with_ben.vault.membership.remove("Ben")
    written = dict(with_ben.backend.content)
    for act in (
        lambda: session.snapshots(),
        lambda: session.chain("custody", NAMESPACE).append({"act": "mine"}),
        lambda: session.slot("tokens/amy").write(b"x"),
        lambda: session.put_document("plan", b"x"),
        lambda: session.membership.add("Eve", "full", [cheap(BEN)]),
        lambda: with_ben.kit.take(session, with_ben.kit.books(9), day=9),
    ):
        with pytest.raises(WrongKey, match="no longer a member"):
            act()
    assert with_ben.backend.content == written


def test_a_snapshot_begun_before_a_rotation_is_not_committed_after_it(with_ben: Place) -> None:
    session = with_ben.open()
    with session.begin_snapshot(with_ben.kit.COMPANY) as writer:
        writer.add(RecordKey("Invoice", "77"), with_ben.kit.invoice(77))
        with_ben.vault.membership.remove("Ben")
        with pytest.raises(Refused, match="Another writer was faster"):
            _commit(writer, with_ben.kit)
    with_ben.sound()


def _commit(writer: Any, kit: ModuleType) -> None:
    writer.commit(
        taken_at=kit.START, finished_at=kit.START, complete=True, counts={}, fence={}, requests=1, findings=[]
    )


def test_a_session_of_before_seals_under_the_keys_of_now(with_ben: Place) -> None:
    ben = with_ben.open(BEN).keyring()
    session = with_ben.open()
    assert session.slot("tokens/amy").read() == b"refresh token"
    slot, custody = session.slot("tokens/amy"), session.chain("custody", NAMESPACE)
    custody.append({"act": "before"})
    with_ben.vault.membership.remove("Ben")
    before = set(with_ben.backend.content)
    slot.write(b"after")
    custody.append({"act": "after"})
    custody.append({"act": "vouches"}, [session.put_document("plan", b"after")])
    generation = with_ben.vault.keyring().generation
    assert generation != ben.generation
    for path in set(with_ben.backend.content) - before:
        content = with_ben.backend.content[path]
        if path.endswith(".json"):
            assert json.loads(content)["generation"] == generation
        elif path.startswith("slots/"):
            assert slots.check(path, content)[0].generation == generation
    with_ben.sound()


def forge(
    place: Place,
    keys: keyring.Keyring,
    chain: str,
    body: dict[str, Any],
    *,
    namespace: str = "akika-commit",
    files: Sequence[StoredFile] = (),
    **more: Any,
) -> str:
    """An entry as somebody writes it who does not ask our software whether they may."""
    seq = sum(path.startswith(f"{chain}/") and path.endswith(".json") for path in place.backend.content)
    previous = entries.first_link(place.vault.id, chain)
    if seq:
        previous = entries.digest_of(place.backend.content[layout.entry(chain, seq - 1)])
    plain = entries.draft(place.vault.id, chain, namespace, seq=seq, previous=previous, files=files, **more)
    data, signature = entries.sign(seals.seal(keys, plain, body, None), keys.signer)
    place.backend.content[plain.path] = data
    place.backend.content[layout.signature(chain, seq, entries.digest_of(data))] = signature
    return plain.path


def test_a_removed_member_signs_nothing_further(with_ben: Place, tmp_path: Path) -> None:
    ben = with_ben.open(BEN).keyring()
    with_ben.open(BEN).chain("custody", NAMESPACE).append({"act": "rightly"})
    with_ben.vault.membership.remove("Ben")
    with_ben.sound()
    clean = with_ben.copy()
    shutil.copytree(with_ben.heads.folder, tmp_path / "remembered")
    for chain, namespace, said in (
        ("custody", NAMESPACE, "had been removed before"),
        ("newly", NAMESPACE, "had been removed before"),
        ("commits", "akika-commit", "none of the commits before it lists"),
    ):
        path = forge(with_ben, ben, chain, {"kind": "release", "name": "x", "reason": "y"}, namespace=namespace)
        for secret in (None, with_ben.kit.PASSPHRASE):
            found = with_ben.kit.damage(verify_in(with_ben.backend, secret, heads=with_ben.heads))
            assert path in found
            assert any(said in what for what in found[path])
        for heads in (with_ben.heads, HeadStore(tmp_path / f"nothing remembered of {chain}")):
            opened = vaults.open_in if chain == "commits" else _open_chain(chain, namespace)
            with pytest.raises(VaultDamaged, match=said):
                opened(with_ben.folder, with_ben.backend, with_ben.kit.NoLock(), with_ben.kit.PASSPHRASE, heads=heads)
        with_ben.backend.content.clear()
        with_ben.backend.content.update(clean.content)
        shutil.rmtree(with_ben.heads.folder)
        shutil.copytree(tmp_path / "remembered", with_ben.heads.folder)


def _open_chain(chain: str, namespace: str) -> Callable[..., object]:
    return lambda *given, **more: vaults.open_in(*given, **more).chain(chain, namespace).entries()


def test_who_comes_back_signs_again(with_ben: Place) -> None:
    identity = with_ben.open(BEN).keyring().identity
    with_ben.vault.membership.remove("Ben")
    with_ben.vault.membership.add("Ben", "full", identity.recipient)
    with_ben.open(OwnIdentity(identity)).chain("custody", NAMESPACE).append({"act": "again"})
    with_ben.sound()


def test_a_member_whom_no_commit_lists_is_found_and_refused(place: Place) -> None:
    """A full member could seal the keys to one more key and tell nobody; the keyring is held against the commits."""
    now = place.vault.keyring()
    hidden = keyring.fresh_member(MACHINE.recipient, "full", [])
    ring = keyring.build(now.vault, 2, [*now.ring.members, hidden], now.people, now.role_keys.kept(1))
    path, content = layout.keyring(2), keyring.to_bytes(ring)
    place.backend.content[path] = content
    (old,) = (one for one in place.under("keys") if one != path)
    forge(
        place, now, "commits", acts.body(acts.NewKeys("rotation")), files=[StoredFile.of(path, content)], retired=[old]
    )
    for secret in (None, place.kit.PASSPHRASE):
        found = place.kit.damage(verify_in(place.backend, secret, heads=place.heads))
        assert "other members than the commits" in found[path][0]
    with pytest.raises(VaultDamaged, match="other members than the commits"):
        place.open()


# Two at a time


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


# The capture role


@pytest.fixture
def machine(place: Place) -> Vault:
    place.vault.membership.add("nightly", "capture", MACHINE.recipient)
    return place.open(OwnIdentity(MACHINE))


def test_a_machine_captures_what_is_new_and_reads_nothing(place: Place, machine: Vault) -> None:
    kit = place.kit
    info = kit.take(machine, kit.books(4), day=1)
    assert (info.records, info.new_versions) == (5, 1)
    changed = kit.books(4) | {RecordKey("Invoice", "1"): kit.invoice(1, "250.00", 1)}
    info = kit.take(machine, changed, day=2)
    assert (info.records, info.new_versions) == (5, 1)
    machine.chain("custody", NAMESPACE).append({"act": "captured"})
    assert machine.slot("tokens/amy").read() == b"refresh token"
    machine.slot("tokens/amy").write(b"rotated token")
    assert [one.id for one in machine.snapshots()] == ["s1", "s2", "s3", "s4"]
    stored = place.vault.chain("custody", NAMESPACE).entries()[0].files[0]
    for act in (
        lambda: list(machine.snapshot("latest").records()),
        lambda: machine.history(RecordKey("Invoice", "1"), kit.COMPANY),
        lambda: machine.snapshot("s1").control("TrialBalance/Accrual"),
        lambda: machine.chain("custody", NAMESPACE).entries(),
        lambda: machine.chain("journals/p1", "akika-journal", kit.COMPANY).entries(),
        lambda: machine.get_document(stored.path),
        lambda: machine.slot("signer/Dana").read(),
        lambda: machine.slot("signer/Dana").write(b"x"),
        lambda: machine.membership.rotate(),
        lambda: machine.membership.add("Eve", "full", Identity.fresh().recipient),
        lambda: machine.membership.remove("founder"),
        lambda: machine.membership.add_way(cheap(BEN)),
        lambda: machine.membership.renew([cheap(BEN)]),
    ):
        with pytest.raises(NotAllowed) as raised:
            act()
        assert raised.value.what == "nightly may capture only."
        assert raised.value.means
        assert raised.value.do
    assert records(place.vault) == 5
    assert place.vault.slot("tokens/amy").read() == b"rotated token"
    assert [one.body["act"] for one in place.vault.chain("custody", NAMESPACE).entries()] == ["begun", "captured"]
    place.sound()


def test_a_machine_begins_a_company(place: Place, machine: Vault) -> None:
    company = type(place.kit.COMPANY)("9341453000000099", "Third", "http://127.0.0.1:8082")
    place.kit.take(machine, place.kit.books(2), company)
    assert len(list(place.vault.snapshot("latest").records())) == 3
    place.vault.membership.rotate()
    assert len(list(place.open().snapshot("latest").records())) == 3
    place.sound()


def test_a_machine_goes_on_after_a_rotation(place: Place, machine: Vault) -> None:
    place.kit.take(machine, place.kit.books(4), day=1)
    place.vault.membership.rotate()
    info = place.kit.take(machine, place.kit.books(5), day=2)
    assert info.new_versions == 1
    place.kit.take(place.open(OwnIdentity(MACHINE)), place.kit.books(6), day=3)
    assert records(place.vault) == 7
    place.sound()


def overreaching(place: Place, keys: keyring.Keyring) -> list[tuple[str, Callable[[], str]]]:
    data = next(path for path in place.under("data"))
    ring = next(iter(place.under("keys")))

    def another_keyring() -> str:
        content = place.backend.content[ring]
        path = layout.keyring(9)
        place.backend.content[path] = content
        files = [StoredFile.of(path, content)]
        return forge(place, keys, "commits", acts.body(acts.NewKeys("x")), files=files)

    me = [Signer(keys.member.signer, "full")]
    return [
        ("retires", lambda: forge(place, keys, "commits", acts.body(acts.NewKeys("x")), retired=[data])),
        ("signers", lambda: forge(place, keys, "commits", acts.body(acts.NewKeys("x")), signers=me)),
        ("keyring", another_keyring),
        ("hold", lambda: forge(place, keys, "commits", acts.body(acts.Release("matter", "over")))),
        ("genesis", lambda: forge(place, keys, "commits", acts.body(acts.Genesis()))),
    ]


@pytest.mark.parametrize("name", ["retires", "signers", "keyring", "hold", "genesis"])
def test_a_commit_of_a_machine_that_does_more_than_add_is_found_and_refused(
    name: str, place: Place, machine: Vault
) -> None:
    path = dict(overreaching(place, machine.keyring()))[name]()
    without = verify_in(place.backend, None, heads=place.heads)
    if name in {"retires", "signers", "keyring"}:  # the rest is sealed
        assert "may only add snapshots" in place.kit.damage(without)[path][0]
    found = place.kit.damage(verify_in(place.backend, place.kit.PASSPHRASE, heads=place.heads))
    assert any("may only add snapshots" in what for what in found[path])
    again = place.open()
    assert list(again.passed_over) == [int(path[-13:-5])]
    assert "may only add snapshots" in next(iter(again.passed_over.values()))
    assert records(again, "s1") == 4
    place.kit.take(again, place.kit.books(), day=3)
    again.membership.remove("nightly")
    found = place.kit.damage(verify_in(place.backend, place.kit.PASSPHRASE, heads=place.heads))
    assert found.keys() - {layout.keyring(9)} == {path}, "a keyring that it brought belongs to nothing"


def test_our_own_software_does_not_write_such_a_commit(place: Place, machine: Vault) -> None:
    before = dict(place.backend.content)
    commits = machine._commits
    data = next(path for path in place.under("data"))
    with pytest.raises(Refused, match="may only add snapshots"):
        commits.append(acts.body(acts.NewKeys("x")), retired=[data], witness={})
    with pytest.raises(Refused, match="may only add snapshots"):
        commits.append(acts.body(acts.NewKeys("x")), signers=[Signer(machine.member.signer, "full")], witness={})
    assert place.backend.content == before


def test_a_machine_puts_no_key_in_the_place_of_another(place: Place, machine: Vault) -> None:
    """It can add a key table that names files of before; the keys that were there first count."""
    company = shelf.pseudonym(machine.keyring(), place.kit.COMPANY)
    ids = {layout.place_of(path).id for path in place.under("data")}
    planted = dict.fromkeys(ids, bytes(32))
    writer = machine.begin_snapshot(place.kit.COMPANY)
    with writer:
        writer._batch.keys["index"] |= planted
        writer._batch.keys["payload"] |= planted
        writer.add(RecordKey("Invoice", "1"), place.kit.invoice(1))
        _commit(writer, place.kit)
    again = place.open()
    assert company in again._shelf.keychain.companies()
    assert (records(again, "s1"), records(again, "s3")) == (4, 1)
    again.membership.rotate()
    assert (records(place.open(), "s1"), records(place.open(), "s3")) == (4, 1)


# What it costs


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
