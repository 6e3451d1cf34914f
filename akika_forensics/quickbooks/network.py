"""The network below every client of QuickBooks. The authorities that it trusts are read once a process.

To read them takes longer than a request to a server on the same machine, and a reader, a writer and every sign-in has a
transport of its own.
"""

from __future__ import annotations

import os
import ssl
from functools import cache
from typing import Final

import httpx

_FEW: Final = httpx.Limits(max_connections=100, max_keepalive_connections=20)
"""What httpx takes where nobody says anything."""


def network(*, limits: httpx.Limits = _FEW, trust_env: bool = True) -> httpx.HTTPTransport:
    """A transport. ``trust_env`` heeds ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` as they are at this moment."""
    named = tuple(os.environ.get(name, "") for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")) if trust_env else ()
    return httpx.HTTPTransport(verify=_trusted(named), trust_env=trust_env, limits=limits)


@cache
def _trusted(named: tuple[str, ...]) -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=bool(named))
