"""What Intuit's tokens look like; the values themselves are chance.

Source: shapes seen in recorded answers and in the examples of the documentation. An access token is a JWE in five
parts, of which the second is empty; refresh tokens and authorization codes begin with ``AB11`` and a time in seconds.
"""

from __future__ import annotations

import hashlib
import secrets
import string
from datetime import datetime
from typing import Final

SHORTEST: Final = 20
LONGEST: Final = 4096
_HEADER: Final = "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0"
_SIGNS: Final = string.ascii_letters + string.digits


def access() -> str:
    """About 1,000 characters."""
    return f"{_HEADER}..{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(672)}.{secrets.token_urlsafe(16)}"


def refresh(ends: datetime) -> str:
    """Fifty characters."""
    return f"AB11{_seconds(ends)}{_chance(36)}"


def code(ends: datetime) -> str:
    return f"AB11{_seconds(ends)}{_chance(36)}"


def plausible(token: str) -> bool:
    """Whether a bearer token has a length that one can have."""
    return SHORTEST <= len(token) <= LONGEST


def reference(token: str, moment: datetime) -> str:
    """The name under which a refusal speaks of an access token; it does not give the token away."""
    digest = hashlib.sha256(b"reference " + token.encode()).digest()
    return f"AB0{_seconds(moment)}" + "".join(_SIGNS[byte % len(_SIGNS)] for byte in (digest * 2)[:37])


def key(token: str) -> str:
    """Under which a token is filed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _seconds(moment: datetime) -> str:
    return f"{int(moment.timestamp()):010d}"


def _chance(length: int) -> str:
    return "".join(secrets.choice(_SIGNS) for _ in range(length))
