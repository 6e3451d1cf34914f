from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import VaultDamaged
from akika_forensics.vault.chains import sshsig

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture(scope="session")
def ssh_keygen() -> str:
    found = shutil.which("ssh-keygen")
    if found is None:
        pytest.skip("needs ssh-keygen: none on PATH")
    return found


@given(st.binary(max_size=200), st.sampled_from(["akika-commit", "akika-custody", "file"]))
def test_what_is_signed_verifies(message: bytes, namespace: str) -> None:
    sshsig.verify(KEY.public_key(), message, sshsig.sign(KEY, message, namespace), namespace)


def test_another_message_namespace_or_key_is_refused() -> None:
    signature = sshsig.sign(KEY, b"message", "akika-commit")
    for message, namespace, key in [
        (b"massage", "akika-commit", KEY),
        (b"message", "akika-custody", KEY),
        (b"message", "akika-commit", Ed25519PrivateKey.generate()),
    ]:
        with pytest.raises(VaultDamaged):
            sshsig.verify(key.public_key(), message, signature, namespace)


def test_the_signer_is_told_whoever_it_is() -> None:
    for key in (KEY, Ed25519PrivateKey.generate()):
        signature = sshsig.sign(key, b"message", "akika-commit")
        found = sshsig.signer(b"message", signature, "akika-commit")
        assert found.public_bytes_raw() == key.public_key().public_bytes_raw()
        for message, namespace in ((b"massage", "akika-commit"), (b"message", "akika-custody")):
            with pytest.raises(VaultDamaged):
                sshsig.signer(message, signature, namespace)


def test_every_bit_of_a_signature_counts() -> None:
    signature = sshsig.sign(KEY, b"message", "akika-commit")
    for position in range(len(signature)):
        for bit in range(8):
            changed = bytearray(signature)
            changed[position] ^= 1 << bit
            with pytest.raises(VaultDamaged):
                sshsig.verify(KEY.public_key(), b"message", bytes(changed), "akika-commit")


@pytest.mark.parametrize("tail", [b"\n", b" ", b"\r\n", b"x"])
def test_nothing_may_follow(tail: bytes) -> None:
    with pytest.raises(VaultDamaged):
        sshsig.parse(sshsig.sign(KEY, b"message", "n") + tail)


@given(st.binary(max_size=300))
def test_noise_is_damage_and_nothing_else(noise: bytes) -> None:
    with pytest.raises(VaultDamaged):
        sshsig.parse(noise)
    with pytest.raises(VaultDamaged):
        sshsig.parse(b"-----BEGIN SSH SIGNATURE-----\n" + noise + b"\n-----END SSH SIGNATURE-----\n")


def test_a_public_line_comes_back() -> None:
    line = sshsig.public_line(KEY.public_key(), "preparer")
    assert line.endswith(" preparer")
    assert sshsig.read_public_line(line).public_bytes_raw() == KEY.public_key().public_bytes_raw()
    for bad in ("", "ssh-ed25519", "ssh-rsa AAAA", line[:40], line.replace("ssh-ed25519", "ssh-rsa")):
        with pytest.raises(VaultDamaged):
            sshsig.read_public_line(bad)


def test_ssh_keygen_verifies_ours(ssh_keygen: str, tmp_path: Path) -> None:
    (tmp_path / "signers").write_text(f"akika {sshsig.public_line(KEY.public_key())}\n")
    (tmp_path / "message.sig").write_bytes(sshsig.sign(KEY, b"message", "akika-commit"))
    command = [ssh_keygen, "-Y", "verify", "-f", str(tmp_path / "signers"), "-I", "akika", "-n"]
    for namespace, message, accepted in [
        ("akika-commit", b"message", True),
        ("akika-commit", b"massage", False),
        ("akika-custody", b"message", False),
    ]:
        run = subprocess.run(
            [*command, namespace, "-s", str(tmp_path / "message.sig")], input=message, capture_output=True, check=False
        )
        assert (run.returncode == 0) is accepted, run.stderr


@pytest.mark.parametrize("hashing", ["sha512", "sha256"])
def test_we_verify_what_ssh_keygen_signs(ssh_keygen: str, tmp_path: Path, hashing: str) -> None:
    private = KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    path = tmp_path / "key"
    path.write_bytes(private)
    path.chmod(0o600)
    run = subprocess.run(
        [ssh_keygen, "-Y", "sign", "-O", f"hashalg={hashing}", "-f", str(path), "-n", "approval"],
        input=b"message",
        capture_output=True,
        check=True,
    )
    sshsig.verify(KEY.public_key(), b"message", run.stdout, "approval")
    if hashing == "sha512":
        assert run.stdout == sshsig.sign(KEY, b"message", "approval")


def test_the_fingerprint_is_that_of_ssh_keygen(ssh_keygen: str, tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_text(sshsig.public_line(KEY.public_key(), "x") + "\n")
    run = subprocess.run([ssh_keygen, "-l", "-f", str(tmp_path / "key.pub")], capture_output=True, check=True)
    assert sshsig.fingerprint(KEY.public_key()) in run.stdout.decode()


def test_ssh_keygen_verifies_every_entry_of_a_vault(ssh_keygen: str, filled: Any, tmp_path: Path) -> None:
    signer = json.loads((filled.root / "VAULT.json").read_bytes())["signer"]
    (tmp_path / "signers").write_text(f"akika {signer}\n")
    signatures = [path for path in filled.root.rglob("*.sig") if path.parent.name in {"commits", "custody"}]
    assert len(signatures) == 6
    for path in signatures:
        entry = path.with_name(f"{path.name.split('-')[0]}.json")
        namespace = {"commits": "akika-commit", "custody": "akika-custody"}[path.parent.name]
        command = [ssh_keygen, "-Y", "verify", "-f", tmp_path / "signers", "-I", "akika", "-n", namespace, "-s", path]
        subprocess.run(command, input=entry.read_bytes(), capture_output=True, check=True)
