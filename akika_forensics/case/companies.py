"""The companies of a vault: where each lies, by which connections it is read and written, and how these stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import httpx

from akika_forensics.capture.same_company import known_of, require_same
from akika_forensics.case.connections.sealed import CAPTURE, RESTORE, SealedConnection, SlotTokenStore, connection_slots
from akika_forensics.case.connections.state import ENDING, ConnectionState, judged
from akika_forensics.case.spending import SPENDING, Spending
from akika_forensics.errors import SignInFailed, WrongCompany, WrongUse
from akika_forensics.model.company import Company
from akika_forensics.model.identity import Identity
from akika_forensics.model.instants import now
from akika_forensics.quickbooks import Connection, Limits, MemoryTokenStore, Reader, Tokens, open_reader
from akika_forensics.quickbooks.endpoints import environment_of
from akika_forensics.quickbooks.metering import NOTHING, Credits, metered_network
from akika_forensics.settings import Secret
from akika_forensics.vault import Snapshot, SnapshotInfo, Vault
from akika_forensics.vault.keys.roles import NotAllowed

HINTS: Final = "hints/of/"
"""What QuickBooks told of a company: `case.hints`."""


FIRST_HOUR: Final = "first-hour/of/"
"""What was done for a company in the first hour after an incident: `case.first_hour`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One company of the vault. ``restore`` is None where it has no connection of its own for that, or it is not ours to see."""

    name: str
    company: Company
    environment: str
    client_id: str
    capture: ConnectionState
    restore: ConnectionState | None
    last: SnapshotInfo | None

    @property
    def words(self) -> tuple[str, ...]:
        """What should be known of its connections, a sentence each."""
        return self.capture.words + (self.restore.words if self.restore else ())


def slots_of(name: str) -> tuple[str, ...]:
    """All that is kept of a company's connections and its first hour: what goes when it is erased."""
    return (*connection_slots(name), SPENDING + name, HINTS + name, FIRST_HOUR + name)


class Companies:
    """The company list of one vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._spending: dict[str, Spending] = {}

    def names(self) -> tuple[str, ...]:
        return SealedConnection.names(self._vault)

    def choose(self, name: str | None) -> str:
        """The named company, or the only one. Raises WrongUse."""
        names = self.names()
        if name is not None:
            if name not in names:
                raise WrongUse(
                    f"The vault knows no company {name!r}.",
                    means=_known(names),
                    do="Name one of these, or connect it with `akika connect`." if names else "Run `akika connect`.",
                )
            return name
        if len(names) == 1:
            return names[0]
        raise WrongUse(
            "The vault is connected to no company." if not names else "The vault holds several companies.",
            means=_known(names),
            do="Run `akika connect`." if not names else "Name one with --company.",
        )

    def connection(self, name: str) -> Connection:
        return self._sealed(name).connection()

    def company(self, name: str) -> Company:
        return self._sealed(name).company()

    def tokens(self, name: str) -> SlotTokenStore:
        return SlotTokenStore(self._vault, name)

    def sign_in(self, name: str) -> str:
        """A mark of the tokens of capture that tells nothing of them: another one after each renewal and each `connect`, empty
        where there are none.
        """
        kept = _tokens(self.tokens(name))
        if kept is None:
            return ""
        return sha256(f"{kept.access_token.reveal()}\n{kept.refresh_token.reveal()}".encode()).hexdigest()

    def limits(self, name: str) -> Limits:
        """QuickBooks' pace, except for a server on this machine, which says itself when it is asked too fast."""
        return _limits(self.connection(name))

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

    # -- restoring ---------------------------------------------------------------------------------------------------

    def for_restore(self, name: str) -> tuple[Connection, SlotTokenStore]:
        """By what a restore reads and writes: the connection of its own, else that of capture."""
        own = self._sealed(name, RESTORE)
        if not own.there:
            return self.connection(name), self.tokens(name)
        return own.connection(), SlotTokenStore(self._vault, name, RESTORE)

    # -- keeping -----------------------------------------------------------------------------------------------------

    def connect(
        self, connection: Connection, refresh_token: Secret, *, name: str | None = None, purpose: str = CAPTURE
    ) -> tuple[str, Company]:
        """Sign in with a refresh token, read who the company is, and keep both. Nothing is kept when it fails."""
        long_ago = now() - timedelta(days=1)
        tokens = Tokens(Secret(""), refresh_token, long_ago, now() + timedelta(days=100))
        return self.keep(connection, tokens, name=name, purpose=purpose)

    def keep(
        self, connection: Connection, tokens: Tokens, *, name: str | None = None, purpose: str = CAPTURE
    ) -> tuple[str, Company]:
        """Read with new tokens who the company is, and keep both. Nothing is kept when it fails.

        A company that the vault has keeps its name; another one is refused. Raises WrongUse, WrongCompany, ServiceError.
        """
        kept, read = MemoryTokenStore(tokens), list[Credits]()
        limits = _limits(connection)
        with open_reader(connection, kept, limits=limits, transport=metered_network(limits, read.append)) as reader:
            company, info = reader.company()
        require_same(company.realm_id, Identity.of(info), known_of(self._newest(company)))
        chosen = name or self.name_of(company) or connection.name or company.name
        self._require_same(chosen, company, purpose)
        store = SlotTokenStore(self._vault, chosen, purpose)
        # Who renews the former tokens just now would save them over these.
        with store.exclusive():
            store.save(kept.load())
            self._sealed(chosen, purpose).write(connection, company)
        self.spending(chosen).count(sum(read, NOTHING))
        self.spending(chosen).write()
        return chosen, company

    def _newest(self, company: Company) -> Snapshot | None:
        taken = [
            info.id
            for info in self._vault.snapshots()
            if info.company.realm_id == company.realm_id and info.company.production == company.production
        ]
        return self._vault.snapshot(taken[-1]) if taken else None

    def name_of(self, company: Company) -> str:
        """What the vault calls a company; empty when it does not know it, or by several names."""
        known = [name for name in self.names() if _same(self.company(name), company)]
        return known[0] if len(known) == 1 else ""

    def _require_same(self, name: str, company: Company, purpose: str) -> None:
        if not self._sealed(name).there:
            if purpose != RESTORE:
                self._require_no_other_name(company)
                return
            raise WrongUse(
                f"The vault knows no company {name!r} to restore.",
                means="A connection for restore stands beside one that captures.",
                do="Connect the company for capture first.",
            )
        known = self.company(name)
        if purpose == RESTORE and not _same(known, company):
            raise WrongCompany(
                f"Whoever signed in chose {company.name} (realm {company.realm_id}), and {name!r} is {known.name} (realm {known.realm_id}).",
                means="Nothing was kept.",
                do="Sign in again and choose the same company, in the same environment.",
            )
        if known.realm_id != company.realm_id:
            raise WrongUse(
                f"The name {name!r} stands for another company already.",
                do="Choose another name: --name at the command line.",
            )

    def _require_no_other_name(self, company: Company) -> None:
        """Two names would renew the sign-in against each other, and count and schedule the same company twice."""
        others = [one for one in self.names() if _same(self.company(one), company)]
        if others:
            raise WrongUse(
                f"The vault knows {company.name} (realm {company.realm_id}) already, as {others[0]!r}.",
                means="Nothing was kept.",
                do=f"Connect it as {others[0]!r}, or leave the name out.",
            )

    def forget(self, name: str, purpose: str = CAPTURE) -> None:
        """Keep no tokens and no secret of a connection any more. The company stays known, with its snapshots."""
        SlotTokenStore(self._vault, name, purpose).delete()
        sealed = self._sealed(name, purpose)
        if purpose == RESTORE:
            sealed.delete()
            return
        known, company = sealed.connection(), sealed.company()
        bare = Connection(known.name, known.realm_id, known.base_url, known.token_url, known.client_id, Secret(""))
        sealed.write(bare, company)

    # -- how they stand ----------------------------------------------------------------------------------------------

    def standing(self, name: str, moment: datetime | None = None) -> Standing:
        """How the connections of a company stand at a time (now). QuickBooks is not asked."""
        moment = moment or now()
        connection, company = self.connection(name), self.company(name)
        taken = [info for info in self._vault.snapshots() if _same(info.company, company)]
        return Standing(
            name,
            company,
            environment_of(company.base_url),
            connection.client_id,
            judged(_tokens(self.tokens(name)), moment),
            self._restore_state(name, moment),
            taken[-1] if taken else None,
        )

    def warnings(self, name: str, moment: datetime | None = None) -> tuple[str, ...]:
        """What should be known before more of the company is read, a sentence each: of a connection that is about to end,
        and of a count that is not whole; nothing of one that ended.
        """
        moment = moment or now()
        states = (judged(_tokens(self.tokens(name)), moment), self._restore_state(name, moment))
        ending = [word for state in states if state is not None and state.state == ENDING for word in state.words]
        counted = self.spending(name).warning
        return (*ending, counted) if counted else tuple(ending)

    def _restore_state(self, name: str, moment: datetime) -> ConnectionState | None:
        try:
            if not self._sealed(name, RESTORE).there:
                return None
            return judged(_tokens(SlotTokenStore(self._vault, name, RESTORE)), moment, purpose=RESTORE)
        except NotAllowed:
            return None

    def _sealed(self, name: str, purpose: str = CAPTURE) -> SealedConnection:
        return SealedConnection(self._vault, name, purpose)


def _tokens(store: SlotTokenStore) -> Tokens | None:
    try:
        return store.load()
    except SignInFailed:
        return None


def _limits(connection: Connection) -> Limits:
    return Limits().unpaced() if connection.local else Limits()


def _same(one: Company, other: Company) -> bool:
    return (one.realm_id, one.host) == (other.realm_id, other.host)


def _known(names: tuple[str, ...]) -> str:
    return f"It knows {', '.join(sorted(names))}." if names else ""
