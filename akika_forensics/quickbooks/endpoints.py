"""Where one signs in: the addresses of Intuit's two environments, or those of a discovery document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx
import msgspec

from akika_forensics.errors import NetworkFailed, WrongUse
from akika_forensics.quickbooks.connection import check_address
from akika_forensics.quickbooks.faults import no_answer
from akika_forensics.quickbooks.network import network

PRODUCTION: Final = "production"
SANDBOX: Final = "sandbox"
API: Final = {
    PRODUCTION: "https://quickbooks.api.intuit.com",
    SANDBOX: "https://sandbox-quickbooks.api.intuit.com",
}
"""The API of each environment. Source: QuickBooks API, versions and addresses."""

DISCOVERY: Final = "/.well-known/openid_configuration"
_INTUIT: Final = "intuit.com"
_S256: Final = "S256"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """``revoke`` is empty where access cannot be withdrawn by a program; ``proof_keys`` says whether PKCE is offered.

    Raises WrongUse for an address that is neither https nor this machine.
    """

    authorize: str
    token: str
    revoke: str
    proof_keys: bool = False

    def __post_init__(self) -> None:
        for what, address in (("sign-in", self.authorize), ("token", self.token), ("revocation", self.revoke)):
            if address:
                check_address(what, address)


INTUIT: Final = Endpoints(
    "https://appcenter.intuit.com/connect/oauth2",
    "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
    "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
)
"""Both environments sign in at the same addresses; the keys of the app tell them apart.

Source: Intuit's discovery documents, which name no ``code_challenge_methods_supported``: PKCE is not offered.
"""


class _Document(msgspec.Struct):
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str = ""
    code_challenge_methods_supported: list[str] = []


def environment_of(base_url: str) -> str:
    """``production``, ``sandbox``, or the host itself for any other."""
    found = next((name for name, address in API.items() if address == base_url.rstrip("/").lower()), "")
    return found or urlsplit(base_url).netloc


def endpoints_of(base_url: str, *, transport: httpx.BaseTransport | None = None) -> Endpoints:
    """Where one signs in for the company at an API address: Intuit's addresses, else what the host's own document says.

    Raises WrongUse when it has none, NetworkFailed. ``transport`` replaces the network.
    """
    if is_intuit(base_url):
        return INTUIT
    asked = "the addresses of its sign-in"
    try:
        with httpx.Client(transport=transport or network(trust_env=False), trust_env=False, timeout=30.0) as client:
            response = client.get(base_url.rstrip("/") + DISCOVERY, headers={"Accept": "application/json"})
    except httpx.HTTPError as error:
        raise no_answer(error, asked) from None
    if response.status_code != httpx.codes.OK:
        raise WrongUse(
            f"{base_url} does not say where one signs in (HTTP {response.status_code}).",
            do="Check the address of the server; `akika connect` also takes --authorize-url and --token-url.",
        )
    return read_document(response.content, base_url)


def read_document(content: bytes, base_url: str) -> Endpoints:
    """The addresses that a discovery document names. Raises WrongUse, NetworkFailed.

    They lie at the host that names them: a document does not send passwords elsewhere.
    """
    try:
        found = msgspec.json.decode(content, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NetworkFailed(
            f"{base_url} answered something that does not say where one signs in.",
            do="Check the address of the server; `akika connect` also takes --authorize-url and --token-url.",
        ) from None
    named = (found.authorization_endpoint, found.token_endpoint, found.revocation_endpoint)
    host = urlsplit(base_url).hostname
    if any(address and urlsplit(address).hostname != host for address in named):
        raise WrongUse(
            f"{base_url} names addresses of another host for its sign-in.",
            means="The secret of the app would be sent there.",
            do="If they are right, name them: `akika connect` takes --authorize-url and --token-url.",
        )
    return Endpoints(*named, proof_keys=_S256 in found.code_challenge_methods_supported)


def is_intuit(address: str) -> bool:
    """Whether an address lies at Intuit."""
    host = urlsplit(address).hostname or ""
    return host == _INTUIT or host.endswith(f".{_INTUIT}")
