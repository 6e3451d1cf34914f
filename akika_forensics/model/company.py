"""Which company, on which host: the identity every snapshot, plan and write is bound to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

PRODUCTION_HOST: Final = "quickbooks.api.intuit.com"


@dataclass(frozen=True, slots=True)
class Company:
    """``realm_id`` is QuickBooks' company id, ``name`` its CompanyName, ``base_url`` the API's address without path."""

    realm_id: str
    name: str
    base_url: str

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc.lower()

    @property
    def production(self) -> bool:
        """True only for Intuit's production API host; everything else is a sandbox or a twin."""
        return self.host.split(":")[0] == PRODUCTION_HOST

    @property
    def identity(self) -> tuple[str, bool]:
        """The realm and whether it is in production: what two names or addresses of one company have in common. A company and its twin
        or sandbox under one realm are two.
        """
        return self.realm_id, self.production
