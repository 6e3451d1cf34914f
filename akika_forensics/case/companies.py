"""The companies a vault is connected to: where each lies, and its tokens, sealed in slots of the vault."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import httpx
import msgspec

from akika_forensics.case.spending import SPENDING, Spending
from akika_forensics.errors import SignInFailed, WrongUse
from akika_forensics.model.company import Company
from akika_forensics.model.concealed import Concealed
from akika_forensics.model.formats import Format, unchanged
from akika_forensics.model.instants import format_instant, now
from akika_forensics.quickbooks import Connection, Limits, MemoryTokenStore, Reader, Tokens, open_reader
from akika_forensics.settings import Secret
from akika_forensics.vault import Vault

_COMPANY: Final = "company/"
_TOKENS: Final = "tokens/"
HINTS: Final = "hints/of/"
"""What QuickBooks told of a company: `case.hints`."""
_COMPANY_FORMAT: Final = Format("akika-company-", 1, "connection to a company", {0: unchanged})
_TOKENS_FORMAT: Final = Format("akika-tokens-", 1, "set of tokens", {0: unchanged})


class _StoredCompany(Concealed, frozen=True, forbid_unknown_fields=True):
    name: str
    realm_id: str
    base_url: str
    token_url: str
    client_id: str
    client_secret: str
    company_name: str
    format: str = _COMPANY_FORMAT.label


class _StoredTokens(Concealed, frozen=True, forbid_unknown_fields=True):
    access_token: str
    refresh_token: str
    access_expires_at: str
    refresh_expires_at: str
    format: str = _TOKENS_FORMAT.label


def slots_of(name: str) -> tuple[str, ...]:
    """All that is kept of a connection: what goes when its company is erased."""
    return (_TOKENS + name, _COMPANY + name, SPENDING + name, HINTS + name)


def read_company(data: bytes) -> _StoredCompany:
    """A connection as kept in a slot. Raises NewerFormat, VaultDamaged."""
    return _COMPANY_FORMAT.opened(data, _StoredCompany)


def read_tokens(data: bytes) -> _StoredTokens:
    """Tokens as kept in a slot. Raises NewerFormat, VaultDamaged."""
    return _TOKENS_FORMAT.opened(data, _StoredTokens)


class SlotTokenStore:
    """Tokens in a sealed slot; `save` returns when they are durable."""

    def __init__(self, vault: Vault, name: str) -> None:
        self._slot = vault.slot(_TOKENS + name)

    def load(self) -> Tokens:
        data = self._slot.read()
        if data is None:
            raise SignInFailed(
                "There are no tokens for this company.", means="QuickBooks cannot be asked.", do="Run `akika connect`."
            )
        stored = read_tokens(data)
        return Tokens(
            Secret(stored.access_token),
            Secret(stored.refresh_token),
            datetime.fromisoformat(stored.access_expires_at),
            datetime.fromisoformat(stored.refresh_expires_at),
        )

    def save(self, tokens: Tokens) -> None:
        stored = _StoredTokens(
            tokens.access_token.reveal(),
            tokens.refresh_token.reveal(),
            format_instant(tokens.access_expires_at),
            format_instant(tokens.refresh_expires_at),
        )
        self._slot.write(msgspec.json.encode(stored))


class Companies:
    """The company list of one vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._spending: dict[str, Spending] = {}

    def names(self) -> tuple[str, ...]:
        return tuple(slot.removeprefix(_COMPANY) for slot in self._vault.slots(_COMPANY))

    def choose(self, name: str | None) -> str:
        """The named company, or the only one. Raises WrongUse."""
        names = self.names()
        if name is not None:
            if name not in names:
                raise WrongUse(f"The vault knows no company {name!r}.", means=_known(names), do="Run `akika connect`.")
            return name
        if len(names) == 1:
            return names[0]
        raise WrongUse(
            "The vault is connected to no company." if not names else "The vault holds several companies.",
            means=_known(names),
            do="Run `akika connect`." if not names else "Name one with --company.",
        )

    def connection(self, name: str) -> Connection:
        stored = self._read(name)
        return Connection(
            stored.name,
            stored.realm_id,
            stored.base_url,
            stored.token_url,
            stored.client_id,
            Secret(stored.client_secret),
        )

    def company(self, name: str) -> Company:
        stored = self._read(name)
        return Company(stored.realm_id, stored.company_name, stored.base_url)

    def tokens(self, name: str) -> SlotTokenStore:
        return SlotTokenStore(self._vault, name)

    def limits(self, name: str) -> Limits:
        """QuickBooks' pace, except for a server on this machine, which says itself when it is asked too fast."""
        return Limits().unpaced() if self.connection(name).local else Limits()

    def spending(self, name: str) -> Spending:
        """What was read of the company, as Intuit counts it."""
        return self._spending.setdefault(name, Spending(self._vault, name))

    def network(self, name: str) -> httpx.BaseTransport:
        """What readers of the company go through, so that their reads are counted."""
        return self.spending(name).network(self.limits(name))

    def reader(self, name: str) -> Reader:
        return open_reader(
            self.connection(name), self.tokens(name), limits=self.limits(name), transport=self.network(name)
        )

    def connect(self, connection: Connection, refresh_token: Secret, *, name: str | None = None) -> tuple[str, Company]:
        """Sign in with a refresh token, read who the company is, and keep both. Nothing is kept when it fails."""
        long_ago = now() - timedelta(days=1)
        tokens = Tokens(Secret(""), refresh_token, long_ago, now() + timedelta(days=100))
        kept = MemoryTokenStore(tokens)
        with open_reader(connection, kept, limits=Limits().unpaced() if connection.local else Limits()) as reader:
            company, _ = reader.company()
        if company.realm_id != connection.realm_id:
            raise WrongUse(
                f"The tokens lead to the company {company.realm_id}, not to {connection.realm_id}.",
                do="Check --realm-id.",
            )
        chosen = name or connection.name or company.name
        known = [other for other in self.names() if other == chosen]
        if known and self._read(chosen).realm_id != company.realm_id:
            raise WrongUse(f"The name {chosen!r} stands for another company already.", do="Choose another with --name.")
        self.tokens(chosen).save(kept.load())
        stored = _StoredCompany(
            chosen,
            connection.realm_id,
            connection.base_url,
            connection.token_url,
            connection.client_id,
            connection.client_secret.reveal(),
            company.name,
        )
        self._vault.slot(_COMPANY + chosen).write(msgspec.json.encode(stored))
        return chosen, company

    def _read(self, name: str) -> _StoredCompany:
        data = self._vault.slot(_COMPANY + name).read()
        if data is None:
            raise WrongUse(f"The vault knows no company {name!r}.", do="Run `akika connect`.")
        return read_company(data)


def _known(names: tuple[str, ...]) -> str:
    return f"It knows {', '.join(sorted(names))}." if names else ""
