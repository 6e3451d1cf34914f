"""What lies outside of a vault: memory, anchors and time stamps; each that fails is named, and where nothing holds that is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from stamp_authority import OPENSSL, POLICY, LocalAuthority

from akika_forensics.model.record import RecordKey
from akika_forensics.vault import HeadStore, StoredFile, layout, open_vault, verify
from akika_forensics.vault.chains import stamps
from akika_forensics.vault.chains.stamps import StampAuthority
from akika_forensics.vault.checks.findings import NO_ANCHOR, Outside, Vouched
from akika_forensics.vault.checks.verify import verify_in
from akika_forensics.vault.storage import LocalBackend

needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="needs openssl: none on PATH")
TOKEN = "ab" * 16


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("authority") / "one")


@pytest.fixture
def trusted(local: LocalAuthority) -> StampAuthority:
    return stamps.read_authority(local.certificates)


@pytest.fixture
def stamped(filled: Any, local: LocalAuthority, trusted: StampAuthority) -> Any:
    filled.vault.stamp(local.answer, trusted)
    return filled


def head(stage: Any) -> bytes:
    seq = stage.vault.head["chains"]["commits"]["seq"]
    return (stage.root / layout.entry("commits", seq)).read_bytes()


def keep(stage: Any, token: bytes) -> str:
    """As somebody with the keys: an entry that vouches for any token."""
    path = layout.stamp(TOKEN)
    LocalBackend(stage.root).create(path, token)
    stage.vault.chain(stamps.CHAIN, stamps.NAMESPACE).append({"commit": 0}, [StoredFile.of(path, token)])
    return path


@needs_openssl
@pytest.mark.parametrize("keys", [True, False])
def test_verify_says_how_far_back_a_stamp_vouches(
    stamped: Any, kit: ModuleType, local: LocalAuthority, trusted: StampAuthority, keys: bool
) -> None:
    (made,) = stamped.vault.stamps()
    report = stamped.verify(keys=keys, authority=trusted)
    assert report.ok
    assert report.findings == ()
    at = made.stamp.at.isoformat().replace("+00:00", "Z")
    assert report.outside.sentences() == (f"History up to commit {made.commit} existed at {at}, by CN=Stamps.",)
    kit.take(stamped.vault, kit.books(4), day=4)
    kit.take(stamped.vault, kit.books(5), day=5)
    later = stamped.verify(keys=keys, authority=trusted).outside
    assert later.stamps == report.outside.stamps
    assert later.sentences()[1:] == (f"No time stamp covers commits {made.commit + 1} to {made.commit + 2}.",)
    stamped.vault.stamp(local.answer, trusted)
    assert len(stamped.verify(keys=keys, authority=trusted).outside.sentences()) == 1


@needs_openssl
def test_without_certificates_a_stamp_is_held_against_the_commits_alone(stamped: Any) -> None:
    report = stamped.verify(keys=False)
    assert report.ok
    assert [one.checked for one in report.outside.stamps] == [False]
    assert "1 was not checked" in report.outside.sentences()[0]


@needs_openssl
@pytest.mark.parametrize("differs", ["authority", "own certificate", "policy"])
def test_a_stamp_by_whom_nobody_named_is_not_checked_and_proves_nothing(
    stamped: Any, local: LocalAuthority, tmp_path: Path, differs: str
) -> None:
    (made,) = stamped.vault.stamps()
    other = LocalAuthority(tmp_path / "other")
    named, said = {
        "authority": (stamps.read_authority(other.certificates), "by another authority"),
        "own certificate": (stamps.read_authority(local.certificates + other.signer), "by another authority"),
        "policy": (stamps.read_authority(local.certificates, "1.2.3.4.9"), "under the policy"),
    }[differs]
    report = stamped.verify(authority=named)
    (finding,) = report.findings
    assert (finding.path, finding.severity) == (made.path, "notice")
    assert "was not checked, and vouches for nothing" in finding.what
    assert said in finding.what
    assert report.ok
    assert [one.checked for one in report.outside.stamps] == [False]
    (told,) = report.outside.sentences()
    assert told.startswith("Of 1 time stamps 1 was not checked")


@needs_openssl
def test_the_stamps_of_before_a_change_of_authority_and_after_hold_together(
    stamped: Any, kit: ModuleType, local: LocalAuthority, tmp_path: Path
) -> None:
    other = LocalAuthority(tmp_path / "other", "Newer", policy="1.2.3.4.2")
    theirs = stamps.read_authority(other.certificates)
    kit.take(stamped.vault, kit.books(4), day=4)
    made = stamped.vault.stamp(other.answer, theirs)
    report = stamped.verify(authority=theirs)
    assert [one.checked for one in report.outside.stamps] == [False, True]
    assert report.ok
    assert report.outside.sentences()[0].startswith(f"History up to commit {made.commit} existed")
    both = stamps.read_authority(local.certificates + other.certificates, f"{POLICY}, 1.2.3.4.2")
    report = stamped.verify(authority=both)
    assert report.findings == ()
    assert [one.checked for one in report.outside.stamps] == [True, True]


@needs_openssl
def test_a_stamp_put_in_the_place_of_a_good_one_is_not_taken_for_it(
    filled: Any, kit: ModuleType, local: LocalAuthority, trusted: StampAuthority, tmp_path: Path
) -> None:
    """By somebody who may sign, with an authority of their own under the same names, which lasts longer than any."""
    late = LocalAuthority(tmp_path / "late", days=(-10, 1))
    known = stamps.read_authority(late.certificates)
    made = filled.vault.stamp(late.answer, known)
    kit.take(filled.vault, kit.books(4), day=4)
    path = keep(filled, LocalAuthority(tmp_path / "theirs").answer(stamps.question(head(filled), trusted).der))
    report = filled.verify(authority=known)
    assert [(one.path, one.severity) for one in report.findings] == [(path, "notice")]
    reach, uncovered, unchecked = report.outside.sentences()
    assert reach.startswith(f"History up to commit {made.commit} existed")
    assert uncovered == f"No time stamp covers commit {made.commit + 1}."
    assert unchecked.startswith("Of 2 time stamps 1 was not checked")
    later = stamped_at(made.stamp.until + timedelta(days=1), filled, known)
    assert any(one.path == made.path and "stamped again" in one.what for one in later.findings)


def stamped_at(now: datetime, stage: Any, authority: StampAuthority) -> Any:
    """A check on another day."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("akika_forensics.model.instants.now", lambda: now)
        return stage.verify(authority=authority)


def made_over_other_bytes(_: Any, local: LocalAuthority, trusted: StampAuthority) -> bytes:
    return local.answer(stamps.question(b"other bytes", trusted).der)


def flipped(stage: Any, local: LocalAuthority, trusted: StampAuthority) -> bytes:
    """By somebody who signs an entry for it."""
    token = local.answer(stamps.question(head(stage), trusted).der)
    return token[:-5] + bytes([token[-5] ^ 1]) + token[-4:]


def no_stamp(*_: Any) -> bytes:
    return b"not a stamp"


@needs_openssl
@pytest.mark.parametrize(
    ("make", "what", "seen_without"),
    [
        (made_over_other_bytes, "no commit of this vault", True),
        (flipped, "signature does not fit", False),
        (no_stamp, "cannot be read", True),
    ],
)
def test_a_stamp_that_does_not_hold_is_named_though_an_entry_vouches_for_it(
    filled: Any,
    local: LocalAuthority,
    trusted: StampAuthority,
    make: Callable[[Any, LocalAuthority, StampAuthority], bytes],
    what: str,
    seen_without: bool,
) -> None:
    path = keep(filled, make(filled, local, trusted))
    report = filled.verify(authority=trusted)
    (finding,) = report.findings
    assert (finding.path, finding.severity) == (path, "damage")
    assert what in finding.what
    assert filled.verify().ok is not seen_without


@needs_openssl
def test_an_expired_certificate_is_told_by_its_own_roots(filled: Any, tmp_path: Path) -> None:
    late = LocalAuthority(tmp_path / "late", days=(-9, -1))
    trusted = stamps.read_authority(late.certificates)
    path = keep(filled, late.answer(stamps.question(head(filled), trusted).der))
    (finding,) = filled.verify(authority=trusted).findings
    assert (finding.path, finding.severity) == (path, "damage")
    assert "had run out at the time" in finding.what


@needs_openssl
def test_a_certificate_that_ran_out_since_is_a_notice(
    stamped: Any, trusted: StampAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    (made,) = stamped.vault.stamps()
    monkeypatch.setattr("akika_forensics.model.instants.now", lambda: made.stamp.until + timedelta(days=1))
    report = stamped.verify(authority=trusted)
    assert report.ok
    assert [(one.path, one.severity) for one in report.findings] == [(made.path, "notice")]
    assert "stamped again" in report.findings[0].what


@needs_openssl
@pytest.mark.parametrize("kind", ["token", "entry", "signature"])
def test_every_altered_file_of_a_stamp_is_named(stamped: Any, trusted: StampAuthority, kind: str) -> None:
    (made,) = stamped.vault.stamps()
    (signature,) = (path for path in stamped.files() if path.startswith("stamps/") and path.endswith(".sig"))
    path = {"token": made.path, "entry": layout.entry("stamps", 0), "signature": signature}[kind]
    content = (stamped.root / path).read_bytes()
    for at in range(0, len(content), 97):
        (stamped.root / path).write_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
        report = verify(stamped.root, None, heads=stamped.heads, authority=trusted)
        assert not report.ok, at
        assert path in {one.path for one in report.findings}, at
    (stamped.root / path).unlink()
    report = verify(stamped.root, None, heads=stamped.heads, authority=trusted)
    assert path in {one.path for one in report.findings if one.severity == "damage"}


@needs_openssl
def test_a_stamp_without_its_entry_is_a_left_over(filled: Any, local: LocalAuthority, trusted: StampAuthority) -> None:
    """The process died between the two."""
    path = layout.stamp(TOKEN)
    LocalBackend(filled.root).create(path, local.answer(stamps.question(head(filled), trusted).der))
    assert [(one.path, one.severity) for one in filled.verify().findings] == [(path, "notice")]
    (filled.root / path).write_bytes(b"something else")
    assert [(one.path, one.severity) for one in filled.verify().findings] == [(path, "damage")]


def test_the_first_sight_of_a_vault_says_that_roll_back_cannot_be_excluded(
    filled: Any, kit: ModuleType, tmp_path: Path
) -> None:
    anchor = json.loads(json.dumps(filled.vault.head))
    elsewhere = HeadStore(tmp_path / "elsewhere")
    assert verify(filled.root, None, heads=elsewhere).outside.sentences() == (NO_ANCHOR,)
    assert verify(filled.root, None, heads=elsewhere, anchor=anchor).outside.sentences() == ()
    assert filled.verify().outside.sentences() == ()
    assert not filled.vault.first_seen
    assert open_vault(filled.root, kit.PASSPHRASE, heads=elsewhere).first_seen
    assert not open_vault(filled.root, kit.PASSPHRASE, heads=elsewhere).first_seen
    assert verify(filled.root, None, heads=elsewhere).outside.sentences() == ()


def test_an_anchor_finds_what_was_rolled_back_where_nothing_is_remembered(
    filled: Any, kit: ModuleType, tmp_path: Path
) -> None:
    backend = LocalBackend(filled.root)
    old = {path: backend.read(path) for path in backend.list()}
    kit.take(filled.vault, {RecordKey("Invoice", "5"): kit.invoice(5)}, day=6)
    anchor = filled.vault.head
    for path in set(backend.list()) - old.keys():
        backend.delete(path)
    heads = HeadStore(tmp_path / "nothing")
    unaware = verify_in(backend, None, heads=heads)
    assert unaware.ok
    assert unaware.outside.sentences() == (NO_ANCHOR,)
    assert not verify_in(backend, None, heads=heads, anchor=anchor).ok


def test_of_many_stamps_the_furthest_reach_is_told_by_its_first(filled: Any) -> None:
    at = filled.vault.snapshots()[0].taken_at
    told = [
        Vouched(3, at, "CN=A", "a", True),
        Vouched(7, at + timedelta(days=2), "CN=B", "b", True),
        Vouched(7, at + timedelta(days=1), "", "c", True),
        Vouched(9, at, "CN=D", "d", False),
    ]
    (first, second, third) = Outside(last=8, stamps=tuple(told)).sentences()
    assert first.startswith("History up to commit 7 existed at 2026-11-24T10:00:00")
    assert first.endswith("by an authority that does not name itself.")
    assert second == "No time stamp covers commit 8."
    assert third.startswith("Of 4 time stamps 1 was not checked")
