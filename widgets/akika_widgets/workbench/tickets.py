"""Who is signed in: a random number in a signed cookie here, the person there, for some hours."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tornado.httputil import HTTPServerRequest
from tornado.web import RequestHandler, create_signed_value, decode_signed_value

from akika_widgets.workbench.identity import User

HOURS: Final = 12
_MOST_KEPT: Final = 1000


@dataclass(frozen=True, slots=True)
class _Ticket:
    user: User
    until: float
    holds: Callable[[], bool]


class Tickets:
    """The sign-ins of one running app. They end with it, with `drop`, after `HOURS`, or when ``holds`` says no."""

    def __init__(self, *, secure: bool, clock: Callable[[], float] = time.time) -> None:
        self.secret = secrets.token_urlsafe(32)
        self.secure = secure
        self._clock = clock
        self._held: dict[str, _Ticket] = {}
        # Browsers share cookies between the ports of a host: each app has a name of its own.
        self.cookie = f"{'__Host-' if secure else ''}akika-{secrets.token_hex(4)}"

    def issue(self, handler: RequestHandler, user: User, holds: Callable[[], bool]) -> None:
        """Sign the person in. A new number each time, so that one set beforehand is worth nothing."""
        now = self._clock()
        self._held = {number: held for number, held in self._held.items() if held.until > now}
        while len(self._held) >= _MOST_KEPT:
            self._held.pop(next(iter(self._held)))
        number = secrets.token_urlsafe(32)
        self._held[number] = _Ticket(user, now + HOURS * 3600, holds)
        value = create_signed_value(self.secret, self.cookie, number)
        options: dict[str, Any] = {"httponly": True, "samesite": "Strict", "secure": self.secure, "path": "/"}
        handler.set_cookie(self.cookie, value, **options)

    def user_of(self, request: HTTPServerRequest) -> User | None:
        number = self._number(request)
        held = self._held.get(number) if number else None
        if held is None or held.until <= self._clock() or not held.holds():
            return None
        return held.user

    def drop(self, handler: RequestHandler) -> None:
        """Sign out."""
        number = self._number(handler.request)
        if number:
            self._held.pop(number, None)
        handler.clear_cookie(self.cookie, path="/")

    def _number(self, request: HTTPServerRequest) -> str:
        cookie = request.cookies.get(self.cookie)
        if cookie is None:
            return ""
        value = decode_signed_value(self.secret, self.cookie, cookie.value, max_age_days=1)
        return value.decode("utf-8", "replace") if value else ""
