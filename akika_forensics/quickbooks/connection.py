"""Where a company's API lies and how its tokens are kept."""

from __future__ import annotations

import re
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import urlsplit

from akika_forensics.errors import WrongUse
from akika_forensics.settings import Secret

_REALM: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Connection:
    """One company at one API host, with the client that speaks to it.

    ``base_url`` has no path; ``/v3/company/{realm_id}`` follows it directly. Raises WrongUse when an address is not
    https (plain http is for this machine only), carries a path or a name and password, or when the token address
    lies among the API's own paths.
    """

    name: str
    realm_id: str
    base_url: str
    token_url: str
    client_id: str
    client_secret: Secret = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))
        if not _REALM.fullmatch(self.realm_id):
            raise WrongUse(f"{self.realm_id!r} is not a company id of QuickBooks.", do="Give the realm id, a number.")
        for what, address in (("API", self.base_url), ("token", self.token_url)):
            check_address(what, address)
        if urlsplit(self.base_url).path:
            raise WrongUse(f"The API address {self.base_url!r} has a path.", do="Give it without one.")
        if "/v3" in urlsplit(self.token_url).path.lower():
            raise WrongUse(
                f"The token address {self.token_url!r} lies among the paths of the API.",
                means="Whatever is posted there could be a write.",
                do="Give the address of the OAuth token endpoint.",
            )

    @property
    def company_url(self) -> str:
        return f"{self.base_url}/v3/company/{self.realm_id}"

    @property
    def local(self) -> bool:
        """True when the API host is this machine."""
        return urlsplit(self.base_url).hostname in LOOPBACK


def check_address(what: str, address: str) -> None:
    """Raises WrongUse for what is neither https nor plain http to this machine, or carries more than host and path."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise WrongUse(f"The {what} address {address!r} is not a web address.", do="It begins with https://.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise WrongUse(
            f"The {what} address {address!r} is not encrypted.",
            means="Tokens would travel in the clear.",
            do="Use https; plain http is for this machine only.",
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise WrongUse(f"The {what} address carries more than a host and a path.", do="Give the bare address.")


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access token and the refresh token that renews it; all times are aware.

    ``refresh_expires_at`` moves on with every renewal. ``hard_expires_at`` does not: then a person has to connect anew;
    None where the service did not say.
    Source: QuickBooks API, OAuth 2.0: 100 days after its last use, five years after somebody connected.
    """

    access_token: Secret
    refresh_token: Secret
    access_expires_at: datetime
    refresh_expires_at: datetime
    hard_expires_at: datetime | None = None


class TokenStore(Protocol):
    """Keeps the tokens of one company."""

    def load(self) -> Tokens:
        """The newest tokens saved. Raises SignInFailed when there are none."""
        ...

    def save(self, tokens: Tokens) -> None:
        """Returns only once the tokens would survive a crash of the machine."""
        ...

    def exclusive(self) -> AbstractContextManager[object]:
        """One renewal at a time: waits until no other thread or process renews what this store keeps."""
        ...


class MemoryTokenStore:
    """Tokens that live as long as the process: for a twin whose tokens die with it."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._lock = threading.Lock()

    def load(self) -> Tokens:
        return self._tokens

    def save(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def exclusive(self) -> AbstractContextManager[object]:
        return self._lock
