"""What an open vault gives out: a proof of one record, which another checker accepts, time stamps, and judgements."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from disclosure_reader import second_checker
from stamp_authority import OPENSSL, LocalAuthority

from akika_forensics.errors import ServiceError, VaultDamaged, WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import HeadStore, KdfCost, layout, open_vault
from akika_forensics.vault.chains import stamps
from akika_forensics.vault.chains.attestations import Judgement
from akika_forensics.vault.chains.stamps import StampAuthority
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.keys.identity import Identity
from akika_forensics.vault.keys.roles import NotAllowed
from akika_forensics.vault.keys.ways import OwnIdentity, Passphrase
from akika_forensics.vault.snapshots import disclosure
from akika_forensics.vault.upgrade import upgrade

needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="needs openssl: none on PATH")
RULE = Judgement("check", "completeness", "1", "The snapshot is complete.", {})


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("authority") / "one")


@pytest.fixture(scope="module")
def trusted(authority: LocalAuthority) -> StampAuthority:
    return stamps.read_authority(authority.certificates)


def test_every_record_of_every_snapshot_is_disclosed_and_proved(kit: ModuleType, filled: Any, tmp_path: Path) -> None:
    vault = filled.vault
    digests = {info.digest for info in vault.snapshots()}
    for info in vault.snapshots():
        for record in vault.snapshot(info.id).records():
            proof = vault.disclose(info.id, record.key)
            found = disclosure.prove(proof)
            assert (found.key, found.payload) == (record.key, record.payload)
            assert found.commit_digest in digests
            assert second_checker(proof, tmp_path)[:3] == (*record.key, record.payload)


@pytest.mark.parametrize("invoices", [1, 2, 7, 37])
def test_a_record_among_any_number_is_proved_and_the_others_are_not_told(
    kit: ModuleType, empty: Any, invoices: int
) -> None:
    first = 910_000_000_000
    books = {RecordKey("Invoice", str(first + at)): kit.invoice(first + at, f"{at}.17") for at in range(invoices)}
    kit.take(empty.vault, books)
    key = RecordKey("Invoice", str(first + invoices // 2))
    proof = empty.vault.disclose("s1", key)
    found = disclosure.prove(proof)
    assert (found.position, found.rows, found.payload) == (invoices // 2, invoices, books[key])
    for other, payload in books.items():
        if other != key:
            assert payload not in proof
            assert other.id.encode() not in proof
            assert hashlib.sha256(payload).hexdigest().encode() not in proof


def test_a_record_that_is_not_there_is_refused(filled: Any) -> None:
    with pytest.raises(WrongUse, match=r"s2 does not hold Invoice:2"):
        filled.vault.disclose("s2", RecordKey("Invoice", "2"))
    with pytest.raises(WrongUse, match="no snapshot"):
        filled.vault.disclose("s9", RecordKey("Invoice", "1"))


@needs_openssl
def test_a_stamp_is_kept_as_received_and_covers_what_was_before(
    kit: ModuleType, filled: Any, authority: LocalAuthority, trusted: StampAuthority
) -> None:
    vault = filled.vault
    answers: list[bytes] = []

    def ask(question: bytes) -> bytes:
        answers.append(authority.answer(question))
        return answers[-1]

    made = vault.stamp(ask, trusted)
    head = vault.head["chains"]["commits"]
    assert (made.commit, made.digest) == (head["seq"], head["digest"])
    assert (filled.root / made.path).read_bytes() == answers[0]
    assert authority.believes(answers[0], (filled.root / f"commits/{made.commit:08d}.json").read_bytes())
    assert filled.open().stamps() == (made,)
    kit.take(vault, {RecordKey("Invoice", "77"): kit.invoice(77)}, day=3)
    before = disclosure.prove(vault.disclose("s1", RecordKey("Customer", "3")), trusted)
    assert (before.commit, before.stamped_commit, before.stamp_checked) == (1, made.commit, True)
    assert before.stamp is not None
    assert before.stamp.at == made.stamp.at
    after = disclosure.prove(vault.disclose("latest", RecordKey("Invoice", "77")), trusted)
    assert after.stamp is None


@needs_openssl
def test_the_stamp_of_another_authority_does_not_spoil_a_proof(
    kit: ModuleType, filled: Any, authority: LocalAuthority, trusted: StampAuthority, tmp_path: Path
) -> None:
    """Whoever may add to the vault can add one; it goes along only where nobody says whose stamps to believe."""
    theirs = LocalAuthority(tmp_path / "theirs")
    vault, key = filled.vault, RecordKey("Customer", "3")
    vault.stamp(theirs.answer, stamps.read_authority(theirs.certificates))
    assert disclosure.prove(vault.disclose("s1", key, trusted), trusted).stamp is None
    kit.take(vault, {RecordKey("Invoice", "77"): kit.invoice(77)}, day=3)
    made = vault.stamp(authority.answer, trusted)
    proved = disclosure.prove(vault.disclose("s1", key, trusted), trusted)
    assert (proved.stamped_commit, proved.stamp_checked) == (made.commit, True)
    with pytest.raises(disclosure.NotProved):
        disclosure.prove(vault.disclose("s1", key), trusted)


@needs_openssl
def test_an_answer_that_does_not_hold_is_not_kept(
    filled: Any, authority: LocalAuthority, trusted: StampAuthority, tmp_path: Path
) -> None:
    before = filled.files()
    other = LocalAuthority(tmp_path / "other")
    old = authority.answer(stamps.question(b"other bytes", trusted).der)
    for ask in (other.answer, lambda _: old, lambda _: b"nothing of the kind"):
        with pytest.raises(ServiceError, match="is not accepted"):
            filled.vault.stamp(ask, trusted)
    assert filled.files() == before


def test_a_better_rule_adds_a_judgement_and_changes_nothing(filled: Any) -> None:
    vault = filled.vault
    before = {path: (filled.root / path).read_bytes() for path in filled.files()}
    whole = replace(RULE, figures={"residual": "0.00"}, document=b'{"lines":[]}', by="dana@desk")
    first = vault.attest("s1", whole)
    better = vault.attest("s1", replace(RULE, version="2", statement="One line differs by 0.01."))
    other = vault.attest("s2", RULE)
    assert {path: (filled.root / path).read_bytes() for path in before} == before
    read = filled.open()
    assert read.attestations("s1") == (first, better)
    assert read.attestations() == (first, better, other)
    assert (first.snapshot, first.commit) == ("s1", vault.snapshot("s1").info.digest)
    assert (first.version, better.version, better.document) == ("1", "2", None)
    assert (first.figures, first.by) == ({"residual": "0.00"}, "dana@desk")
    assert first.document is not None
    assert read.get_document(first.document) == b'{"lines":[]}'
    assert filled.verify().ok
    assert filled.verify(keys=False).ok


def test_a_document_made_by_another_since_is_read_by_who_had_looked_before(kit: Any, empty: Any) -> None:
    """Its key lies in a table that came later: that is no company that was erased."""
    early = empty.open()
    assert not early.snapshots()
    kit.take(empty.vault, kit.books())
    made = empty.vault.attest("s1", replace(RULE, document=b'{"lines":[]}'))
    assert made.document is not None
    assert early.get_document(made.document) == b'{"lines":[]}'


@pytest.mark.parametrize("wrong", [{"rule": ""}, {"version": " "}, {"statement": ""}, {"kind": "Not a kind"}])
def test_a_judgement_without_a_rule_is_refused(filled: Any, wrong: dict[str, str]) -> None:
    before = filled.files()
    with pytest.raises(WrongUse, match="rule with its version"):
        filled.vault.attest("s1", replace(RULE, document=b"details", **wrong))
    with pytest.raises(WrongUse, match="no snapshot"):
        filled.vault.attest("s9", RULE)
    assert filled.files() == before


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"unheard_of": 1}, "no attestation"),
        ({"format": "akika-custody-1"}, "no attestation"),
        ({"commit": "0" * 64}, "never in this vault"),
        ({"document": "documents/" + "ab" * 16 + ".sealed"}, "does not vouch for"),
    ],
)
def test_what_is_no_judgement_on_this_vault_is_damage(filled: Any, change: dict[str, Any], what: str) -> None:
    """As written by somebody with the keys."""
    filled.vault.attest("s1", RULE)
    name = next(name for name in filled.vault.head["chains"] if name.startswith("attestations/"))
    chain = filled.vault.chain(name, "akika-attestation")
    chain.append({**chain.entries()[0].body, **change})
    (finding,) = filled.verify().findings
    assert (finding.path, what in finding.what) == (f"{name}/00000001.json", True)
    if what == "no attestation":
        with pytest.raises(VaultDamaged, match="attestation is not as"):
            filled.open().attestations()


def test_a_judgement_of_a_newer_format_is_told_and_not_taken_for_damage(filled: Any) -> None:
    filled.vault.attest("s1", RULE)
    name = next(name for name in filled.vault.head["chains"] if name.startswith("attestations/"))
    chain = filled.vault.chain(name, "akika-attestation")
    chain.append({**chain.entries()[0].body, "format": "akika-attestation-2", "weight": 3})
    report = filled.verify()
    assert report.ok
    assert [one.severity for one in report.findings] == ["notice"]


def test_readers_of_the_folder_learn_nothing_of_a_judgement(filled: Any) -> None:
    told = replace(RULE, figures={"residual": "31415.92"}, document=b"31415.92 details", by="dana@desk")
    filled.vault.attest("s1", told)
    content = b"".join((filled.root / path).read_bytes() for path in filled.files())
    for canary in (b"31415.92", b"completeness", b"details", b"dana@desk"):
        assert canary not in content


def members(filled: Any, kit: ModuleType) -> tuple[Any, Any]:
    """Ben, who may do everything, and a machine that captures; each has the vault open."""
    ben, machine = Secret("ben's own"), Identity.from_bytes(bytes(range(64)))
    filled.vault.membership.add("Ben Ode", "full", [Passphrase(ben, KdfCost.CHEAP)])
    filled.vault.membership.add("nightly capture", "capture", machine.recipient)
    opened = [open_vault(filled.root, means, heads=filled.heads) for means in (ben, OwnIdentity(machine))]
    return opened[0], opened[1]


def test_what_a_member_captured_is_proved_under_the_founder(kit: ModuleType, filled: Any, tmp_path: Path) -> None:
    """Also after a rotation, and after the member was removed: what was signed before stays proved."""
    ben, machine = members(filled, kit)
    kit.take(machine, kit.books(4), day=7)
    founder = filled.vault.member.signer
    key = RecordKey("Invoice", "4")
    for step in (
        lambda: None,
        filled.vault.membership.rotate,
        lambda: filled.vault.membership.remove("nightly capture"),
    ):
        step()
        proof = filled.open().disclose("latest", key)
        found = disclosure.prove(proof)
        assert (found.founder, found.signer) == (founder, machine.member.signer)
        assert second_checker(proof, tmp_path) == ("Invoice", "4", kit.invoice(4), founder)
    assert disclosure.prove(ben.disclose("s1", RecordKey("Customer", "3"))).signer == founder


@needs_openssl
def test_what_is_no_time_stamp_spoils_no_other_and_no_proof(
    kit: ModuleType, filled: Any, authority: LocalAuthority, trusted: StampAuthority
) -> None:
    """Whoever may sign can put it there; verify names it."""
    _, machine = members(filled, kit)
    made = machine.stamp(authority.answer, trusted)
    paths = []
    for name, content in (
        ("a" * 32, b"junk"),
        ("b" * 32, authority.answer(stamps.question(b"something else", trusted).der)),
    ):
        paths.append(layout.stamp(name))
        machine._backend.create(paths[-1], content)
        machine.chain("stamps", "akika-stamp").append({"format": "akika-stamp-1"}, [StoredFile.of(paths[-1], content)])
    vault = filled.open()
    assert vault.stamps() == (made,)
    assert disclosure.prove(vault.disclose("s1", RecordKey("Customer", "3")), trusted).stamp_checked
    assert set(kit.damage(filled.verify())) == set(paths)


@needs_openssl
def test_a_machine_that_only_captures_stamps_but_discloses_nothing(
    kit: ModuleType, filled: Any, authority: LocalAuthority, trusted: StampAuthority
) -> None:
    _, machine = members(filled, kit)
    made = machine.stamp(authority.answer, trusted)
    assert machine.stamps() == (made,)
    assert filled.open().stamps() == (made,)
    assert filled.verify(authority=trusted).ok
    with pytest.raises(NotAllowed):
        machine.disclose("s1", RecordKey("Customer", "3"))


def test_every_member_who_may_read_attests(kit: ModuleType, filled: Any) -> None:
    ben, machine = members(filled, kit)
    first = filled.vault.attest("s1", RULE)
    second = ben.attest("s1", replace(RULE, version="2", document=b"details"))
    assert filled.open().attestations() == (first, second)
    filled.vault.membership.remove("Ben Ode")
    assert filled.open().attestations() == (first, second)
    assert filled.verify().ok
    with pytest.raises(NotAllowed):
        machine.attestations()


def test_in_a_vault_that_began_as_version_1_only_what_came_later_is_proved_alone(
    kit: ModuleType, tmp_path: Path
) -> None:
    sample = Path(__file__).parent / "samples" / "format-1"
    told = json.loads((sample / "contents.json").read_bytes())
    root = Path(shutil.copytree(sample / "vault", tmp_path / "vault"))
    vault = upgrade(root, Secret(told["passphrase"]), heads=HeadStore(tmp_path / "heads"), cost=KdfCost.CHEAP)
    old = next(vault.snapshot("first").records()).key
    with pytest.raises(WrongUse, match="before record roots were signed"):
        vault.disclose("first", old)
    kit.take(vault, {RecordKey("Invoice", "77"): kit.invoice(77)}, day=300)
    found = disclosure.prove(vault.disclose("latest", RecordKey("Invoice", "77")))
    assert (found.payload, found.signer) == (kit.invoice(77), found.founder)
