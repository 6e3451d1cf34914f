"""Closing a company for ever: what of a vault is its own, and that it went, in custody."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from akika_forensics.case.companies import Companies, slots_of
from akika_forensics.case.first_hour.record import KEPT
from akika_forensics.case.plans.archive import CREATED
from akika_forensics.custody import Act, CustodyLog
from akika_forensics.errors import AkikaError
from akika_forensics.model.company import Company
from akika_forensics.restore.document import read_plan
from akika_forensics.vault import Vault
from akika_forensics.vault.chains import attestations
from akika_forensics.vault.lifecycle import erasing
from akika_forensics.vault.lifecycle.erasing import ErasedCompany, Estate


@dataclass(frozen=True)
class _Draft:
    """What an interrupted capture of a company left, to go with it."""

    vault: Vault
    company: Company

    def delete(self) -> None:
        self.vault.drop_draft(self.company)


class Erasure:
    """Of the companies of one vault."""

    def __init__(self, vault: Vault, companies: Companies, custody: CustodyLog) -> None:
        self._vault = vault
        self._companies = companies
        self._custody = custody

    def erased(self) -> tuple[ErasedCompany, ...]:
        """The companies that were erased, oldest first."""
        return erasing.erased(self._vault.workshop())

    def estate(self, company: Company) -> Estate:
        """What `erase` would take."""
        documents, chains = self._papers(company)
        return erasing.estate(
            self._vault.workshop(), self._vault.pseudonym(company), documents=documents, chains=chains
        )

    def erase(self, company: Company, name: str, reason: str, *, more: Sequence[str] = ()) -> Estate:
        """Close a company for ever. ``name``: by which it was asked for; ``more``: slots that go with it beside those of its
        connections and reviews.

        Raises Refused under a legal hold, VaultLocked, StorageFailed.
        """
        documents, chains = self._papers(company)
        mine = [known for known in self._companies.names() if self._is(self._companies.company(known), company)]
        names = [slot for known in mine for slot in slots_of(known)]
        names.extend(more)
        names += [f"reviews/{chain.removeprefix('journals/')}" for chain in chains if chain.startswith("journals/")]
        have = set(self._vault.slots())
        gone = erasing.erase(
            self._vault.workshop(),
            self._vault.pseudonym(company),
            reason,
            named=name,
            documents=documents,
            chains=chains,
            slots=[*(self._vault.slot(slot) for slot in names if slot in have), _Draft(self._vault, company)],
        )
        self._custody.record(
            "company_erased",
            f"A company with {len(gone.snapshots)} snapshots was erased: {reason}",
            {"count": len(gone.snapshots), "files": len(gone.files), "bytes": gone.bytes},
        )
        return gone

    def _papers(self, company: Company) -> tuple[list[str], list[str]]:
        """Documents and chains of a company: plans, reports, judgements, what was kept by hand."""
        plans = {str(act.details["plan"]) for act in self._custody.acts(CREATED) if self._concerns(act, company)}
        snapshots = {info.id for info in self._vault.snapshots() if self._is(info.company, company)}
        documents: list[str] = []
        for act in self._custody.acts():
            about = act.details.get("snapshots") if act.objects else None
            rows = [row for row in about if isinstance(row, dict)] if isinstance(about, list) else []
            kept = act.act == KEPT and self._concerns(act, company)
            if kept or act.details.get("plan") in plans or snapshots.intersection(str(row.get("id")) for row in rows):
                documents.extend(act.objects)
        judged = f"{attestations.CHAIN}/{self._vault.pseudonym(company)}"
        if judged not in self._vault.head["chains"]:
            return documents, sorted(f"journals/{plan}" for plan in plans)
        for link in self._vault.chain(judged, attestations.NAMESPACE, company).links():
            documents.extend(file.path for file in link.plain.files)
        return documents, sorted([judged, *(f"journals/{plan}" for plan in plans)])

    def _concerns(self, act: Act, company: Company) -> bool:
        """Whether an act is of this company, and not of its twin or sandbox. One of an earlier version says the realm alone:
        a plan of that time says it itself; what else was kept then goes where it lies under the company's key.
        """
        realm, production = act.details.get("realm"), act.details.get("production")
        if realm != company.realm_id or isinstance(production, bool):
            return (realm, production) == company.identity
        with suppress(AkikaError):
            return any(
                read_plan(self._vault.get_document(path)).company.identity == company.identity
                for path in (act.objects if act.act == CREATED else ())
            )
        return False

    def _is(self, one: Company, other: Company) -> bool:
        return self._vault.pseudonym(one) == self._vault.pseudonym(other)
