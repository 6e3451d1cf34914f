"""Who connected: the discovery document, the identity token, the keys that verify it, the user's own data.

Source: recorded discovery document and userinfo answer; QuickBooks API, OAuth 2.0.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.twin.http.oauth import Shelf
from akika_forensics.twin.people.actors import OWNER
from akika_forensics.twin.people.trail import User

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SUBJECT: Final = "6f1c7b0a-5d0e-4a53-9a3b-0d8f0f9b7c11"
_LIFE: Final = timedelta(hours=1)
"""The owner's."""
_OWNER_TELLS: Final[dict[str, dict[str, Any]]] = {
    "phone": {"phoneNumber": "+1 6505550100", "phoneNumberVerified": False},
    "address": {
        "address": {
            "streetAddress": "1 Example Street",
            "locality": "Mountain View",
            "region": "CA",
            "postalCode": "94043",
            "country": "US",
        }
    },
}


def subject(user_id: str) -> str:
    """What stands for a user in tokens: the same in every company and for ever."""
    return SUBJECT if user_id == OWNER else str(uuid.uuid5(uuid.NAMESPACE_URL, f"user:{user_id}"))


def user(scopes: Iterable[str], who: User) -> dict[str, Any]:
    """What the user agreed to tell."""
    granted = set(scopes)
    given, _, family = who.name.rpartition(" ")
    told: dict[str, dict[str, Any]] = {
        "openid": {"sub": subject(who.id)},
        "email": {"email": who.email, "emailVerified": True},
        "profile": {"givenName": given, "familyName": family},
        **(_OWNER_TELLS if who.id == OWNER else {}),
    }
    return {name: value for scope, row in told.items() if scope in granted for name, value in row.items()}


class Signer:
    """Signs identity tokens. Its key is made when it is first needed, and kept with the company."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._lock = threading.Lock()
        self._held: RSAPrivateKey | None = None

    def _key(self) -> RSAPrivateKey:
        # What is needed by few starts nobody else later.
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - see above
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415

        with self._lock:
            if self._held is None:
                kept = self._shelf.kept("sign_in_key")
                if kept:
                    found = serialization.load_pem_private_key(str(kept).encode(), None)
                    assert isinstance(found, rsa.RSAPrivateKey)  # noqa: S101 - for the type checker; written below
                    self._held = found
                else:
                    self._held = rsa.generate_private_key(65537, 2048)
                    text = self._held.private_bytes(
                        serialization.Encoding.PEM,
                        serialization.PrivateFormat.PKCS8,
                        serialization.NoEncryption(),
                    )
                    self._shelf.keep("sign_in_key", text.decode())
            return self._held

    def keys(self) -> dict[str, Any]:
        """The JWK set."""
        numbers = self._key().public_key().public_numbers()
        public = {"kty": "RSA", "e": _number(numbers.e), "n": _number(numbers.n)}
        return {"keys": [{**public, "use": "sig", "kid": _kid(public), "alg": "RS256"}]}

    def identity(self, issuer: str, client_id: str, realm: str | None, moment: datetime, user_id: str = OWNER) -> str:
        """A JSON Web Token by RS256."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

        issued = int(moment.timestamp())
        claims: dict[str, Any] = {"sub": subject(user_id), "aud": [client_id]}
        if realm is not None:
            claims["realmid"] = realm
        claims |= {"auth_time": issued, "iss": issuer, "exp": issued + int(_LIFE.total_seconds()), "iat": issued}
        (key,) = self.keys()["keys"]
        head = {"kid": key["kid"], "typ": "JWT", "alg": "RS256"}
        signed = f"{_part(head)}.{_part(claims)}"
        signature = self._key().sign(signed.encode(), PKCS1v15(), SHA256())
        return f"{signed}.{_text(signature)}"


def discovery(origin: str) -> dict[str, Any]:
    """The discovery document, every address on this server."""
    return {
        "issuer": issuer(origin),
        "authorization_endpoint": f"{origin}/connect/oauth2",
        "token_endpoint": f"{origin}/oauth2/v1/tokens/bearer",
        "userinfo_endpoint": f"{origin}/v1/openid_connect/userinfo",
        "revocation_endpoint": f"{origin}/v2/oauth2/tokens/revoke",
        "jwks_uri": f"{origin}/op/v1/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile", "address", "phone"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
    }


def issuer(origin: str) -> str:
    return f"{origin}/op/v1"


def _kid(public: dict[str, str]) -> str:
    """RFC 7638: the thumbprint of the key's own members in order."""
    return _text(hashlib.sha256(json.dumps(public, sort_keys=True, separators=(",", ":")).encode()).digest())


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8))


def _part(value: dict[str, Any]) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
