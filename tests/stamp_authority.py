"""A time-stamping authority on this machine: certificates of its own, `openssl ts` behind HTTP on loopback."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

OPENSSL = shutil.which("openssl")
POLICY = "1.2.3.4.1"
_SETTINGS = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_digest = sha256
default_policy = {policy}
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class LocalAuthority:
    """An authority in a folder. ``days``: from when to when its certificate holds, counted from now.

    ``chain``: whether its answers bring the certificate between it and the root as well. ``double``: a certificate (DER)
    with the names and the number of its own, made by somebody else.
    """

    def __init__(
        self,
        folder: Path,
        name: str = "Stamps",
        days: tuple[int, int] = (-10, 3000),
        *,
        chain: bool = False,
        policy: str = POLICY,
    ):
        self.folder, self.name = folder, name
        folder.mkdir()
        root, root_key = _certificate(f"{name} Root", None, (-20, 4000), stamps=False)
        between, between_key = _certificate(f"{name} Between", (root, root_key), (-20, 4000), stamps=False)
        own, own_key = _certificate(name, (between, between_key), days, stamps=True)
        self.certificates = _pem(root) + _pem(between)
        self.signer = _pem(own)
        self.until = own.not_valid_after_utc
        double, _ = _certificate(name, (between, ec.generate_private_key(ec.SECP256R1())), days, stamps=True, like=own)
        self.double = double.public_bytes(Encoding.DER)
        (folder / "signer.pem").write_bytes(self.signer)
        (folder / "signer.key").write_bytes(
            own_key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        )
        (folder / "root.pem").write_bytes(_pem(root))
        (folder / "between.pem").write_bytes(_pem(between))
        (folder / "certificates.pem").write_bytes(self.certificates)
        (folder / "settings").write_text(_SETTINGS.format(folder=folder, policy=policy))
        (folder / "serial").write_text("01\n")
        self._chain = ["-chain", str(folder / "between.pem")] if chain else []

    def answer(self, question: bytes) -> bytes:
        asked, answered = self.folder / "asked", self.folder / "answered"
        asked.write_bytes(question)
        self._openssl(
            "-reply", "-config", "settings", "-section", "one", "-queryfile", "asked", "-out", "answered",
            "-signer", "signer.pem", "-inkey", "signer.key", *self._chain,
        )  # fmt: skip
        return answered.read_bytes()

    def believes(self, token: bytes, data: bytes) -> bool:
        """Whether openssl finds that the token stamps these bytes."""
        (self.folder / "token").write_bytes(token)
        (self.folder / "data").write_bytes(data)
        try:
            self._openssl(
                "-verify", "-in", "token", "-data", "data", "-CAfile", "root.pem", "-untrusted", "between.pem"
            )
        except subprocess.CalledProcessError:
            return False
        return True

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", "ts", *arguments], cwd=self.folder, check=True, capture_output=True)


@contextmanager
def serving(authority: LocalAuthority, content_type: str = "application/timestamp-reply") -> Iterator[str]:
    """The address at which it answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            asked_well = self.headers["Content-Type"] == "application/timestamp-query" and self.path == "/tsr"
            content = authority.answer(question) if asked_well else b""
            self.send_response(200 if asked_well else 400)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/tsr"
        finally:
            server.shutdown()
            thread.join()


def _certificate(
    name: str,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
    days: tuple[int, int],
    *,
    stamps: bool,
    like: x509.Certificate | None = None,
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    use = x509.KeyUsage(
        digital_signature=stamps, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=not stamps, crl_sign=not stamps, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(like.serial_number if like else x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=not stamps, path_length=None), critical=True)
        .add_extension(use, critical=True)
    )
    if stamps:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        made = made.add_extension(purpose, critical=True)
    return made.sign(issuer[1] if issuer else key, hashes.SHA256()), key


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def with_certificate(token: bytes, certificate: bytes) -> bytes:
    """The same answer with one certificate more in it; nothing that was signed is touched.

    Source: RFC 5652, section 5.1 (the certificates of signed data, implicitly tagged 0); X.690, 11.6 (order of a set).
    """
    ((_, answer),) = _elements(token)
    status, (_, content) = _elements(answer)
    kind, (_, wrapped) = _elements(content)
    ((_, inner),) = _elements(wrapped)
    version, digests, signed, (_, certificates), signers = _elements(inner)
    brought = b"".join(sorted([*(_der(*one) for one in _elements(certificates)), certificate]))
    data = b"".join(_der(*one) for one in (version, digests, signed, (0xA0, brought), signers))
    return _der(0x30, _der(*status) + _der(0x30, _der(*kind) + _der(0xA0, _der(0x30, data))))


def _elements(data: bytes) -> list[tuple[int, bytes]]:
    """Tags and contents of what follows one another in DER."""
    found = []
    while data:
        length, at = data[1], 2
        if length & 0x80:
            at += length & 0x7F
            length = int.from_bytes(data[2:at], "big")
        found.append((data[0], data[at : at + length]))
        data = data[at + length :]
    return found


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content
