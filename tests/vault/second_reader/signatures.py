"""Signatures of SSH, read by hand, and put to OpenSSH as well."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .plain import Wrong, raw, require


def strings(data: bytes) -> list[bytes]:
    """SSH's strings: four bytes of length, big-endian, and so many bytes."""
    found = []
    while data:
        length = int.from_bytes(data[:4], "big")
        require(len(data) >= 4 + length, "a string of SSH is cut")
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    return found


def packed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def signer_of(armored: bytes, message: bytes, namespace: str) -> str:
    """The key that made a signature, as OpenSSH writes it."""
    lines = armored.decode().splitlines()
    require(lines[0] == "-----BEGIN SSH SIGNATURE-----" and lines[-1] == "-----END SSH SIGNATURE-----", "no signature")
    blob = raw("".join(lines[1:-1]))
    require(blob[:10] == b"SSHSIG\0\0\0\1", "no signature of version 1")
    public, name, reserved, algorithm, signature = strings(blob[10:])
    require((name, reserved, algorithm) == (namespace.encode(), b"", b"sha512"), "signed for something else")
    kind, key = strings(public)
    kind_again, value = strings(signature)
    require(kind == kind_again == b"ssh-ed25519", "another algorithm")
    signed = b"SSHSIG" + packed(name, b"", b"sha512", hashlib.sha512(message).digest())
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(value, signed)
    except InvalidSignature as error:
        raise Wrong("a signature does not fit") from error
    return f"ssh-ed25519 {base64.b64encode(public).decode()}"


def ask_ssh_keygen(public: str, namespace: str, signature: Path, message: bytes) -> None:
    """The same question to OpenSSH, where it is on PATH."""
    program = shutil.which("ssh-keygen")
    if program is None:
        return
    with tempfile.NamedTemporaryFile("w", suffix=".signers") as allowed:
        allowed.write(f"akika {public}\n")
        allowed.flush()
        command = [program, "-Y", "verify", "-f", allowed.name, "-I", "akika", "-n", namespace, "-s", str(signature)]
        answer = subprocess.run(command, input=message, capture_output=True, check=False)
    require(answer.returncode == 0, f"ssh-keygen does not take {signature}: {answer.stderr.decode()}")
