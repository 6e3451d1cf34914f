"""The ways to sign in: a token in the printed address, or a name and a password from the users file."""

from __future__ import annotations

import asyncio
import hmac
import math
import secrets
from abc import ABC, abstractmethod
from typing import Any, Final

from tornado.web import HTTPError, RequestHandler

from akika_forensics.errors import AkikaError
from akika_forensics.settings import Secret
from akika_widgets.workbench import pages
from akika_widgets.workbench.gate import SIGN_IN, SIGN_OUT
from akika_widgets.workbench.identity import User
from akika_widgets.workbench.throttle import Throttle
from akika_widgets.workbench.tickets import Tickets
from akika_widgets.workbench.users import Users

_MOST_WAITING: Final = 16
_WRONG: Final = "This name and this password do not belong together."


class SignIn(ABC):
    """A way to find out who somebody is. ``how`` is what `User.how` will say."""

    how: str = ""
    only_here: bool = False
    """Whether it does for people at this machine only."""

    @abstractmethod
    def handler(self) -> type[RequestHandler]:
        """What answers at ``/sign-in``; it is initialised with ``sign_in`` and ``tickets``."""

    def query(self) -> str:
        """What the printed address carries, such as ``?token=…``."""
        return ""

    @abstractmethod
    def prepare(self) -> None:
        """Called before the server starts. Raises WrongUse."""

    def routes(self, tickets: Tickets) -> list[tuple[str, type[RequestHandler], dict[str, Any]]]:
        given = {"sign_in": self, "tickets": tickets}
        return [(SIGN_IN, self.handler(), given), (SIGN_OUT, SignOutHandler, given)]


class DoorHandler(RequestHandler):
    """Base of the handlers around the app. Errors are a sentence."""

    def initialize(self, sign_in: Any, tickets: Tickets) -> None:
        self.sign_in = sign_in
        self.tickets = tickets

    def write_error(self, status_code: int, **_given: Any) -> None:
        said = "The sign-in failed." if status_code < 500 else "Something unexpected happened."
        self.finish(pages.refused(said, "Try again from the beginning."))


class SignOutHandler(DoorHandler):
    def get(self) -> None:
        self.finish(pages.sign_out())

    def post(self) -> None:
        self.tickets.drop(self)
        self.finish(pages.signed_out(self.sign_in.how))


# -- by token ------------------------------------------------------------------------------------------------------------


class TokenSignIn(SignIn):
    """Whoever was given the printed address may enter. For this machine only."""

    how = "token"
    only_here = True

    def __init__(self, name: str, token: Secret | None = None) -> None:
        """``name``: who started the app, for what is shown."""
        self.user = User(name, self.how)
        self._token = token or Secret(secrets.token_urlsafe(32))

    def prepare(self) -> None:
        """There is nothing that could be wrong."""

    def handler(self) -> type[RequestHandler]:
        return TokenHandler

    def query(self) -> str:
        return f"?token={self._token.reveal()}"

    def fits(self, token: str) -> bool:
        return hmac.compare_digest(token.encode("utf-8", "surrogatepass"), self._token.reveal().encode())


class TokenHandler(DoorHandler):
    def get(self) -> None:
        token = self.get_query_argument("token", "")
        if token and self.sign_in.fits(token):
            self.tickets.issue(self, self.sign_in.user, lambda: True)
            # A page, not a redirect: a strict cookie is not sent along a chain that began on another site.
            self.finish(pages.opening())
            return
        self.set_status(403)
        self.finish(pages.need_address())


# -- by name and password ------------------------------------------------------------------------------------------------


class PasswordSignIn(SignIn):
    """Names and passwords of the users file."""

    how = "password"

    def __init__(self, users: Users, throttle: Throttle | None = None) -> None:
        self.users = users
        self.throttle = throttle or Throttle()
        self._waiting = 0
        self._one_at_a_time = asyncio.Lock()

    def prepare(self) -> None:
        self.users.names()

    def handler(self) -> type[RequestHandler]:
        return PasswordHandler

    async def check(self, name: str, password: Secret, address: str) -> tuple[str | None, float]:
        """The line of the users file that fits, or None; and how many seconds nobody may try again for.

        One at a time, so that many tries at once can neither pass by the pause nor fill the memory.
        """
        keys = (f"name {name.casefold()}", f"address {address}")
        if self._waiting >= _MOST_WAITING:
            return None, 1.0
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                pause = self.throttle.pause(*keys)
                if pause > 0:
                    return None, pause
                line = await asyncio.to_thread(self.users.check, name, password)
                if line is None:
                    self.throttle.wrong(*keys)
                else:
                    self.throttle.right(*keys)
                return line, 0.0
        finally:
            self._waiting -= 1


class PasswordHandler(DoorHandler):
    def get(self) -> None:
        self.finish(pages.sign_in())

    async def post(self) -> None:
        name = self.get_body_argument("name", "")[:256]
        password = Secret(self.get_body_argument("password", "", strip=False))
        try:
            line, pause = await self.sign_in.check(name, password, self.request.remote_ip or "")
        except AkikaError as error:
            raise HTTPError(500) from error
        if line is not None:
            self.tickets.issue(self, User(name, self.sign_in.how), lambda: self.sign_in.users.holds(name, line))
            self.finish(pages.opening())
            return
        if pause:
            seconds = math.ceil(pause)
            self.set_status(429)
            self.set_header("Retry-After", str(seconds))
            self.finish(
                pages.sign_in(name=name, wrong=f"Too many wrong tries. Wait {seconds:,} seconds, then try again.")
            )
            return
        self.set_status(401)
        self.finish(pages.sign_in(name=name, wrong=_WRONG))
