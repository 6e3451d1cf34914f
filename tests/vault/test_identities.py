"""Envelopes and identities: held against RFC 9180, OpenSSH and a second implementation written here."""

from __future__ import annotations

import copy
import hashlib
import hmac
import pickle
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import WrongKey, WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault import KdfCost, canonical
from akika_forensics.vault.chains import sshsig
from akika_forensics.vault.keys import hpke, identity, passphrase
from akika_forensics.vault.keys.identity import Identity, Recipient
from akika_forensics.vault.keys.sealing import OpenError

PRIVATE = X25519PrivateKey.from_private_bytes(bytes(range(32)))
ANNA = Identity.from_bytes(bytes(range(64)))


class SecondHpke:
    """RFC 9180, sections 4 to 6, base mode, from HMAC, X25519 and AES-GCM alone."""

    def __init__(self, aead_id: int, key_length: int) -> None:
        self.suite = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (0x20, 1, aead_id))
        self.key_length = key_length

    @staticmethod
    def extract(suite: bytes, salt: bytes, label: bytes, secret: bytes) -> bytes:
        return hmac.new(salt or bytes(32), b"HPKE-v1" + suite + label + secret, hashlib.sha256).digest()

    @staticmethod
    def expand(suite: bytes, secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
        assert length <= 32
        labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
        return hmac.new(secret, labelled + b"\x01", hashlib.sha256).digest()[:length]

    def schedule(self, shared: bytes, info: bytes) -> tuple[bytes, bytes]:
        context = (
            b"\x00"
            + self.extract(self.suite, b"", b"psk_id_hash", b"")
            + self.extract(self.suite, b"", b"info_hash", info)
        )
        secret = self.extract(self.suite, shared, b"secret", b"")
        return (
            self.expand(self.suite, secret, b"key", context, self.key_length),
            self.expand(self.suite, secret, b"base_nonce", context, 12),
        )

    def shared(self, exchanged: bytes, enc: bytes, public: bytes) -> bytes:
        kem = b"KEM\x00\x20"
        secret = self.extract(kem, b"", b"eae_prk", exchanged)
        return self.expand(kem, secret, b"shared_secret", enc + public, 32)

    def open(self, private: X25519PrivateKey, sealed: bytes, info: bytes, aad: bytes = b"") -> bytes:
        enc, ciphertext = sealed[:32], sealed[32:]
        exchanged = private.exchange(X25519PublicKey.from_public_bytes(enc))
        key, nonce = self.schedule(self.shared(exchanged, enc, private.public_key().public_bytes_raw()), info)
        return AESGCM(key).decrypt(nonce, ciphertext, aad)

    def seal(self, public: X25519PublicKey, data: bytes, info: bytes) -> bytes:
        once = X25519PrivateKey.generate()
        enc = once.public_key().public_bytes_raw()
        key, nonce = self.schedule(self.shared(once.exchange(public), enc, public.public_bytes_raw()), info)
        return enc + AESGCM(key).encrypt(nonce, data, b"")


def test_the_second_implementation_opens_the_published_vector() -> None:
    # RFC 9180, appendix A.1.1, first encryption: the same construction with AES-128-GCM, which is all that the
    # appendix gives for X25519 and AES.
    private = X25519PrivateKey.from_private_bytes(
        bytes.fromhex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8")
    )
    enc = bytes.fromhex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431")
    ciphertext = bytes.fromhex(
        "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a"
    )
    opened = SecondHpke(1, 16).open(private, enc + ciphertext, b"Ode on a Grecian Urn", b"Count-0")
    assert opened == b"Beauty is truth, truth beauty"


@given(st.binary(max_size=200), st.lists(st.text(max_size=8) | st.integers(0, 1 << 40), max_size=3))
def test_envelopes_and_the_second_implementation_read_each_other(data: bytes, place: list[str | int]) -> None:
    second, info = SecondHpke(2, 32), canonical.encode(["akika/1", *place])
    sealed = hpke.seal(PRIVATE.public_key(), data, *place)
    assert len(sealed) == len(data) + hpke.OVERHEAD
    assert second.open(PRIVATE, sealed, info) == data
    assert hpke.open_sealed(PRIVATE, second.seal(PRIVATE.public_key(), data, info), *place) == data


def test_an_envelope_opens_with_its_key_at_its_place_only() -> None:
    sealed = hpke.seal(PRIVATE.public_key(), b"keys", "keyring", "v", 2)
    assert hpke.open_sealed(PRIVATE, sealed, "keyring", "v", 2) == b"keys"
    assert hpke.seal(PRIVATE.public_key(), b"keys", "keyring", "v", 2) != sealed
    other = X25519PrivateKey.generate()
    for key, place in (
        (other, ("keyring", "v", 2)),
        (PRIVATE, ("keyring", "v", 3)),
        (PRIVATE, ("keyring", "v")),
        (PRIVATE, ("keyring", "v", "2")),
    ):
        with pytest.raises(OpenError):
            hpke.open_sealed(key, sealed, *place)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(OpenError):
            hpke.open_sealed(PRIVATE, bytes(changed), "keyring", "v", 2)
    for bad in (b"", sealed[:31], sealed[:-1], sealed + b"\0", bytes(len(sealed))):
        with pytest.raises(OpenError):
            hpke.open_sealed(PRIVATE, bad, "keyring", "v", 2)


def test_nothing_is_sealed_to_a_point_of_small_order() -> None:
    with pytest.raises(ValueError):
        hpke.seal(X25519PublicKey.from_public_bytes(bytes(32)), b"keys", "place")


@given(st.binary(min_size=64, max_size=64))
def test_an_identity_comes_back_from_its_seeds_and_its_public_half_from_its_line(seeds: bytes) -> None:
    first = Identity.from_bytes(seeds)
    assert first.to_bytes() == seeds
    line = first.recipient.line
    for typed in (line, line.upper(), f"  {line[:40]}\n {line[40:]}\n"):
        assert Recipient.parse(typed) == first.recipient
    assert Recipient.from_bytes(first.recipient.to_bytes()) == first.recipient
    assert hpke.open_sealed(first.envelope, hpke.seal(first.recipient.envelope, b"x", "p"), "p") == b"x"


@given(st.data())
def test_a_slip_in_a_recipient_is_noticed(data: st.DataObject) -> None:
    line = ANNA.recipient.line
    start = len("akika-recipient-")
    position = data.draw(st.integers(start, len(line) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz234567019-"))
    slip = data.draw(
        st.sampled_from(
            (line[:position] + letter + line[position + 1 :], line[:position] + line[position + 1 :], line + letter)
        )
    )
    if slip == line:
        return
    with pytest.raises(WrongUse, match="check sum does not fit"):
        Recipient.parse(slip)


def test_what_is_no_recipient_is_refused_plainly() -> None:
    for text in ("", "anna", ANNA.recipient.signer_line, "age1xyz"):
        with pytest.raises(WrongUse, match=r"begins with akika-recipient-"):
            Recipient.parse(text)
    weak = Recipient(X25519PublicKey.from_public_bytes(bytes(32)), ANNA.recipient.signing)
    with pytest.raises(WrongUse, match="no keys"):
        Recipient.parse(weak.line)
    for length in (0, 63, 65):
        with pytest.raises(ValueError):
            Recipient.from_bytes(bytes(length))
        with pytest.raises(ValueError):
            Identity.from_bytes(bytes(length))


def test_openssh_checks_what_an_identity_signs(tmp_path: Path) -> None:
    (tmp_path / "signers").write_text(f"anna {ANNA.recipient.signer_line}\n")
    (tmp_path / "sig").write_bytes(sshsig.sign(ANNA.signer, b"the act", "akika-commit"))
    command = ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", "anna", "-n", "akika-commit", "-s", "sig"]
    done = subprocess.run(command, cwd=tmp_path, input=b"the act", capture_output=True, check=True)
    assert ANNA.recipient.fingerprint in done.stdout.decode()


def test_secrets_of_an_identity_have_no_text_form() -> None:
    seeds = ANNA.to_bytes()
    shown = f"{ANNA!r} {ANNA} {ANNA.recipient!r} {ANNA.recipient.line} {ANNA.recipient.signer_line}"
    assert all(half.hex() not in shown and repr(half) not in shown for half in (seeds[:32], seeds[32:]))
    assert repr(ANNA) == f"Identity({ANNA.recipient.fingerprint})"
    for act in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="keys are not pickled"):
            act(ANNA)


def test_two_fresh_identities_differ() -> None:
    assert Identity.fresh().to_bytes() != Identity.fresh().to_bytes()


def test_an_identity_file_opens_with_its_own_passphrase(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "anna.identity"
    identity.write_file(file, ANNA, Secret("anna's own"), cost=KdfCost.CHEAP)
    assert file.stat().st_mode & 0o777 == 0o600
    content = file.read_bytes()
    assert ANNA.to_bytes()[:32] not in content
    assert ANNA.to_bytes()[32:] not in content
    assert identity.read_file(file, Secret("anna's own")).to_bytes() == ANNA.to_bytes()
    with pytest.raises(WrongKey):
        identity.read_file(file, Secret("another"))
    with pytest.raises(WrongUse, match="empty"):
        identity.read_file(file, Secret(""))
    with pytest.raises(WrongUse, match="cannot be read"):
        identity.read_file(tmp_path / "nowhere", Secret("anna's own"))
    short = canonical.encode({"format": "akika-identity-1", "seeds": bytes(63)})
    sealed = (passphrase.seal(Secret("anna's own"), data, KdfCost.CHEAP) for data in (b"x", ANNA.to_bytes(), short))
    for other in (b"", content[:-1], b"ssh-ed25519 AAAA", *sealed):
        bad = tmp_path / "bad"
        bad.write_bytes(other)
        with pytest.raises(WrongUse, match="no identity file"):
            identity.read_file(bad, Secret("anna's own"))


def test_an_identity_file_lies_outside_and_overwrites_nothing(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    for inside in (root / "anna", root / "a" / ".." / "anna"):
        with pytest.raises(WrongUse, match="may not lie inside the vault"):
            identity.write_file(inside, ANNA, Secret("p"), root=root, cost=KdfCost.CHEAP)
    assert not root.exists()
    there = tmp_path / "there"
    there.write_text("another's")
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "elsewhere")
    for file in (there, dangling):
        with pytest.raises(WrongUse, match="already there"):
            identity.write_file(file, ANNA, Secret("p"), root=root, cost=KdfCost.CHEAP)
    assert there.read_text() == "another's"
    assert not (tmp_path / "elsewhere").exists()
    with pytest.raises(WrongUse, match="empty"):
        identity.write_file(tmp_path / "new", ANNA, Secret(""), cost=KdfCost.CHEAP)
    assert not (tmp_path / "new").exists()
