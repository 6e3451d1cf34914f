"""One record disclosed: it is proved without vault and keys, by an independent checker too, and tells of no sibling."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from disclosure_reader import second_checker
from hypothesis import given, settings
from hypothesis import strategies as st
from stamp_authority import OPENSSL, LocalAuthority

from akika_forensics.errors import AkikaError, WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.vault import layout
from akika_forensics.vault.chains import entries, sshsig, stamps
from akika_forensics.vault.chains.authority import Signer
from akika_forensics.vault.files import StoredFile
from akika_forensics.vault.snapshots import disclosure, merkle
from akika_forensics.vault.snapshots.disclosure import Disclosure, NotProved, Signed

VAULT = "5f" * 16
SALT_KEY = bytes(range(32))
INDEX = layout.parquet("aa" * 16, "bb" * 32)
RECORDS = [
    ("Customer", "3", b'{"Id":"3","DisplayName":"Geeta Kalapatapu"}'),
    ("Invoice", "1", b'{"Id":"1","TotalAmt":100.00}'),
    ("Invoice", "2", b'{"Id":"2","TotalAmt":250.75,"PrivateNote":"weeding"}'),
    ("Vendor", "9", b'{"Id":"9","DisplayName":"Cool Cars"}'),
    ("Vendor", "91", b'{"Id":"91","DisplayName":"Amys"}'),
]


def line(key: Ed25519PrivateKey) -> str:
    return sshsig.public_line(key.public_key())


@dataclass
class Made:
    """A chain of commits by hand: founder, a member who captures from commit 1 on, the segment in commit 2."""

    founder: Ed25519PrivateKey
    member: Ed25519PrivateKey
    commits: list[Signed]
    leaves: list[bytes]
    authority: LocalAuthority | None = None

    def told(self, at: int = 2, after: int = 0, tokens: tuple[bytes, ...] = ()) -> Disclosure:
        entity, record_id, payload = RECORDS[at]
        return Disclosure(
            after=[one.entry for one in self.commits[3 : 3 + after]],
            checksum="",
            commit=self.commits[2],
            digest=payloads.digest(payload),
            entity=entity,
            file=INDEX,
            format=disclosure.FORMAT.label,
            founder=line(self.founder),
            id=record_id,
            listing=self.commits[:2],
            path=merkle.path(self.leaves, at),
            payload=payload,
            position=at,
            rows=len(RECORDS),
            salt=merkle.salt(entity, record_id, SALT_KEY),
            segment=7,
            stamps=list(tokens),
        )

    def file(self, at: int = 2, after: int = 0, tokens: tuple[bytes, ...] = ()) -> bytes:
        return disclosure.seal_up(self.told(at, after, tokens))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    founder, member = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    leaves = [
        merkle.leaf(entity, record_id, payloads.digest(payload), hashlib.sha256(payload).digest(), SALT_KEY)
        for entity, record_id, payload in RECORDS
    ]
    index = StoredFile.of(INDEX, b"index", {7: merkle.root(leaves), 8: bytes(32)})
    ring = StoredFile.of("keys/keyring-0001.sealed", b"ring")
    other = StoredFile.of(layout.parquet("cc" * 16, "dd" * 32), b"more")
    both = [Signer(line(founder), "full"), Signer(line(member), "capture")]
    plan = [
        (founder, [ring], [], [Signer(line(founder), "full")]),
        (founder, [StoredFile.of("keys/keyring-0002.sealed", b"more")], [ring.path], both),
        (member, [index], [], None),
        (member, [other], [], None),
        (founder, [], [other.path], None),
    ]
    commits: list[Signed] = []
    previous = entries.first_link(VAULT, "commits")
    for seq, (key, files, retired, signers) in enumerate(plan):
        plain = entries.draft(
            VAULT, "commits", "akika-commit",
            seq=seq, previous=previous, files=files, retired=retired, signers=signers, witness={},
        )  # fmt: skip
        data, signature = entries.sign(msgspec.structs.replace(plain, sealed=b"sealed"), key)
        commits.append(Signed(data, signature.decode()))
        previous = entries.digest_of(data)
    local = LocalAuthority(tmp_path_factory.mktemp("authority") / "one") if OPENSSL else None
    return Made(founder, member, commits, leaves, local)


def test_a_record_is_proved_without_vault_and_keys(made: Made) -> None:
    for at, (entity, record_id, payload) in enumerate(RECORDS):
        found = disclosure.prove(made.file(at))
        assert (found.key, found.payload, found.position) == ((entity, record_id), payload, at)
        assert (found.rows, found.segment, found.vault, found.commit) == (5, 7, VAULT, 2)
        assert (found.signer, found.founder) == (line(made.member), line(made.founder))
        assert (found.stamp, found.stamp_checked, found.stamped_commit) == (None, False, None)


def test_the_file_is_read_by_another_checker(made: Made, tmp_path: Path) -> None:
    for at, (entity, record_id, payload) in enumerate(RECORDS):
        assert second_checker(made.file(at), tmp_path) == (entity, record_id, payload, line(made.founder))


def test_a_proof_tells_of_no_other_record(made: Made) -> None:
    """No salt, digest, id or content of another record; the same without what is written in base64."""
    for at in range(len(RECORDS)):
        content = made.file(at) + everything_inside(made.file(at))
        for other, (entity, record_id, payload) in enumerate(RECORDS):
            if other == at:
                continue
            own_leaf = made.leaves[other]
            secret = [
                payload,
                payloads.digest(payload),
                hashlib.sha256(payload).digest(),
                merkle.salt(entity, record_id, SALT_KEY),
                f'["{entity}","{record_id}"'.encode(),
                payload.partition(b'"DisplayName":')[2][1:-2] or payload,
            ]
            for one in secret:
                assert one not in content
                assert one.hex().encode() not in content
                assert base64.b64encode(one) not in content
            # A neighbour's leaf may be on the path; without its salt no guess of its content meets it.
            guess = hashlib.sha256(payload).digest()
            salts = [bytes(16), merkle.salt(*RECORDS[at][:2], SALT_KEY), own_leaf[:16], SALT_KEY[:16]]
            for salt in salts:
                assert merkle.salted_leaf(entity, record_id, payloads.digest(payload), guess, salt) != own_leaf


def test_every_change_of_a_byte_is_refused(made: Made) -> None:
    content = made.file()
    for at in range(len(content)):
        for changed in (content[at] ^ 1, content[at] ^ 0x20):
            with pytest.raises((NotProved, WrongUse)):
                disclosure.prove(content[:at] + bytes([changed]) + content[at + 1 :])
    for wrong in (content[:-1], content + b"\n", b"", b"{}", b"[]", b"\xff", b'{"format":"akika-disclosure-2"}'):
        with pytest.raises((NotProved, WrongUse)):
            disclosure.prove(wrong)


def forged(told: Disclosure, **changes: Any) -> bytes:
    return disclosure.seal_up(msgspec.structs.replace(told, **changes))


@settings(max_examples=200)
@given(data=st.data())
def test_every_change_with_a_right_check_sum_is_refused(made: Made, data: st.DataObject) -> None:
    """By someone who writes the file anew but has none of the keys."""
    told = made.told()
    flip = st.integers(0, 10_000).map(lambda bit: lambda text: flipped(text, bit))
    change = data.draw(flip)
    field = data.draw(st.sampled_from(["digest", "payload", "salt", "path", "commit", "signature", "listing"]))
    if field == "path":
        at = data.draw(st.integers(0, len(told.path) - 1))
        wrong = forged(told, path=[*told.path[:at], change(told.path[at]), *told.path[at + 1 :]])
    elif field == "commit":
        wrong = forged(told, commit=Signed(change(told.commit.entry), told.commit.signature))
    elif field == "signature":
        text = change(told.commit.signature.encode()).decode("latin-1")
        wrong = forged(told, commit=Signed(told.commit.entry, text))
    elif field == "listing":
        at = data.draw(st.integers(0, 1))
        listing = list(told.listing)
        listing[at] = Signed(change(listing[at].entry), listing[at].signature)
        wrong = forged(told, listing=listing)
    else:
        wrong = forged(told, **{field: change(getattr(told, field))})
    with pytest.raises(NotProved):
        disclosure.prove(wrong)


def test_no_field_can_be_told_otherwise(made: Made) -> None:
    told = made.told()
    stranger = Ed25519PrivateKey.generate()
    signed_anew = sshsig.sign(stranger, told.commit.entry, "akika-commit").decode()
    as_custody = sshsig.sign(made.member, told.commit.entry, "akika-custody").decode()
    changes: list[dict[str, Any]] = [
        {"entity": "Bill"},
        {"id": "3"},
        {"rows": 6},
        {"rows": 8},
        {"rows": 1 << 70},
        {"position": 3},
        {"position": -1},
        {"segment": 8},
        {"segment": 9},
        {"file": "data/other"},
        {"path": told.path[:-1]},
        {"path": [*told.path, bytes(32)]},
        {"founder": line(stranger)},
        {"founder": line(made.member)},
        {"founder": "ssh-ed25519 AAAA"},
        {"listing": []},
        {"listing": told.listing[:1]},
        {"listing": told.listing[::-1]},
        {"listing": [*told.listing, told.commit]},
        {"listing": [*told.listing, told.listing[1]]},
        {"commit": Signed(told.commit.entry, signed_anew)},
        {"commit": Signed(told.commit.entry, as_custody)},
        {"commit": made.commits[3]},
        {"after": [made.commits[3].entry]},
        {"stamps": [b"no stamp"]},
    ]
    for change in changes:
        with pytest.raises(NotProved):
            disclosure.prove(forged(told, **change))
    assert disclosure.prove(forged(told)).key == ("Invoice", "2")


def test_a_key_that_the_founder_did_not_list_proves_nothing(made: Made) -> None:
    """A whole chain of another's making, up to the founder's name."""
    stranger = Ed25519PrivateKey.generate()
    first = msgspec.structs.replace(
        entries.parse(made.commits[0].entry, VAULT, "commits", 0), signers=[Signer(line(stranger), "full")]
    )
    data, signature = entries.sign(first, stranger)
    told = made.told()
    commit = Signed(told.commit.entry, sshsig.sign(stranger, told.commit.entry, "akika-commit").decode())
    listing = [Signed(data, signature.decode())]
    with pytest.raises(NotProved, match="none of the commits before it lists"):
        disclosure.prove(forged(told, listing=listing, commit=commit))
    # Under the stranger's own name it is another founder's proof, and says so.
    found = disclosure.prove(forged(told, listing=listing, commit=commit, founder=line(stranger)))
    assert found.founder != line(made.founder)


@pytest.mark.skipif(OPENSSL is None, reason="needs openssl: none on PATH")
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_time_stamp_on_the_commit_or_a_later_one_limits_the_time(made: Made, after: int) -> None:
    assert made.authority is not None
    trusted = stamps.read_authority(made.authority.certificates)
    head = made.commits[2 + after].entry
    token = made.authority.answer(stamps.question(head, trusted).der)
    found = disclosure.prove(made.file(after=after, tokens=(token,)), trusted)
    assert found.stamp == stamps.check(token, hashlib.sha256(head).digest(), trusted)
    assert (found.stamp_checked, found.stamped_commit) == (True, 2 + after)
    unchecked = disclosure.prove(made.file(after=after, tokens=(token,)))
    assert (unchecked.stamp, unchecked.stamp_checked) == (found.stamp, False)


@pytest.mark.skipif(OPENSSL is None, reason="needs openssl: none on PATH")
def test_a_time_stamp_of_something_else_or_of_another_authority_is_refused(made: Made, tmp_path: Path) -> None:
    assert made.authority is not None
    trusted = stamps.read_authority(made.authority.certificates)
    token = made.authority.answer(stamps.question(made.commits[3].entry, trusted).der)
    with pytest.raises(NotProved, match="other bytes"):
        disclosure.prove(made.file(tokens=(token,)), trusted)
    with pytest.raises(NotProved, match="other bytes"):
        disclosure.prove(made.file(tokens=(token,)))
    other = stamps.read_authority(LocalAuthority(tmp_path / "other").certificates)
    with pytest.raises(NotProved, match="another authority"):
        disclosure.prove(made.file(after=1, tokens=(token,)), other)
    with pytest.raises(NotProved):
        disclosure.prove(forged(made.told(after=2, tokens=(token,)), after=[made.commits[4].entry]), trusted)


def anew(made: Made, key: Ed25519PrivateKey, seq: int, **changes: Any) -> Signed:
    """A commit of ours written otherwise, by one who may sign it."""
    plain = entries.parse(made.commits[seq].entry, VAULT, "commits", seq)
    data, signature = entries.sign(msgspec.structs.replace(plain, **changes), key)
    return Signed(data, signature.decode())


def test_a_founder_who_lists_nobody_proves_alone(made: Made) -> None:
    """As in a vault that began before members were listed."""
    found = disclosure.prove(forged(made.told(), listing=[], commit=anew(made, made.founder, 2)))
    assert found.signer == found.founder == line(made.founder)
    with pytest.raises(NotProved, match="none of the commits before it lists"):
        disclosure.prove(forged(made.told(), listing=[]))


def test_a_signer_who_told_another_digest_than_the_bytes_have_is_caught(made: Made) -> None:
    told, false = made.told(), b"d" * 32
    sha256 = hashlib.sha256(told.payload).digest()
    leaf = merkle.leaf(told.entity, told.id, false, sha256, SALT_KEY)
    leaves = [*made.leaves[: told.position], leaf, *made.leaves[told.position + 1 :]]
    index = StoredFile.of(INDEX, b"index", {7: merkle.root(leaves)})
    commit = anew(made, made.member, 2, files=[index])
    with pytest.raises(NotProved, match="not those of the digest"):
        disclosure.prove(forged(told, digest=false, commit=commit, path=merkle.path(leaves, told.position)))


def test_a_commit_that_was_signed_for_another_purpose_proves_nothing(made: Made) -> None:
    with pytest.raises(NotProved, match="another purpose"):
        disclosure.prove(forged(made.told(), commit=anew(made, made.member, 2, namespace="akika-custody")))


@pytest.mark.skipif(OPENSSL is None, reason="needs openssl: none on PATH")
def test_a_time_stamp_reaches_back_only_over_commits_that_follow(made: Made) -> None:
    assert made.authority is not None
    trusted = stamps.read_authority(made.authority.certificates)
    beside = anew(made, made.member, 3, previous="0" * 64)
    token = made.authority.answer(stamps.question(beside.entry, trusted).der)
    with pytest.raises(NotProved, match="does not follow"):
        disclosure.prove(forged(made.told(), after=[beside.entry], stamps=[token]), trusted)


def flipped(content: bytes, bit: int) -> bytes:
    at = bit // 8 % len(content)
    return content[:at] + bytes([content[at] ^ 1 << bit % 8]) + content[at + 1 :]


def everything_inside(content: bytes) -> bytes:
    """The bytes of all base64 in the file, also of that inside what was base64."""
    found = bytearray()

    def visit(value: object) -> None:
        if isinstance(value, dict):
            for one in value.values():
                visit(one)
        elif isinstance(value, list):
            for one in value:
                visit(one)
        elif isinstance(value, str):
            try:
                inner = base64.b64decode(value, validate=True)
            except ValueError:
                return
            found.extend(inner)
            try:
                visit(json.loads(inner))
            except (ValueError, UnicodeDecodeError):
                return

    visit(json.loads(content))
    return bytes(found)


def test_the_salt_is_the_one_of_the_format() -> None:
    expected = hmac.new(SALT_KEY, b'["Invoice","2"]', "sha256").digest()[:16]
    assert merkle.salt("Invoice", "2", SALT_KEY) == expected


def test_errors_are_of_the_tree() -> None:
    assert issubclass(NotProved, AkikaError)
    assert NotProved("It does not hold.").exit_code == 1
