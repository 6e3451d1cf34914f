"""RFC 3161 time stamps: what is asked of an authority, and what its answer proves. Pure.

A stamp says that a byte sequence with a certain SHA-256 existed at a time. Made over the head of the commits, it says
so of everything that the head follows, whoever wants to have written it later.

Source: RFC 3161, sections 2.4.1 (request) and 2.4.2 (response and token); RFC 5816 (certificates by SHA-256).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import rfc3161_client as client
from cryptography import x509
from cryptography.x509 import Certificate
from cryptography.x509.oid import ExtendedKeyUsageOID

from akika_forensics.errors import Found, WrongUse
from akika_forensics.vault.canonical import DamagedFile

CHAIN: Final = "stamps"
NAMESPACE: Final = "akika-stamp"
LARGEST: Final = 1 << 20
"""Bytes; an answer is a few thousand."""

_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_GRANTED: Final = 0

# What OpenSSL says of a certificate, and what that means for a stamp.
_MEANING: Final = {
    "has expired": "The certificate of its authority had run out at the time that it tells.",
    "not yet valid": "The certificate of its authority was not valid yet at the time that it tells.",
}
_OF_ANOTHER: Final = ("certificate signature failure", "issuer", "self", "signer certificate not found")
_ANOTHER: Final = "It is by another authority than those whose certificates were given."


class StampRejected(Found):
    """A time stamp that does not prove what it is said to prove."""

    code = "stamp_rejected"


class StampForeign(StampRejected):
    """A time stamp by an authority, or under a policy, that was not named: it proves nothing here, and may be a good one."""


@dataclass(frozen=True)
class StampAuthority:
    """Whose stamps are believed: one authority or several, or one before and after its certificates were renewed.

    ``signers``: certificates of those who stamp, for answers that bring none; where there are any, no other counts.
    ``policies``: object identifiers one of which a stamp must name; any will do where there are none.
    """

    roots: tuple[Certificate, ...]
    between: tuple[Certificate, ...] = ()
    signers: tuple[Certificate, ...] = ()
    policies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A request as it is sent, and its nonce, which the answer must repeat."""

    der: bytes
    nonce: int


@dataclass(frozen=True)
class Stamp:
    """What a token tells; ``digest`` (32 bytes) is the SHA-256 that it was made over.

    ``authority`` is the name in its certificate and ``until`` when that runs out; both are None when the token
    brings no certificate.
    """

    at: datetime
    digest: bytes
    policy: str
    serial: int
    authority: str | None
    until: datetime | None


def read_authority(pem: bytes, policy: str = "") -> StampAuthority:
    """The certificates of a PEM file: roots (which sign themselves), those between, and those of who stamps.

    With one of the last given, none is asked for with a stamp. ``policy``: several are separated by commas or blanks.
    Raises WrongUse.
    """
    policies = tuple(policy.replace(",", " ").split())
    try:
        found = x509.load_pem_x509_certificates(pem)
        for one in policies:
            x509.ObjectIdentifier(one)
    except ValueError as error:
        raise WrongUse(
            "The certificates or the policy of the time-stamping authority cannot be read.",
            do="Give a file of certificates in PEM, and a policy such as 1.2.3.4.1 or none.",
        ) from error
    signers = [one for one in found if _stamps(one)]
    roots = [one for one in found if one.subject == one.issuer and one not in signers]
    if not roots:
        raise WrongUse(
            "The certificates of the time-stamping authority have no root.",
            do="Give its root certificate and those between; perhaps those of the authority itself.",
        )
    between = tuple(one for one in found if one not in roots and one not in signers)
    return StampAuthority(tuple(roots), between, tuple(signers), policies)


def question(data: bytes, authority: StampAuthority) -> Question:
    """A request for a stamp over the SHA-256 of ``data``."""
    made = (
        client.TimestampRequestBuilder()
        .data(data)
        .hash_algorithm(client.HashAlgorithm.SHA256)
        .cert_request(cert_request=not authority.signers)
        .build()
    )
    if made.nonce is None:
        raise AssertionError("a request was made without a nonce")
    return Question(made.as_bytes(), made.nonce)


def read(token: bytes) -> Stamp:
    """What an answer (DER, as received) says; proves nothing yet. Raises StampRejected when it is not a stamp."""
    return _told(_response(token), ())[0]


def require(token: bytes, path: str) -> None:
    """Raises DamagedFile, naming ``path``, when it is not a whole time stamp."""
    try:
        read(token)
    except StampRejected as error:
        raise DamagedFile(path, error.what) from error


def check(token: bytes, digest: bytes, authority: StampAuthority, nonce: int | None = None) -> Stamp:
    """Returns when one whom ``authority`` names stamped ``digest`` (a SHA-256, 32 bytes) while its certificate was valid.

    ``nonce`` is compared when given. Raises StampForeign where it is whole and over this digest, but its authority or its
    policy was not named, and StampRejected in all other cases.
    """
    response = _response(token)
    stamp, signer = _told(response, authority.signers)
    if stamp.digest != digest:
        raise StampRejected("It was made over other bytes.")
    if authority.signers and signer not in authority.signers:
        raise StampForeign(_ANOTHER)
    verifier = client.VerifierBuilder(
        tsa_certificate=signer if authority.signers else None,
        intermediates=list(authority.between),
        roots=list(authority.roots),
        nonce=nonce,
    ).build()
    try:
        with _readable():
            verifier.verify(response, digest)
    except client.VerificationError as error:
        raise _rejected(str(error)) from error
    # Of the policy only who is known says anything: last, so that what does not hold is not taken for another's.
    if authority.policies and stamp.policy not in authority.policies:
        named = " or ".join(authority.policies)
        raise StampForeign(f"It was made under the policy {stamp.policy}, not under {named}.")
    return stamp


def _response(token: bytes) -> client.TimeStampResponse:
    if len(token) > LARGEST:
        raise StampRejected("It is far longer than a time stamp.")
    with _readable():
        response = client.decode_timestamp_response(token)
        status, words = response.status, "; ".join(response.status_string)
    if status != _GRANTED:
        raise StampRejected(f"The authority refused (status {status}): {words or 'it does not say why'}.")
    if response.as_bytes() != token:
        raise StampRejected("It is spelled in another way than an authority writes.")
    return response


def _told(response: client.TimeStampResponse, known: Iterable[Certificate]) -> tuple[Stamp, Certificate | None]:
    """What it tells, and the certificate that its signature names, among those that it brings and ``known``."""
    with _readable():
        info = response.tst_info
        imprint = info.message_imprint
        if imprint.hash_algorithm.dotted_string != _SHA256 or len(imprint.message) != 32:
            raise StampRejected("It was not made over a SHA-256.")
        brought = [x509.load_der_x509_certificate(one) for one in response.signed_data.certificates]
        certificate = _signer(response, [*brought, *known])
        stamp = Stamp(
            at=info.gen_time,
            digest=imprint.message,
            policy=info.policy.dotted_string,
            serial=info.serial_number,
            authority=certificate.subject.rfc4514_string() if certificate else None,
            until=certificate.not_valid_after_utc if certificate else None,
        )
        return stamp, certificate


def _signer(response: client.TimeStampResponse, known: Iterable[Certificate]) -> Certificate | None:
    """The one certificate that the signature names. Two of one issuer and number could be taken for one another."""
    named = list(response.signed_data.signer_infos)
    if len(named) != 1:
        raise StampRejected("It is not signed by exactly one authority.")
    found = {one for one in known if (one.issuer, one.serial_number) == (named[0].issuer, named[0].serial_number)}
    if len(found) > 1:
        raise StampRejected("It brings two certificates that claim to be one.")
    return next(iter(found), None)


@contextmanager
def _readable() -> Iterator[None]:
    """What the reading libraries raise on bytes that are no stamp is as varied as such bytes."""
    try:
        yield
    except (StampRejected, client.VerificationError):
        raise
    except Exception as error:
        if "InvalidSetOrdering" in str(error):
            raise StampRejected(
                "Its certificates are not in the order that DER asks for.",
                do="Put the authority's own certificate into the file of its certificates: then it sends none.",
            ) from error
        raise StampRejected("It is not a time stamp: it cannot be read.") from error


def _stamps(certificate: Certificate) -> bool:
    """Whether a certificate is of one who stamps."""
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return ExtendedKeyUsageOID.TIME_STAMPING in purposes


def _rejected(said: str) -> StampRejected:
    """``said``: by the libraries that verify."""
    if "Nonce" in said:
        return StampRejected("It answers another request.")
    if "EKU" in said:
        return StampRejected("The certificate of its authority is not one for time stamps.")
    for part, meaning in _MEANING.items():
        if part in said:
            return StampRejected(meaning)
    if any(part in said for part in _OF_ANOTHER):
        return StampForeign(_ANOTHER)
    return StampRejected("Its signature does not fit what it tells.")
