"""Whether the books that answer are those of the company that is captured, and not of another one.

The realm stands in the address of each request, and no answer repeats it: a service, or whatever stands between, that answers with
the books of another company is known by CompanyInfo alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol

import polars as pl

from akika_forensics.errors import VaultDamaged, WrongCompany
from akika_forensics.model.identity import Identity

COMPANY: Final = "CompanyInfo"


class Indexed(Protocol):
    """What is asked of a snapshot: its index, which a member who only captures may read too."""

    def lazy(self, entities: Iterable[str] | None = None) -> pl.LazyFrame: ...


def known_of(before: Indexed | None) -> Identity:
    """The company of a snapshot, as far as its index tells."""
    if before is None:
        return Identity()
    try:
        rows = before.lazy([COMPANY]).select("id", pl.col("created_at").dt.truncate("1s")).collect()
    except VaultDamaged:
        return Identity()
    return Identity(*rows.row(0)) if len(rows) == 1 else Identity()


def require_same(realm_id: str, live: Identity, known: Identity) -> None:
    """Raises WrongCompany where ``live`` cannot be the company of that number that ``known`` tells of."""
    why = live.not_of(realm_id) or known.differs(live)
    if why:
        called = f", called {live.name!r}" if live.name else ""
        raise WrongCompany(
            f"QuickBooks answers with the books of another company{called}. {why}",
            means="Nothing of them was kept: they are not the books that this connection and its snapshots are of.",
            do="Sign in again with `akika connect` and choose the company there. If its owner had QuickBooks begin its books anew, begin a new vault for them.",
        )


class SameCompany:
    """The company of one capture. ``called``: by which name the vault knows it, where no snapshot tells more of it."""

    def __init__(self, realm_id: str, company_info: bytes, before: Indexed | None, called: str = "") -> None:
        """``company_info``: what answered first. Raises WrongCompany."""
        self._realm_id = realm_id
        self._live = Identity.of(company_info)
        require_same(realm_id, self._live, known_of(before))
        if before is None and called and self._live.name and called != self._live.name:
            raise WrongCompany(
                f"The vault was connected to {called}, and what answers is called {self._live.name!r}.",
                means="Nothing was captured: nobody can tell whether it is the same company under a new name.",
                do="Look at QuickBooks which it is. If it was renamed, run `akika connect` again for it.",
            )

    def require(self, company_info: bytes) -> None:
        """Raises WrongCompany where a later answer is of another company than the first."""
        require_same(self._realm_id, Identity.of(company_info), self._live)
