"""Which companies a watch looks after: those of the vault whose sign-in lives. What comes, goes and comes back is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from akika_forensics.case.schedule import Standing
from akika_forensics.errors import SignInFailed, WrongUse

_REMIND: Final = timedelta(days=1)
"""A company without a sign-in is said again this often: nobody else notices that it has no captures."""


class Register(Protocol):
    """What is known of the companies. Each method may raise StorageFailed; of a company that is not there, WrongUse."""

    def names(self) -> tuple[str, ...]:
        """Those to be watched that the vault knows now."""
        ...

    def sign_in(self, name: str) -> str:
        """A mark of the sign-in that the vault keeps: another one after each renewal, empty where the company is not connected."""
        ...

    def newest(self, name: str) -> datetime | None:
        """When the newest snapshot of a company began, whoever took it; by the clock of the watch, and the same at each asking."""
        ...


@dataclass(slots=True)
class _Lost:
    """A company without a sign-in that lives: why, the mark of the one that is dead, and when that was said last."""

    error: SignInFailed
    sign_in: str
    said: datetime


class Roster:
    """``standing`` has the companies that are captured. ``say`` is given a name, and what became of it."""

    def __init__(self, register: Register, say: Callable[[str, str], None]) -> None:
        self._register, self._say = register, say
        self.standing: dict[str, Standing] = {}
        self._lost: dict[str, _Lost] = {}
        self._begun = False

    def look(self, now: datetime) -> tuple[str, ...]:
        """Drop what the vault knows no more, take up what is new in it, and what was connected again. Gives the names that went.

        Raises WrongUse when the vault knows none of the companies, and what the register does; then it may be called again.
        """
        names = self._register.names()
        gone = tuple(name for name in (*self.standing, *self._lost) if name not in names)
        for name in gone:
            self.standing.pop(name, None)
            self._lost.pop(name, None)
            self._say(name, "is watched no longer: the vault does not know this company any more.")
        if not names:
            raise WrongUse("The vault knows no company to watch.", do="Connect one with `akika connect`.")
        for name in names:
            if name not in self.standing:
                self._consider(name, now)
        self._begun = True
        return gone

    def _consider(self, name: str, now: datetime) -> None:
        """A company that is not captured: whether it is from now on."""
        lost, sign_in = self._lost.get(name), self._register.sign_in(name)
        if sign_in and (lost is None or sign_in != lost.sign_in):
            self.standing[name] = Standing(self._register.newest(name))
            self._lost.pop(name, None)
            if lost is not None:
                self._say(name, "was connected again, and is watched from now on.")
            elif self._begun:
                self._say(name, "is new in the vault, and is watched from now on.")
        elif lost is None:
            self.lose(name, _not_connected(name), sign_in, now)
        elif now - lost.said >= _REMIND:
            lost.said = now
            self._say(name, f"is still left out until it is connected again. {lost.error}")

    def lose(self, name: str, error: SignInFailed, sign_in: str, now: datetime) -> None:
        """A company is captured no longer until its sign-in is another one than that of this mark."""
        self.standing.pop(name, None)
        self._lost[name] = _Lost(error, sign_in, now)
        self._say(name, f"is left out until it is connected again. {error}")

    def require_some(self) -> None:
        """Raises SignInFailed when no company is left whose sign-in lives: its own where there is one company alone."""
        if self.standing:
            return
        if len(self._lost) == 1:
            raise next(iter(self._lost.values())).error
        names = ", ".join(sorted(self._lost))
        raise SignInFailed(
            f"No company has a sign-in that QuickBooks accepts: {names}.",
            means="No capture can be taken.",
            do="Connect them again with `akika connect`.",
        )


def _not_connected(name: str) -> SignInFailed:
    return SignInFailed(
        "There is no sign-in for it in the vault.",
        means="It was disconnected, and QuickBooks cannot be asked.",
        do=f"Where it is to be captured, connect it with `akika connect --company {name!r}`.",
    )
