"""A company connected as a person would, and disconnected again; custody hears of both."""

from __future__ import annotations

from typing import Final

from akika_forensics.case.companies import Companies
from akika_forensics.case.connections.consent import Consent, Wish
from akika_forensics.case.connections.sealed import CAPTURE, RESTORE, SlotTokenStore
from akika_forensics.custody import CustodyLog
from akika_forensics.errors import SignInFailed, WrongUse
from akika_forensics.model.company import Company
from akika_forensics.quickbooks import Connection
from akika_forensics.quickbooks.authorize import Answer, App, SigningIn, revoke
from akika_forensics.quickbooks.endpoints import endpoints_of
from akika_forensics.settings import Secret
from akika_forensics.vault import Vault
from akika_forensics.vault.keys.roles import NotAllowed

CONNECTED: Final = "connected"
DISCONNECTED: Final = "disconnected"
FULL: Final = "full"


class Connecting:
    """Ties companies to a vault, and lets go of them."""

    def __init__(self, vault: Vault, companies: Companies, custody: CustodyLog) -> None:
        self._vault, self._companies, self._custody = vault, companies, custody

    def by_token(
        self, connection: Connection, refresh_token: Secret, *, name: str | None = None, purpose: str = CAPTURE
    ) -> tuple[str, Company]:
        """By a refresh token obtained elsewhere. Raises WrongUse, WrongCompany, ServiceError; then nothing is kept."""
        self.require(purpose)
        chosen, company = self._companies.connect(connection, refresh_token, name=name, purpose=purpose)
        return self._recorded(chosen, company, purpose)

    def by_answer(
        self, signing_in: SigningIn, answer: Answer, *, name: str | None = None, purpose: str = CAPTURE
    ) -> tuple[str, Company]:
        """By what a person's browser brought back. The company they chose is the one that is read, or nothing is kept.

        Raises WrongUse, WrongCompany, ServiceError.
        """
        self.require(purpose)
        app = signing_in.app
        connection = Connection(
            name or "", answer.realm_id, app.base_url, app.endpoints.token, app.client_id, app.client_secret
        )
        tokens = signing_in.tokens(answer)
        chosen, company = self._companies.keep(connection, tokens, name=name, purpose=purpose)
        return self._recorded(chosen, company, purpose)

    def begin(self, wish: Wish) -> Consent:
        """Begin a sign-in that a person's browser ends; nothing is kept yet. Raises WrongUse, NetworkFailed, NotAllowed."""
        self.require(CAPTURE)
        return Consent.begin(wish, self._companies)

    def disconnect(self, name: str, *, purpose: str = CAPTURE, withdraw: bool = True) -> bool:
        """Withdraw the access at QuickBooks and keep no tokens; True when QuickBooks ended something by it.

        The company and its snapshots stay. ``withdraw`` false only forgets. Raises WrongUse, ServiceError: then all stays.
        """
        store = SlotTokenStore(self._vault, name, purpose)
        known = self._known(name, purpose)
        with store.exclusive():
            ended = False
            if withdraw:
                app = App(known.base_url, endpoints_of(known.base_url), known.client_id, known.client_secret)
                ended = revoke(app, store.load().refresh_token)
            self._companies.forget(name, purpose)
        company = self._companies.company(name)
        how = (
            "withdrawn at QuickBooks"
            if ended
            else "given up; QuickBooks was not asked"
            if not withdraw
            else "ended already"
        )
        self._custody.record(
            DISCONNECTED,
            f"The connection to {company.name} was {how}.",
            {"company": name, "realm": company.realm_id, "host": company.host, "purpose": purpose, "withdrawn": ended},
        )
        return ended

    def _known(self, name: str, purpose: str) -> Connection:
        found = self._companies.connection(name) if purpose == CAPTURE else self._companies.for_restore(name)[0]
        store = SlotTokenStore(self._vault, name, purpose)
        try:
            store.load()
        except SignInFailed:
            kind = "" if purpose == CAPTURE else f" for {purpose}"
            raise WrongUse(f"{name!r} is not connected{kind}.", do="`akika companies` shows how each stands.") from None
        return found

    def require(self, purpose: str) -> None:
        """Whether this member may keep such a connection; asked before a person signs in for nothing. Raises NotAllowed."""
        if purpose == RESTORE and self._vault.member.role != FULL:
            raise NotAllowed(
                f"{self._vault.member.name or 'This member'} may capture only.",
                means="A connection for restore is for full members.",
                do="Open the vault as a full member.",
            )

    def _recorded(self, chosen: str, company: Company, purpose: str) -> tuple[str, Company]:
        kind = "" if purpose == CAPTURE else f" for {purpose}"
        self._custody.record(
            CONNECTED,
            f"The vault was connected to {company.name}{kind}.",
            {"company": chosen, "realm": company.realm_id, "host": company.host, "purpose": purpose},
        )
        return chosen, company
