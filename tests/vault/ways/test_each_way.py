"""What holds of every way to open a vault, of passphrases and recovery keys, and a whole vault by each way."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from vault.ways.holders import ANNA, BEN, OTHER, MemoryKeyring, holder

from akika_forensics.errors import VaultDamaged, WrongKey, WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, canonical, create, open_vault, verify
from akika_forensics.vault.keys import ways
from akika_forensics.vault.keys.recovery import RecoveryKey
from akika_forensics.vault.keys.sealing import OpenError
from akika_forensics.vault.keys.ways import Holder, Kms, Means, Way


@dataclass
class Case:
    """Means that open, and others of the same kind that must not."""

    right: Means
    wrong: Callable[[], Means]


@pytest.fixture(params=["passphrase", "recovery", "keyring", "kms", "recipient"])
def case(request: pytest.FixtureRequest) -> Case:
    if request.param == "passphrase":
        return Case(ways.Passphrase(Secret("anna's own"), KdfCost.CHEAP), lambda: ways.Passphrase(Secret("another")))
    if request.param == "recovery":
        return Case(ways.Recovery(RecoveryKey(bytes(32))), lambda: ways.Recovery(RecoveryKey.fresh()))
    if request.param == "recipient":
        return Case(ways.OwnIdentity(ANNA), lambda: ways.OwnIdentity(BEN))
    if request.param == "keyring":
        backend = request.getfixturevalue("memory_keyring")
        return Case(ways.SystemKeyring(), lambda: (backend.held.clear(), ways.SystemKeyring())[1])

    arn = request.getfixturevalue("aws")

    def other_key() -> Means:
        class Elsewhere(Kms):
            """The same account's other key: what was sealed under the first is none of its own."""

            def open(self, way: Way, holder: Holder) -> bytes:
                import boto3

                made = boto3.client("kms", region_name="eu-central-1").create_key()["KeyMetadata"]["Arn"]
                assert way.key is not None
                return super().open(msgspec.structs.replace(way, key=ways.WrappedKey(made, way.key.ciphertext)), holder)

        return Elsewhere()

    return Case(Kms(arn), other_key)


def test_what_was_sealed_opens_again_after_a_round_through_json(case: Case) -> None:
    way = ways.seal_way(case.right, ANNA, holder())
    text = canonical.encode(way)
    assert set(json.loads(text)) == {"kind", "kdf", "key", "sealed"}
    assert way.kind == case.right.kind
    again = canonical.decode(text, Way, "keyring")
    opened = ways.open_way(case.right, again, holder())
    assert opened.to_bytes() == ANNA.to_bytes()
    found, identity = ways.open_any(case.right, [(holder(), [again])])
    assert (found, identity.to_bytes()) == (holder(), ANNA.to_bytes())
    seeds = ANNA.to_bytes()
    for secret in (seeds, seeds[:32], seeds[32:]):
        assert secret not in way.sealed
        assert base64.b64encode(secret) not in text


def test_a_way_belongs_to_one_member_of_one_vault(case: Case) -> None:
    way = ways.seal_way(case.right, ANNA, holder())
    for place in (holder(vault=OTHER), holder(member="2" * 32), holder(identity=BEN)):
        if case.right.kind == "recipient" and place.recipient == ANNA.recipient:
            continue  # nothing lies in the vault that could be bound to it
        with pytest.raises(OpenError) as raised:
            ways.open_way(case.right, way, place)
        assert str(raised.value).endswith(".")
    with pytest.raises(ValueError):
        ways.seal_way(case.right, BEN, holder())


def test_a_changed_way_does_not_open(case: Case) -> None:
    way = ways.seal_way(case.right, ANNA, holder())
    changed = [
        msgspec.structs.replace(way, kind="typed"),
        msgspec.structs.replace(way, sealed=way.sealed[:-1] + bytes([(way.sealed or b"\0")[-1] ^ 1])),
        msgspec.structs.replace(way, sealed=way.sealed + b"\0"),
    ]
    for bad in changed:
        with pytest.raises(OpenError):
            ways.open_way(case.right, bad, holder())


def test_other_means_of_the_same_kind_do_not_open(case: Case) -> None:
    way = ways.seal_way(case.right, ANNA, holder())
    wrong = case.wrong()
    with pytest.raises((OpenError, WrongKey)):
        ways.open_way(wrong, way, holder())
    with pytest.raises(WrongKey) as raised:
        ways.open_any(wrong, [(holder(), [way])])
    assert raised.value.do


def test_the_right_member_is_found_among_several(case: Case) -> None:
    others = [
        ways.seal_way(ways.Passphrase(Secret("ben's"), KdfCost.CHEAP), BEN, holder(BEN, member="2" * 32)),
        ways.seal_way(ways.Recovery(RecoveryKey.fresh()), BEN, holder(BEN, member="2" * 32)),
    ]
    mine = [others[0], ways.seal_way(case.right, ANNA, holder())]
    found, identity = ways.open_any(case.right, [(holder(BEN, member="2" * 32), others), (holder(), mine)])
    assert found == holder()
    assert identity.recipient == ANNA.recipient
    with pytest.raises(WrongKey):
        ways.open_any(case.right, [(holder(BEN, member="2" * 32), others)])


def test_means_and_ways_show_no_secret(case: Case) -> None:
    way = ways.seal_way(case.right, ANNA, holder())
    shown = f"{case.right!r} {way!r}"
    assert "anna's own" not in shown
    for half in (ANNA.to_bytes()[:32], ANNA.to_bytes()[32:]):
        assert half.hex() not in shown
        assert repr(half)[2:-1] not in shown


# Passphrase and recovery key


def test_a_typed_recovery_key_is_told_from_a_passphrase() -> None:
    key = RecoveryKey.fresh()
    assert ways.typed(key.text()).kind == "recovery"
    assert ways.typed(Secret(key.text().reveal().lower().replace("-", " "))).kind == "recovery"
    assert ways.typed(Secret("AKIKA-is my passphrase")).kind == "passphrase"
    with pytest.raises(WrongUse, match="empty"):
        ways.typed(Secret(""))


def test_a_passphrase_without_its_derivation_or_with_a_ruinous_one_is_damage() -> None:
    means = ways.Passphrase(Secret("p"), KdfCost.CHEAP)
    way = means.seal(ANNA.to_bytes(), holder())
    assert way.kdf is not None
    ruinous = msgspec.structs.replace(way.kdf, memory_kib=1 << 40)
    for kdf in (None, ruinous):
        with pytest.raises(VaultDamaged, match=r"keys/keyring-0001\.sealed"):
            ways.open_way(means, msgspec.structs.replace(way, kdf=kdf), holder())


# A whole vault


def test_a_vault_opens_by_each_way(kit: ModuleType, aws: str, memory_keyring: MemoryKeyring, tmp_path: Path) -> None:
    heads = HeadStore(tmp_path / "heads")
    vault = create(tmp_path / "vault", Secret("p"), heads=heads, cost=KdfCost.CHEAP)
    kit.take(vault, kit.books(2))
    key = RecoveryKey.fresh()
    for means in (ways.Recovery(key), ways.SystemKeyring(), Kms(aws)):
        vault.membership.add_way(means)
    vault.membership.add("machine", "capture", [Kms(aws)])
    vault.membership.add("Ben", "full", BEN.recipient)
    assert vault.member.ways == ("passphrase", "recovery", "keyring", "kms")
    for opening in (Secret("p"), key.text(), ways.SystemKeyring(), Kms(), ways.OwnIdentity(BEN)):
        opened = open_vault(tmp_path / "vault", opening, heads=heads)
        assert opened.member.name == ("Ben" if isinstance(opening, ways.OwnIdentity) else "founder")
        assert len(list(opened.snapshot("latest").records())) == 3
        assert verify(tmp_path / "vault", opening, heads=heads).ok
    assert ["kms" in person.ways for person in vault.members] == [True, True, False]
    with pytest.raises(WrongKey, match="of no member"):
        open_vault(tmp_path / "vault", ways.OwnIdentity(ANNA), heads=heads)
    memory_keyring.held.clear()
    with pytest.raises(WrongKey, match="holds no secret"):
        open_vault(tmp_path / "vault", ways.SystemKeyring(), heads=heads)
    vault.membership.remove("machine")
    vault.membership.remove_way("kms")
    with pytest.raises(WrongKey, match="No key of AWS KMS opens this vault"):
        open_vault(tmp_path / "vault", Kms(), heads=heads)
