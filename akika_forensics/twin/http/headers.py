"""The headers of an answer.

Source: recorded answers. An accepted request is told the version and not to keep the answer; a refusal is not.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import Final

JSON: Final = "application/json"
_VERSION: Final = "1995.128"


def of_success(started: datetime, seconds: float) -> dict[str, str]:
    """HTTP 200. The books are the database, so both parts of ``Service-Time`` say how long they took."""
    took = max(1, round(seconds * 1000))
    return {
        "Content-Type": f"{JSON};charset=utf-8",
        **_traced(started),
        "QBO-Version": _VERSION,
        "Service-Time": f"total={took}, db={took}",
        "Expires": "0",
        "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
    }


def of_refusal(started: datetime, *, unknown_client: bool = False) -> dict[str, str]:
    """Any other status; ``unknown_client`` for a 401."""
    if unknown_client:
        # It is turned away at the gate: nothing behind it has traced it.
        return {
            "Content-Type": JSON,
            "Server": "nginx",
            "intuit_tid": _trace(started),
            "WWW-Authenticate": 'Bearer realm="Intuit", error="invalid_token"',
        }
    return {"Content-Type": JSON, **_traced(started)}


def of_tokens(started: datetime) -> dict[str, str]:
    """What the token endpoint says, whether it gives tokens or refuses them."""
    return {
        "Content-Type": f"{JSON};charset=utf-8",
        "Server": "nginx",
        "Strict-Transport-Security": "max-age=15552000",
        "intuit_tid": _trace(started),
        "Cache-Control": "no-cache, no-store",
        "Pragma": "no-cache",
    }


def _trace(started: datetime) -> str:
    """Its first part is the second in which the request came."""
    return f"1-{int(started.timestamp()):08x}-{secrets.token_hex(12)}"


def _traced(started: datetime) -> dict[str, str]:
    trace = _trace(started)
    return {
        "Server": "nginx",
        "Strict-Transport-Security": "max-age=15552000",
        "intuit_tid": trace,
        "X-SpanId": str(uuid.uuid4()),
        "X-Amzn-Trace-Id": f"Root={trace}",
    }
