"""What an open vault gives out: a proof of one record, which another checker accepts, time stamps, and judgements."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from disclosure_reader import second_checker
from stamp_authority import OPENSSL, LocalAuthority

from akika_forensics.errors import ServiceError, VaultDamaged, WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.vault.chains import stamps
from akika_forensics.vault.chains.attestations import Judgement
from akika_forensics.vault.chains.stamps import StampAuthority
from akika_forensics.vault.snapshots import disclosure

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


@pytest.mark.parametrize("wrong", [{"rule": ""}, {"version": " "}, {"statement": ""}, {"kind": "Not a kind"}])
def test_a_judgement_without_a_rule_is_refused(filled: Any, wrong: dict[str, str]) -> None:
    before = filled.files()
    with pytest.raises(WrongUse, match="rule with its version"):
        filled.vault.attest("s1", replace(RULE, document=b"details", **wrong))
    with pytest.raises(WrongUse, match="no snapshot"):
        filled.vault.attest("s9", RULE)
    assert filled.files() == before


def test_what_is_no_judgement_in_the_chain_is_damage(filled: Any) -> None:
    made = filled.vault.attest("s1", RULE)
    chain = next(name for name in filled.vault.head["chains"] if name.startswith("attestations/"))
    filled.vault.chain(chain, "akika-attestation").append({"kind": "check", "snapshot": "s1"})
    assert made.number == 0
    with pytest.raises(VaultDamaged, match="attestation is not as"):
        filled.open().attestations()


def test_readers_of_the_folder_learn_nothing_of_a_judgement(filled: Any) -> None:
    told = replace(RULE, figures={"residual": "31415.92"}, document=b"31415.92 details", by="dana@desk")
    filled.vault.attest("s1", told)
    content = b"".join((filled.root / path).read_bytes() for path in filled.files())
    for canary in (b"31415.92", b"completeness", b"details", b"dana@desk"):
        assert canary not in content
