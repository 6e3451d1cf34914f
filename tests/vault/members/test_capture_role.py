"""A member who may capture only: what a machine writes, and that it reads nothing and does no more than add."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from vault.members.scene import BEN, MACHINE, NAMESPACE, Place, cheap, commit, forge, records

from akika_forensics.errors import Refused
from akika_forensics.model.record import RecordKey
from akika_forensics.vault import Vault, layout
from akika_forensics.vault.chains.authority import Signer
from akika_forensics.vault.checks.verify import verify_in
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys import keyring
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.keys.ways import OwnIdentity
from akika_forensics.vault.snapshots import acts, shelf


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
        commit(writer, place.kit)
    again = place.open()
    assert company in again._shelf.keychain.companies()
    assert (records(again, "s1"), records(again, "s3")) == (4, 1)
    again.membership.rotate()
    assert (records(place.open(), "s1"), records(place.open(), "s3")) == (4, 1)
