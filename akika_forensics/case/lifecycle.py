"""What becomes of a company's snapshots with the years: compaction, retention, legal hold, erasure; each act in custody."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from akika_forensics.case import protection
from akika_forensics.case.companies import Companies
from akika_forensics.case.erasure import Erasure
from akika_forensics.custody import CustodyLog
from akika_forensics.errors import AkikaError, Interrupted, VaultLocked, WrongUse
from akika_forensics.model.company import Company
from akika_forensics.model.instants import now
from akika_forensics.vault import Vault
from akika_forensics.vault.lifecycle import compaction, holding, retiring
from akika_forensics.vault.lifecycle.compaction import Compacted, Extent
from akika_forensics.vault.lifecycle.erasing import ErasedCompany, Estate
from akika_forensics.vault.lifecycle.holds import Hold
from akika_forensics.vault.lifecycle.policy import Policy
from akika_forensics.vault.lifecycle.retiring import Retirement
from akika_forensics.vault.snapshots.holdings import Dropped

type Progress = Callable[[str, int, int], None]
type ShouldStop = Callable[[], bool]

_log = logging.getLogger(__name__)
_RETENTION: Final = "retention/"
_AFTER_A_CAPTURE: Final = "settings/compaction-after-a-capture"
_OFF: Final = b"off"


@dataclass(frozen=True)
class Held:
    """A legal hold as it is shown; ``company`` is its name, None for all companies."""

    hold: Hold
    company: str | None


class Lifecycle:
    """Of one vault. ``company`` is a name by which the vault or QuickBooks knows it; None where it holds one only."""

    def __init__(self, vault: Vault, companies: Companies, custody: CustodyLog, company: str | None = None) -> None:
        self._vault = vault
        self._companies = companies
        self._custody = custody
        self._company = company
        self._erasure = Erasure(vault, companies, custody)

    def company(self, name: str | None = None) -> Company:
        """The company of that name, or the chosen one, or the only one. Raises WrongUse."""
        known = self._known()
        name = name or self._company
        if name is not None:
            if name not in known:
                have = f"It knows {', '.join(sorted(known))}." if known else ""
                raise WrongUse(f"The vault knows no company {name!r}.", means=have, do="`akika snapshots` lists them.")
            return known[name]
        found = {self._vault.pseudonym(company): company for company in known.values()}
        if len(found) != 1:
            raise WrongUse(
                "The vault holds several companies." if found else "The vault holds no company.",
                means=f"It knows {', '.join(sorted(known))}." if known else "",
                do="Name one with --company." if found else "Run `akika connect`.",
            )
        return next(iter(found.values()))

    # -- compaction --------------------------------------------------------------------------------------------------

    def compact(
        self, *, extent: Extent = "everything", progress: Progress | None = None, should_stop: ShouldStop | None = None
    ) -> Compacted:
        """Merge the company's files. Raises VaultLocked, VaultDamaged, StorageFailed, Interrupted, Refused."""
        company = self.company()
        done = compaction.compact(
            self._vault.workshop(),
            self._vault.pseudonym(company),
            extent=extent,
            progress=progress,
            should_stop=should_stop,
        )
        self._note(company, done)
        return done

    def after_a_capture(
        self, company: Company, *, progress: Progress | None = None, should_stop: ShouldStop | None = None
    ) -> Compacted | None:
        """Merge what has become worth it, a bounded part; None where that is switched off, or not for this member to do.

        The capture is done whatever happens here: what stops it or fails is logged, and comes up again the next time.
        """
        try:
            if self._vault.member.role != "full" or not self.compacts_after_a_capture:
                return None
            done = compaction.compact(
                self._vault.workshop(),
                self._vault.pseudonym(company),
                rows=compaction.AFTER_A_CAPTURE,
                progress=progress,
                should_stop=should_stop,
            )
            self._note(company, done)
        except (VaultLocked, Interrupted):
            return None
        except AkikaError as error:
            _log.warning("What was to be merged after the capture was not: %s", error)
            return None
        return done

    @property
    def compacts_after_a_capture(self) -> bool:
        return self._vault.slot(_AFTER_A_CAPTURE).read() != _OFF

    def compact_after_a_capture(self, *, on: bool) -> None:
        self._vault.slot(_AFTER_A_CAPTURE).write(b"on" if on else _OFF)

    def _note(self, company: Company, done: Compacted) -> None:
        if done.merges:
            self._log(company).record(
                "compacted",
                f"{done.parts[0]} parts of {company.name} became {done.parts[1]}.",
                {"company": company.name, "parts": list(done.parts), "rows": done.rows},
            )

    # -- retention ---------------------------------------------------------------------------------------------------

    def policy(self) -> Policy | None:
        """The company's retention rule; None when everything is kept."""
        text = self._vault.slot(self._policy_slot(self.company())).read()
        return Policy.parse(text.decode()) if text else None

    def set_policy(self, text: str) -> Policy | None:
        """``off``, or a rule such as ``daily=30,weekly=12``. Nothing is dropped by it before `run_retention`. Raises WrongUse."""
        company = self.company()
        policy = None if text.strip().lower() == "off" else Policy.parse(text)
        slot = self._vault.slot(self._policy_slot(company))
        if policy is None:
            slot.delete()
        else:
            slot.write(str(policy).encode())
        rule = str(policy) if policy else "off"
        self._log(company).record(
            "retention_set", f"The retention rule of {company.name} is {rule}.", {"company": company.name, "rule": rule}
        )
        return policy

    def plan_retention(self) -> Retirement:
        """What `run_retention` would drop now. Raises WrongUse when no rule was set."""
        company = self.company()
        return retiring.plan(
            self._vault.workshop(),
            self._vault.pseudonym(company),
            self._set_policy(company),
            protected=self.protected(),
            now=now(),
        )

    def dropped(self) -> tuple[Dropped, ...]:
        """What retention dropped of the company, oldest first: histories and comparisons do not reach it."""
        shelf = self._vault.workshop().shelf
        shelf.refresh()
        return shelf.holdings.dropped_of(self._vault.pseudonym(self.company()))

    def run_retention(self, *, progress: Progress | None = None, should_stop: ShouldStop | None = None) -> Retirement:
        """Drop what the company's rule does not keep. Raises WrongUse when no rule was set, and what `retire` raises."""
        company = self.company()
        policy = self._set_policy(company)
        # In one with the dropping: what a plan that is made meanwhile refers to would go.
        with self._vault.lock("retention"):
            done = retiring.retire(
                self._vault.workshop(),
                self._vault.pseudonym(company),
                policy,
                protected=self.protected(),
                now=now(),
                progress=progress,
                should_stop=should_stop,
            )
        if done.dropped:
            ids = [info.id for info in done.dropped]
            self._log(company).record(
                "retention_run",
                f"{len(ids)} snapshots of {company.name} were dropped by the retention rule {done.rule}.",
                {"company": company.name, "rule": done.rule, "dropped": ids, "versions": done.versions},
            )
        return done

    def protected(self) -> frozenset[str]:
        """The snapshots that no rule drops: see `protection.protected`."""
        return protection.protected(self._vault, self._custody)

    # -- legal hold --------------------------------------------------------------------------------------------------

    def holds(self) -> tuple[Held, ...]:
        """The holds in force, oldest first."""
        names = {self._vault.pseudonym(company): company.name for company in self._known().values()}
        return tuple(
            Held(hold, None if hold.company is None else names.get(hold.company, "a company that was erased"))
            for hold in holding.holds_of(self._vault.workshop())
        )

    def hold(
        self, name: str, reason: str, *, snapshots: Sequence[str] | None = None, every_company: bool = False
    ) -> None:
        """Keep what is named from being dropped or erased. Raises WrongUse, VaultLocked."""
        company = None if every_company else self.company()
        holding.add(
            self._vault.workshop(),
            name,
            reason,
            company=None if company is None else self._vault.pseudonym(company),
            snapshots=snapshots,
        )
        what = ", ".join(snapshots) if snapshots else "every snapshot"
        self._log(company).record(
            "hold_added",
            f"Legal hold {name} on {what} of {company.name if company else 'every company'}: {reason}",
            {"hold": name, "company": company.name if company else None, "snapshots": list(snapshots or ())},
        )

    def release(self, name: str, reason: str) -> None:
        """End a hold. Raises WrongUse, VaultLocked."""
        holding.release(self._vault.workshop(), name, reason)
        self._custody.record("hold_released", f"Legal hold {name} was released: {reason}", {"hold": name})

    # -- erasure -----------------------------------------------------------------------------------------------------

    def erased(self) -> tuple[ErasedCompany, ...]:
        """The companies that were erased, oldest first."""
        return self._erasure.erased()

    def estate(self, name: str) -> Estate:
        """What `erase` would take. Raises WrongUse."""
        return self._erasure.estate(self.company(name))

    def erase(self, name: str, reason: str, *, confirmed: str) -> Estate:
        """Close a company for ever. ``confirmed`` is its name, typed once more.

        Raises WrongUse when the two differ, Refused under a legal hold, VaultLocked, StorageFailed.
        """
        company = self.company(name)
        if confirmed != name:
            raise WrongUse(
                "The name that was typed is not the company's.",
                means="Nothing was erased.",
                do=f"Type {name!r} exactly.",
            )
        return self._erasure.erase(company, name, reason, more=[self._policy_slot(company)])

    def _set_policy(self, company: Company) -> Policy:
        policy = self.policy()
        if policy is None:
            raise WrongUse(
                f"{company.name} has no retention rule.",
                means="Every snapshot is kept.",
                do="Set one: `akika vault retention set daily=30,weekly=12,monthly=24,yearly=10`.",
            )
        return policy

    def _log(self, company: Company | None) -> CustodyLog:
        """Custody, for an act that is closed with its company."""
        return CustodyLog(self._vault, company=company)

    def _policy_slot(self, company: Company) -> str:
        return f"{_RETENTION}{self._vault.pseudonym(company)}"

    def _known(self) -> dict[str, Company]:
        """Every company of which there is a connection or a snapshot, by its names."""
        found = {info.company.name: info.company for info in self._vault.snapshots()}
        return found | {name: self._companies.company(name) for name in self._companies.names()}
