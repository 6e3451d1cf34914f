"""Envelopes: whoever has a public key can seal, only the holder of its private key opens.

Source: RFC 9180, base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. An envelope is the encapsulated key
(32 bytes), the ciphertext and its tag (16).
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from akika_forensics.vault import canonical
from akika_forensics.vault.keys.sealing import OpenError

_SUITE: Final = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
OVERHEAD: Final = 48
"""Bytes that an envelope is longer than what is in it."""


def seal(public: X25519PublicKey, data: bytes, *place: str | int) -> bytes:
    """An envelope that opens only with the private key, at the same place. Raises ValueError for a public key that is none."""
    return _SUITE.encrypt(data, public, info=_info(place))


def open_sealed(private: X25519PrivateKey, sealed: bytes, *place: str | int) -> bytes:
    """Raises OpenError when the key, the place or the bytes are not those it was sealed with."""
    try:
        return _SUITE.decrypt(sealed, private, info=_info(place))
    except (InvalidTag, ValueError) as error:
        raise OpenError from error


def _info(place: tuple[str | int, ...]) -> bytes:
    return canonical.encode(["akika/1", *place])
