"""What the removal of a member does, and what it cannot do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from vault.members.scene import BEN, MACHINE, NAMESPACE, NEW, Place, cheap, commit, forge, records

from akika_forensics.errors import Refused, VaultDamaged, WrongKey
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import HeadStore, Vault, layout, slots
from akika_forensics.vault import opening as vaults
from akika_forensics.vault.chains import entries, seals
from akika_forensics.vault.checks.verify import verify_in
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import keyring, keytable
from akika_forensics.vault.keys.ways import OwnIdentity
from akika_forensics.vault.snapshots import acts, frames, parquet, shelf


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
            commit(writer, with_ben.kit)
    with_ben.sound()


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


def test_a_removed_member_signs_nothing_further(with_ben: Place, tmp_path: Path) -> None:
    ben = with_ben.open(BEN).keyring()
    with_ben.open(BEN).chain("custody", NAMESPACE).append({"act": "rightly"})
    with_ben.vault.membership.remove("Ben")
    with_ben.sound()
    clean = with_ben.copy()
    shutil.copytree(with_ben.heads.folder, tmp_path / "remembered")
    for chain, namespace, said in (
        ("journals/p1", "akika-journal", "had been removed before"),
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


@pytest.mark.parametrize(("chain", "namespace"), [("custody", NAMESPACE), ("newly", NAMESPACE), ("stamps", "another")])
def test_what_a_removed_member_writes_into_a_chain_is_passed_over_and_stops_nobody(
    with_ben: Place, tmp_path: Path, chain: str, namespace: str
) -> None:
    ben = with_ben.open(BEN).keyring()
    with_ben.vault.membership.remove("Ben")
    true = "akika-stamp" if chain == "stamps" else NAMESPACE
    before = [entry.body for entry in with_ben.open().chain(chain, true).entries()]
    laid = with_ben.vault.put_document("plan", b"laid there")
    path = forge(with_ben, ben, chain, {"act": "false"}, namespace=namespace, files=[laid])
    for heads in (with_ben.heads, HeadStore(tmp_path / "nothing remembered")):
        vault = vaults.open_in(
            with_ben.folder, with_ben.backend, with_ben.kit.NoLock(), with_ben.kit.PASSPHRASE, heads=heads
        )
        assert [entry.body for entry in vault.chain(chain, true).entries()] == before
        assert [link.path for link in vault.chain(chain, true).passed_over()] == [path]
        with pytest.raises(VaultDamaged, match="Nothing in the vault vouches"):
            vault.get_document(laid.path)
    vault.chain(chain, true).append({"act": "goes on"}, [vault.put_document("plan", b"true")])
    other = with_ben.open().chain(chain, true)
    assert [entry.body for entry in other.entries()] == [*before, {"act": "goes on"}]
    assert chain not in with_ben.open().witness() or with_ben.open().witness()[chain].seq == len(before) + 1
    for secret in (None, with_ben.kit.PASSPHRASE):
        found = with_ben.kit.damage(verify_in(with_ben.backend, secret, heads=with_ben.heads))
        assert set(found) == {path}
        assert "had been removed before. It is passed over." in found[path][0]


class Between:
    """A backend on which something happens just before the next commit is there."""

    def __init__(self, inner: Any, act: Callable[[], object]) -> None:
        self._inner = inner
        self._act = act
        self._done = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def create(self, path: str, data: bytes) -> None:
        if path.startswith("commits/") and path.endswith(".json") and not self._done:
            self._done = True
            self._act()
        self._inner.create(path, data)


def test_an_entry_written_in_the_moment_of_the_removal_breaks_no_chain(with_ben: Place) -> None:
    """The one who leaves is a member until the commit is there, and what it tells of the chains was looked at before."""
    session = with_ben.open(BEN)
    custody = session.chain("custody", NAMESPACE)
    backend = Between(with_ben.backend, lambda: custody.append({"act": "captured"}))
    vault = vaults.open_in(
        with_ben.folder, backend, with_ben.kit.NoLock(), with_ben.kit.PASSPHRASE, heads=with_ben.heads
    )
    vault.membership.remove("Ben")
    vault.chain("custody", NAMESPACE).append({"act": "removed Ben"})
    for one in (vault, with_ben.open()):
        chain = one.chain("custody", NAMESPACE)
        assert [entry.body for entry in chain.entries()] == [{"act": "begun"}, {"act": "removed Ben"}]
        assert [link.plain.seq for link in chain.passed_over()] == [1]
    found = with_ben.kit.damage(verify_in(with_ben.backend, with_ben.kit.PASSPHRASE, heads=with_ben.heads))
    assert set(found) == {layout.entry("custody", 1)}
    with pytest.raises(WrongKey, match="no longer a member"):
        session.chain("custody", NAMESPACE).append({"act": "mine"})


def test_who_writes_as_they_are_removed_is_told_that_it_does_not_hold(with_ben: Place) -> None:
    kit, inner = with_ben.kit, with_ben.backend

    class Late(Between):
        def create(self, path: str, data: bytes) -> None:
            if not path.startswith("custody/") or not path.endswith(".json"):
                inner.create(path, data)
                return
            between = Between(inner, lambda: inner.create(path, data))
            vault = vaults.open_in(with_ben.folder, between, kit.NoLock(), kit.PASSPHRASE, heads=with_ben.heads)
            vault.membership.remove("Ben")

    heads = HeadStore(with_ben.folder / "of ben")
    session = vaults.open_in(with_ben.folder, Late(inner, lambda: None), kit.NoLock(), BEN, heads=heads)
    with pytest.raises(Refused, match="passed over"):
        session.chain("custody", NAMESPACE).append({"act": "too late"})
    assert [entry.body for entry in with_ben.open().chain("custody", NAMESPACE).entries()] == [{"act": "begun"}]


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
