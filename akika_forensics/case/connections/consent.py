"""A sign-in that is begun on a page and ended by a person's browser: what was asked for, where they go, what came back."""

from __future__ import annotations

import queue
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from akika_forensics.errors import Interrupted, SignInFailed, WrongUse
from akika_forensics.quickbooks.authorize import Answer, App, SigningIn, check_redirect
from akika_forensics.quickbooks.connection import check_address
from akika_forensics.quickbooks.doorstep import SANDBOX_PORT, Doorstep
from akika_forensics.quickbooks.endpoints import API, PRODUCTION, endpoints_of, environment_of, is_intuit
from akika_forensics.settings import Secret

if TYPE_CHECKING:
    from akika_forensics.case.companies import Companies
    from akika_forensics.case.connections.connecting import Connecting
    from akika_forensics.model.company import Company

ELSEWHERE: Final = "elsewhere"
"""Neither of Intuit's environments: a server of one's own, such as the twin."""

ENVIRONMENTS: Final = (*API, ELSEWHERE)
_GLANCE: Final = 0.05
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person fills in.

    ``environment``: of `ENVIRONMENTS`; ``address``: the API's, for `ELSEWHERE`. ``again`` names a company of the vault that is
    connected anew: then these two do not count, and ``client_secret`` may be empty while the app stays the same. ``redirect_uri``: a registered page that shows a line to paste; empty
    where the browser comes back to this machine.
    """

    environment: str
    client_id: str
    client_secret: Secret = field(repr=False)
    address: str = ""
    name: str = ""
    redirect_uri: str = ""
    again: str = ""

    @property
    def base_url(self) -> str:
        """Where the API lies. Raises WrongUse."""
        if self.environment == ELSEWHERE:
            if not self.address.strip():
                raise WrongUse(
                    "The address of the company's server was not given.", do="Type it, or choose an environment."
                )
            base = self.address.strip().rstrip("/")
            check_address("API", base)
            return base
        if self.environment not in API:
            raise WrongUse("There is no such environment.", do="Choose sandbox, production or another address.")
        return API[self.environment]


class Consent:
    """One sign-in, from `begin` to `finish` or `close`. It holds the app's secret in memory, and writes nothing before `finish`."""

    def __init__(self, signing_in: SigningIn, doorstep: Doorstep | None, name: str) -> None:
        self._signing_in, self._doorstep, self._name = signing_in, doorstep, name
        self._pasted: queue.Queue[Answer | SignInFailed] = queue.Queue()

    @classmethod
    def begin(cls, wish: Wish, companies: Companies) -> Self:
        """Look over what was filled in, and open the way back. Raises WrongUse, NetworkFailed; then nothing is open."""
        base = companies.connection(companies.choose(wish.again)).base_url if wish.again else wish.base_url
        name = wish.again or wish.name.strip()
        if len(name) > _LONGEST:
            raise WrongUse("The name is too long.", do=f"Give one of at most {_LONGEST} characters.")
        client_id, secret = _app_of(wish, companies)
        back = wish.redirect_uri.strip()
        if not back and environment_of(base) == PRODUCTION:
            raise WrongUse(
                "For a production company QuickBooks sends the browser to a registered https address only.",
                do="Give the address of your page that shows the line to paste.",
            )
        if back:
            check_redirect(back, base)
        app = App(base, endpoints_of(base), client_id, secret)
        if back:
            return cls(SigningIn(app, back), None, name)
        doorstep = _doorstep(base)
        try:
            signing_in = SigningIn(app, doorstep.redirect_uri)
            doorstep.expect(signing_in)
            return cls(signing_in, doorstep, name)
        except BaseException:
            doorstep.close()
            raise

    @property
    def address(self) -> str:
        """Where the person signs in and agrees. It holds no secret."""
        return self._signing_in.address

    @property
    def comes_back(self) -> bool:
        """Whether the browser of this machine brings the answer itself; a pasted one is taken either way."""
        return self._doorstep is not None

    @property
    def left(self) -> float:
        """Seconds until nothing is accepted any more."""
        return self._signing_in.left

    def paste(self, line: str) -> None:
        """What the page showed, or the whole address the browser came back to. Raises NotOurs: then the right one may still come."""
        try:
            self._pasted.put(self._signing_in.answered(line))
        except SignInFailed as error:
            self._pasted.put(error)

    def finish(
        self, connecting: Connecting, progress: Callable[[str], None], should_stop: Callable[[], bool]
    ) -> tuple[str, Company]:
        """Wait for the answer, and connect. Raises what `Connecting.by_answer` does, SignInFailed, Interrupted; then nothing is kept."""
        with self:
            progress("waiting until you have signed in at QuickBooks and agreed")
            answer = self._answer(should_stop)
        progress("asking QuickBooks for the tokens, and which company it is")
        return connecting.by_answer(self._signing_in, answer, name=self._name or None)

    def close(self) -> None:
        """Wait no longer."""
        if self._doorstep is not None:
            self._doorstep.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self, should_stop: Callable[[], bool]) -> Answer:
        if self._doorstep is not None:
            with suppress(Interrupted):
                return self._doorstep.wait(self._signing_in, lambda: should_stop() or not self._pasted.empty())
        while True:
            with suppress(queue.Empty):
                found = self._pasted.get(timeout=_GLANCE)
                if isinstance(found, SignInFailed):
                    raise found
                return found
            if should_stop():
                raise Interrupted("The sign-in was stopped.", means="Nothing was connected.")
            if not self.left:
                raise self._signing_in.too_late()


def _app_of(wish: Wish, companies: Companies) -> tuple[str, Secret]:
    """The app's credentials: those that were typed, else those of the company that is connected anew. Raises WrongUse."""
    client_id, secret = wish.client_id.strip(), wish.client_secret
    if wish.again:
        known = companies.connection(companies.choose(wish.again))
        same = client_id in {"", known.client_id}
        client_id = client_id or known.client_id
        secret = secret or (known.client_secret if same else secret)
    if not client_id:
        raise WrongUse("The client id of the app is missing.", do="Look it up at Intuit, under Keys & credentials.")
    if not secret:
        raise WrongUse("The client secret of the app is missing.", do="Look it up at Intuit, under Keys & credentials.")
    return client_id, secret


def _doorstep(base: str) -> Doorstep:
    at_intuit = is_intuit(base)
    port, host = (SANDBOX_PORT, "localhost") if at_intuit else (0, "127.0.0.1")
    try:
        return Doorstep(port=port, name=host)
    except WrongUse as error:
        raise WrongUse(
            error.what,
            means="The browser could not come back to this program.",
            do="End what uses it; or connect with another port at the command line: `akika connect --port N`.",
        ) from None
