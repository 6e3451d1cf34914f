"""Which liability account takes a tax line.

The API gives no reference from a tax rate to its account. What is known: a TaxLine names its TaxRate, the rate its
TaxAgency, and QuickBooks makes for each agency a liability account named after it (``Board of Equalization Payable``)
with AccountSubType ``GlobalTaxPayable`` (``SalesTaxPayable`` in older companies). Rule, first that fits:

1. the one account of these subtypes named ``<agency> Payable``, or exactly as the agency;
2. the one account of these subtypes whose name begins with the agency's name;
3. the only account of these subtypes (``GST/HST Payable``, ``VAT Control``);
4. no account: the amount is named as unresolved.

Names are compared without case and doubled blanks; the suffix of inactive accounts is already removed.
Source: records of the stock sandbox company (accounts 89 and 90 of agencies 1 and 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from akika_forensics.books.body import elements, part, ref

TAX_SUBTYPES: Final = frozenset({"GlobalTaxPayable", "SalesTaxPayable"})


@dataclass
class TaxAccounts:
    by_rate: dict[str, str] = field(default_factory=dict)
    by_code: dict[str, str] = field(default_factory=dict)
    """Only codes all of whose rates share one account."""
    only: str | None = None
    """The account when there is just one of the subtypes."""

    @classmethod
    def of(
        cls,
        accounts: Iterable[tuple[str, str, str]],
        *,
        agencies: Sequence[dict[str, Any]],
        rates: Sequence[dict[str, Any]],
        codes: Sequence[dict[str, Any]],
    ) -> Self:
        """``accounts`` are (Id, full name, subtype)."""
        named = [(account, _folded(name)) for account, name, subtype in accounts if subtype in TAX_SUBTYPES]
        only = named[0][0] if len(named) == 1 else None
        by_agency: dict[str, str] = {}
        for agency in agencies:
            found = _match(_folded(str(agency.get("DisplayName", ""))), named) or only
            if found is not None:
                by_agency[str(agency.get("Id", ""))] = found
        by_rate: dict[str, str] = {}
        for rate in rates:
            found = by_agency.get(ref(rate, "AgencyRef") or "") or only
            if found is not None:
                by_rate[str(rate.get("Id", ""))] = found
        by_code: dict[str, str] = {}
        for code in codes:
            cited = [
                ref(detail, "TaxRateRef") or ""
                for side in ("SalesTaxRateList", "PurchaseTaxRateList")
                for detail in elements(part(code, side), "TaxRateDetail")
            ]
            found_accounts = {by_rate.get(rate_id) for rate_id in cited}
            if len(found_accounts) == 1 and None not in found_accounts:
                by_code[str(code.get("Id", ""))] = next(found for found in found_accounts if found is not None)
        return cls(by_rate, by_code, only)

    def of_rate(self, rate: str | None) -> str | None:
        """The account of a tax rate, or None."""
        return self.by_rate.get(rate or "") or self.only

    def of_code(self, code: str | None) -> str | None:
        """The account of a tax code whose rates all share one, or None."""
        return self.by_code.get(code or "") or self.only


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _match(agency: str, named: list[tuple[str, str]]) -> str | None:
    if not agency:
        return None
    exact = [account for account, name in named if name.rpartition(":")[2] in (f"{agency} payable", agency)]
    if len(exact) == 1:
        return exact[0]
    begins = [account for account, name in named if name.rpartition(":")[2].startswith(agency)]
    return begins[0] if len(begins) == 1 else None
