"""A connection and its tokens, as they lie sealed in slots of the vault.

Those of capture are for every member, those of restore for full members alone: a machine that captures needs no key of
an app that is there for writing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import msgspec

from akika_forensics.case.turns import file_of, turn
from akika_forensics.errors import SignInFailed, WrongUse
from akika_forensics.model.company import Company
from akika_forensics.model.concealed import Concealed
from akika_forensics.model.formats import Format, unchanged
from akika_forensics.model.instants import format_instant
from akika_forensics.quickbooks import Connection, Tokens
from akika_forensics.settings import Secret
from akika_forensics.vault import Vault

CAPTURE: Final = "capture"
RESTORE: Final = "restore"
PURPOSES: Final = (CAPTURE, RESTORE)

_COMPANY: Final = {CAPTURE: "company/", RESTORE: "restore-company/"}
_TOKENS: Final = {CAPTURE: "tokens/", RESTORE: "restore-tokens/"}


def _with_hard_end(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "hard_expires_at": ""}


_COMPANY_FORMAT: Final = Format("akika-company-", 1, "connection to a company", {0: unchanged})
_TOKENS_FORMAT: Final = Format("akika-tokens-", 2, "set of tokens", {0: unchanged, 1: _with_hard_end})


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
    hard_expires_at: str
    format: str = _TOKENS_FORMAT.label


def read_company(data: bytes) -> _StoredCompany:
    """A connection as kept in a slot. Raises NewerFormat, VaultDamaged."""
    return _COMPANY_FORMAT.opened(data, _StoredCompany)


def read_tokens(data: bytes) -> _StoredTokens:
    """Tokens as kept in a slot. Raises NewerFormat, VaultDamaged."""
    return _TOKENS_FORMAT.opened(data, _StoredTokens)


def connection_slots(name: str) -> tuple[str, ...]:
    """All slots that a company of this name may have; its tokens before what names it."""
    return tuple(kind[purpose] + name for kind in (_TOKENS, _COMPANY) for purpose in PURPOSES)


class SealedConnection:
    """The connection of one company for one purpose; it may be there or not."""

    def __init__(self, vault: Vault, name: str, purpose: str = CAPTURE) -> None:
        self.name = name
        self._slot = vault.slot(_COMPANY[purpose] + name)

    @staticmethod
    def names(vault: Vault, purpose: str = CAPTURE) -> tuple[str, ...]:
        prefix = _COMPANY[purpose]
        return tuple(slot.removeprefix(prefix) for slot in vault.slots(prefix))

    @property
    def there(self) -> bool:
        return self._slot.read() is not None

    def connection(self) -> Connection:
        """Raises WrongUse where there is none."""
        stored = self._read()
        return Connection(
            stored.name,
            stored.realm_id,
            stored.base_url,
            stored.token_url,
            stored.client_id,
            Secret(stored.client_secret),
        )

    def company(self) -> Company:
        """Raises WrongUse where there is none."""
        stored = self._read()
        return Company(stored.realm_id, stored.company_name, stored.base_url)

    def _read(self) -> _StoredCompany:
        data = self._slot.read()
        if data is None:
            raise WrongUse(f"The vault knows no company {self.name!r}.", do="Run `akika connect`.")
        return read_company(data)

    def write(self, connection: Connection, company: Company) -> None:
        stored = _StoredCompany(
            self.name,
            connection.realm_id,
            connection.base_url,
            connection.token_url,
            connection.client_id,
            connection.client_secret.reveal(),
            company.name,
        )
        self._slot.write(msgspec.json.encode(stored))

    def delete(self) -> None:
        self._slot.delete()


class SlotTokenStore:
    """Tokens in a sealed slot; `save` returns when they are durable."""

    def __init__(self, vault: Vault, name: str, purpose: str = CAPTURE) -> None:
        slot = _TOKENS[purpose] + name
        self._slot = vault.slot(slot)
        self._turn = file_of("sign-in", vault.id, slot)

    def load(self) -> Tokens:
        data = self._slot.read()
        if data is None:
            raise SignInFailed(
                "This company is not connected.",
                means="There are no tokens for it: QuickBooks cannot be asked.",
                do="Connect it anew: `akika connect --company NAME`.",
            )
        stored = read_tokens(data)
        return Tokens(
            Secret(stored.access_token),
            Secret(stored.refresh_token),
            datetime.fromisoformat(stored.access_expires_at),
            datetime.fromisoformat(stored.refresh_expires_at),
            datetime.fromisoformat(stored.hard_expires_at) if stored.hard_expires_at else None,
        )

    def save(self, tokens: Tokens) -> None:
        stored = _StoredTokens(
            tokens.access_token.reveal(),
            tokens.refresh_token.reveal(),
            format_instant(tokens.access_expires_at),
            format_instant(tokens.refresh_expires_at),
            format_instant(tokens.hard_expires_at) if tokens.hard_expires_at else "",
        )
        self._slot.write(msgspec.json.encode(stored))

    def delete(self) -> None:
        self._slot.delete()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Across all threads and processes of this machine. Raises VaultLocked when it does not become free."""
        with turn(self._turn, "The sign-in of this company"):
            yield
