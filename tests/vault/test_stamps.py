"""Time stamps: asked of an authority on this machine, believed only for what they say, by whom and when."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stamp_authority import OPENSSL, POLICY, LocalAuthority, serving, with_certificate

from akika_forensics.errors import NetworkFailed, ServiceError, WrongUse
from akika_forensics.vault.chains import stamping, stamps
from akika_forensics.vault.chains.stamps import StampForeign, StampRejected

HEAD = b'{"at":"2026-11-23T10:00:00Z","chain":"commits"}'
DIGEST = hashlib.sha256(HEAD).digest()

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="needs openssl: none on PATH")


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("authority") / "one")


@pytest.fixture(scope="module")
def token(local: LocalAuthority) -> bytes:
    return local.answer(stamps.question(HEAD, stamps.read_authority(local.certificates)).der)


def test_a_stamp_says_when_by_whom_and_over_what(local: LocalAuthority, token: bytes) -> None:
    found = stamps.check(token, DIGEST, stamps.read_authority(local.certificates, POLICY))
    assert abs(found.at - datetime.now(UTC)) < timedelta(minutes=5)
    assert (found.digest, found.policy, found.authority, found.until) == (DIGEST, POLICY, "CN=Stamps", local.until)
    assert stamps.read(token) == found
    assert local.believes(token, HEAD)
    assert not local.believes(token, HEAD + b" ")


def test_an_answer_must_repeat_the_nonce_of_its_question(local: LocalAuthority) -> None:
    trusted = stamps.read_authority(local.certificates)
    asked, other = stamps.question(HEAD, trusted), stamps.question(HEAD, trusted)
    answer = local.answer(asked.der)
    stamps.check(answer, DIGEST, trusted, asked.nonce)
    with pytest.raises(StampRejected, match="answers another request"):
        stamps.check(answer, DIGEST, trusted, other.nonce)


def test_a_stamp_of_other_bytes_is_named(local: LocalAuthority, token: bytes) -> None:
    with pytest.raises(StampRejected, match="made over other bytes"):
        stamps.check(token, hashlib.sha256(b"other").digest(), stamps.read_authority(local.certificates))


def test_a_stamp_under_another_policy_is_named(local: LocalAuthority, token: bytes) -> None:
    with pytest.raises(StampForeign, match=r"under the policy 1\.2\.3\.4\.1, not under 1\.2\.3\.4\.9"):
        stamps.check(token, DIGEST, stamps.read_authority(local.certificates, "1.2.3.4.9"))
    for several in ("1.2.3.4.9, 1.2.3.4.1", "1.2.3.4.1 1.2.3.4.9"):
        assert stamps.check(token, DIGEST, stamps.read_authority(local.certificates, several)).policy == POLICY


def test_what_does_not_hold_is_not_taken_for_another_s(local: LocalAuthority, token: bytes) -> None:
    """Whatever is named beside it: a changed signature, and a digest that it was not made over."""
    flipped = token[:-5] + bytes([token[-5] ^ 1]) + token[-4:]
    for policy in ("", "1.2.3.4.9"):
        for certificates in (local.certificates, local.certificates + local.signer):
            trusted = stamps.read_authority(certificates, policy)
            for wrong, digest in ((flipped, DIGEST), (token, hashlib.sha256(b"other").digest())):
                with pytest.raises(StampRejected) as caught:
                    stamps.check(wrong, digest, trusted)
                assert not isinstance(caught.value, StampForeign)


def test_an_authority_whose_own_certificate_was_renewed_is_known_by_both(tmp_path: Path, local: LocalAuthority) -> None:
    newer = LocalAuthority(tmp_path / "newer", "Newer")
    trusted = stamps.read_authority(local.certificates + local.signer + newer.certificates + newer.signer)
    for authority, name in ((local, "CN=Stamps"), (newer, "CN=Newer")):
        answer = authority.answer(stamps.question(HEAD, trusted).der)
        assert stamps.read(answer).authority is None
        assert stamps.check(answer, DIGEST, trusted).authority == name
    one = stamps.read_authority(newer.certificates + newer.signer + local.certificates)
    with pytest.raises(StampForeign, match="another authority"):
        stamps.check(local.answer(stamps.question(HEAD, one).der), DIGEST, one)


@pytest.mark.parametrize("own", [False, True])
def test_a_stamp_of_another_authority_is_named(tmp_path: Path, token: bytes, own: bool) -> None:
    """Also where the other one has the same names."""
    other = LocalAuthority(tmp_path / "other")
    trusted = stamps.read_authority(other.certificates + (other.signer if own else b""))
    with pytest.raises(StampForeign, match="another authority"):
        stamps.check(token, DIGEST, trusted)


@pytest.mark.parametrize(("days", "what"), [((-9, -1), "had run out"), ((1, 9), "not valid yet")])
def test_a_stamp_from_outside_the_time_of_its_certificate_is_named(
    tmp_path: Path, days: tuple[int, int], what: str
) -> None:
    late = LocalAuthority(tmp_path / "late", days=days)
    trusted = stamps.read_authority(late.certificates)
    with pytest.raises(StampRejected, match=what):
        stamps.check(late.answer(stamps.question(HEAD, trusted).der), DIGEST, trusted)


def test_the_certificate_of_another_purpose_stamps_nothing(local: LocalAuthority, token: bytes) -> None:
    with pytest.raises(WrongUse, match="no root"):
        stamps.read_authority(local.signer)
    with pytest.raises(WrongUse, match="cannot be read"):
        stamps.read_authority(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(WrongUse, match="cannot be read"):
        stamps.read_authority(local.certificates, "any policy")


@settings(max_examples=300)
@given(
    at=st.integers(0, 10_000),
    change=st.one_of(
        st.integers(0, 7).map(lambda bit: lambda byte: bytes([byte ^ 1 << bit])),
        st.binary(max_size=3).map(lambda other: lambda _: other),
    ),
)
@example(at=0, change=lambda byte: bytes([byte]))
def test_what_was_signed_of_a_stamp_cannot_be_changed(
    local: LocalAuthority, token: bytes, at: int, change: Callable[[int], bytes]
) -> None:
    """A change is refused, or it hit what nobody signed and the stamp still says the same. Nothing else is raised."""
    trusted = stamps.read_authority(local.certificates)
    at %= len(token)
    changed = token[:at] + change(token[at]) + token[at + 1 :]
    try:
        found = stamps.check(changed, DIGEST, trusted)
    except StampRejected:
        assert changed != token
    else:
        assert found == stamps.check(token, DIGEST, trusted)


@pytest.mark.parametrize("wrong", [b"", b"\x30\x03\x02\x01\x00", b"no stamp at all", b"\x30\x84\xff\xff\xff\xff"])
def test_what_is_no_stamp_is_refused(local: LocalAuthority, wrong: bytes) -> None:
    with pytest.raises(StampRejected, match="cannot be read"):
        stamps.read(wrong)
    with pytest.raises(StampRejected, match="cannot be read"):
        stamps.check(wrong, DIGEST, stamps.read_authority(local.certificates))


def test_a_stamp_cut_short_or_with_something_behind_it_is_refused(local: LocalAuthority, token: bytes) -> None:
    for wrong in (token[:-1], token[: len(token) // 2], token + b"\0", token + b"\0" * stamps.LARGEST):
        with pytest.raises(StampRejected):
            stamps.read(wrong)


def test_a_certificate_that_claims_to_be_the_authority_s_own_is_not_taken_for_it(
    local: LocalAuthority, token: bytes
) -> None:
    """Certificates are not signed with a token: anybody can put one more in, with the same names and number."""
    trusted = stamps.read_authority(local.certificates)
    between = x509.load_pem_x509_certificates(local.certificates)[1].public_bytes(Encoding.DER)
    assert stamps.check(with_certificate(token, between), DIGEST, trusted).authority == "CN=Stamps"
    with pytest.raises(StampRejected, match="two certificates that claim to be one"):
        stamps.check(with_certificate(token, local.double), DIGEST, trusted)


def test_an_authority_that_sends_no_certificate_is_known_by_its_own(local: LocalAuthority) -> None:
    trusted = stamps.read_authority(local.certificates + local.signer)
    answer = local.answer(stamps.question(HEAD, trusted).der)
    assert stamps.read(answer).authority is None
    assert stamps.check(answer, DIGEST, trusted).authority == "CN=Stamps"
    with pytest.raises(StampRejected, match="another authority"):
        stamps.check(answer, DIGEST, stamps.read_authority(local.certificates))


def test_certificates_in_no_order_are_refused_with_the_way_round(tmp_path: Path) -> None:
    """openssl writes two certificates as they come; DER wants them sorted, and so does what reads them here."""
    chatty = LocalAuthority(tmp_path / "chatty", chain=True)
    trusted = stamps.read_authority(chatty.certificates)
    answer = chatty.answer(stamps.question(HEAD, trusted).der)
    assert chatty.believes(answer, HEAD)
    with pytest.raises(StampRejected, match="order") as caught:
        stamps.check(answer, DIGEST, trusted)
    assert "own certificate" in caught.value.do
    trusted = stamps.read_authority(chatty.certificates + chatty.signer)
    answer = chatty.answer(stamps.question(HEAD, trusted).der)
    assert stamps.check(answer, DIGEST, trusted).authority == "CN=Stamps"


def test_an_authority_that_refuses_is_quoted(local: LocalAuthority) -> None:
    with pytest.raises(StampRejected, match="The authority refused"):
        stamps.read(local.answer(b"\x30\x03\x02\x01\x01"))


def test_an_authority_is_asked_over_http(local: LocalAuthority) -> None:
    trusted = stamps.read_authority(local.certificates)
    asked = stamps.question(HEAD, trusted)
    with serving(local) as url:
        answer = stamping.ask(url, asked.der)
        with pytest.raises(ServiceError, match="HTTP 400"):
            stamping.ask(url + "/elsewhere", asked.der)
    stamps.check(answer, DIGEST, trusted, asked.nonce)
    with pytest.raises(NetworkFailed, match="gave no answer"):
        stamping.ask(url, asked.der)


def test_what_is_no_authority_is_told_from_one(local: LocalAuthority) -> None:
    with serving(local, "text/html") as url, pytest.raises(ServiceError, match="no time-stamping authority"):
        stamping.ask(url, stamps.question(HEAD, stamps.read_authority(local.certificates)).der)


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://127.0.0.1/tsr", "http://", "http://[::1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(WrongUse, match="address"):
        stamping.ask(url, b"")


def test_an_endless_answer_is_cut_off_and_no_name_or_password_of_the_address_is_told() -> None:
    def endless(_: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, headers={"Content-Type": "application/timestamp-reply"}, content=b"x" * (stamps.LARGEST + 1)
        )

    with pytest.raises(ServiceError, match="far longer") as caught:
        stamping.ask("http://geeta:kalapatapu@127.0.0.1/tsr", b"", httpx.MockTransport(endless))
    assert "kalapatapu" not in str(caught.value)
