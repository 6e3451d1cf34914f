"""Users of the company: who may act at its screens, and how they come and go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.twin.people import actors
from akika_forensics.twin.people.actors import Actor
from akika_forensics.twin.people.trail import User
from akika_forensics.twin.screens.asking import ScreenRefused
from akika_forensics.twin.session import Session
from akika_forensics.twin.store import Store

ROLES: Final = ("admin", "accountant", "standard", "reports only")
ENTITY: Final = "User"


def find(store: Store, who: str) -> User:
    """By Id, e-mail or name. Raises WrongUse when nobody or more than one is meant."""
    meant = [user for user in store.trail.users() if who in {user.id, user.email, user.name}]
    active = [user for user in meant if user.active] or meant
    if len(active) != 1:
        raise WrongUse(
            f"{who!r} is {'no user' if not active else 'more than one user'} of this company.",
            do="Name a user by Id, e-mail or name.",
        )
    return active[0]


def person(store: Store, who: str | None, roles: frozenset[str], what: str) -> Actor:
    """Who acts at a screen; None is the company's owner. Raises ScreenRefused for whom has no access to it."""
    user = find(store, who if who is not None else actors.OWNER)
    if not user.active:
        raise ScreenRefused(f"{user.name} does not have access to this company any more.")
    if user.role not in roles:
        raise ScreenRefused(f"You need access to do this: {user.name} is {user.role}, which may not {what}.")
    return Actor(user.id, user.name, "person")


def listed(session: Session) -> dict[str, Any]:
    """``{"users": [{"id", "name", "email", "role", "active"}]}``."""
    return {
        "users": [
            {"id": user.id, "name": user.name, "email": user.email, "role": user.role, "active": user.active}
            for user in session.store.trail.users()
        ]
    }


def invite(session: Session, name: str, email: str, role: str = "standard") -> dict[str, Any]:
    """Give somebody access. Raises WrongUse for an unknown role, ScreenRefused for an e-mail that is in use."""
    _known(role)
    if not name.strip() or "@" not in email:
        raise WrongUse("A user has a name and an e-mail address.")
    if any(user.email == email and user.active for user in session.store.trail.users()):
        raise ScreenRefused(f"{email} already has access to this company.")
    number = max((int(user.id) for user in session.store.trail.users()), default=int(actors.OWNER) - 1) + 1
    user = User(str(number), name, email, role)
    return _put(session, user, "created", role=role)


def change_role(session: Session, user: str, role: str) -> dict[str, Any]:
    """Raises WrongUse, and ScreenRefused for the owner, whom nobody can demote."""
    _known(role)
    held = _other(session, user)
    return _put(session, replace(held, role=role), "updated", role=role, before=held.role)


def remove(session: Session, user: str) -> dict[str, Any]:
    """Take access away; what was done under the name stays. Raises WrongUse, and ScreenRefused for the owner."""
    held = _other(session, user)
    return _put(session, replace(held, active=False), "deleted", role=held.role)


def sign_in(session: Session) -> dict[str, Any]:
    return _came(session, "signed in")


def sign_out(session: Session) -> dict[str, Any]:
    """Only who selects Sign out leaves a trace; who closes the browser does not. Source: Intuit's help on the Audit Log."""
    return _came(session, "signed out")


def _came(session: Session, verb: str) -> dict[str, Any]:
    actor = session.actor
    session.note(verb, ENTITY, actor.user, {"DisplayName": actor.name})
    return {"user": actor.user, "name": actor.name}


def _known(role: str) -> None:
    if role not in ROLES:
        raise WrongUse(f"{role!r} is no role.", do=f"Choose one of {', '.join(ROLES)}.")


def _other(session: Session, who: str) -> User:
    held = find(session.store, who)
    if not held.active:
        raise ScreenRefused(f"{held.name} does not have access to this company any more.")
    if held.id == actors.OWNER:
        raise ScreenRefused("The primary admin can't be changed or removed.")
    return held


def _put(session: Session, user: User, verb: str, **detail: Any) -> dict[str, Any]:
    session.store.trail.put_user(user)
    session.note(verb, ENTITY, user.id, {"DisplayName": user.name}, **detail)
    return {"id": user.id, "name": user.name, "email": user.email, "role": user.role, "active": user.active}
