"""Who acts: a person on QuickBooks' screens, an application through the API, or the service itself.

An application acts for the user who connected it. Whatever is done within ``acting`` is done by that actor; outside of
it an application of the company's owner acts, as over the API.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

KINDS: Final = ("person", "app", "system", "bank feed")
OWNER: Final = "9130000000000001"
"""The Id of the user who founded the company: sixteen digits, as one was seen. Source: forensic notes on MetaData."""


@dataclass(frozen=True, slots=True)
class Actor:
    """``user`` is the Id of a user of the company, ``name`` what the trail shows, ``kind`` one of ``KINDS``."""

    user: str
    name: str
    kind: str = "person"


SYSTEM: Final = Actor("0", "System Administration", "system")
BANK_FEED: Final = Actor("0", "Online Banking Administration", "bank feed")
"""The names under which the service itself acts. Source: Intuit's help on the Audit Log."""

_ACTING: ContextVar[Actor | None] = ContextVar("acting", default=None)
_REQUEST: ContextVar[int | None] = ContextVar("request", default=None)


@contextmanager
def acting(actor: Actor, request: int | None = None) -> Iterator[None]:
    """Who does what is done within; ``request`` is the number of the request in the log, None for none."""
    who, which = _ACTING.set(actor), _REQUEST.set(request)
    try:
        yield
    finally:
        _REQUEST.reset(which)
        _ACTING.reset(who)


def current() -> Actor | None:
    """Who acts now; None outside ``acting``."""
    return _ACTING.get()


def request() -> int | None:
    """The number of the request that is being answered; None for what comes another way."""
    return _REQUEST.get()
