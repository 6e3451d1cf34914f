"""Who wrote a transaction, as reports name them: all that QuickBooks tells applications of its users.

Source: a recorded list of transactions shows the user's full name; the service's own hands have names in the trail.
"""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.people import actors
from akika_forensics.twin.session import Session

_WHICH: Final = {"created": "seq", "modified": "seq DESC"}


class Authors:
    """Looks each user up once."""

    def __init__(self, session: Session) -> None:
        self._store = session.store
        self._users = {user.id: user.name for user in session.store.trail.users()}
        self._unnamed = session.beliefs.choice("app_as_author") == "nobody"

    def plain(self) -> dict[str, str]:
        """Names of the users that stand for themselves in whatever they wrote."""
        return {} if self._unnamed else {user: name for user, name in self._users.items() if user != actors.SYSTEM.user}

    def name(self, which: str, entity: str, record_id: str, user: str | None) -> str:
        """Who ``created`` or last ``modified`` a record; empty where nobody knows."""
        if user is None:
            return ""
        if user == actors.SYSTEM.user or self._unnamed:
            sql = (
                "SELECT name, kind FROM event WHERE entity = ? AND id = ? AND indirect = 0 "  # noqa: S608 - ours
                f"ORDER BY {_WHICH[which]} LIMIT 1"
            )
            for name, kind in self._store.select(sql, (entity, record_id)):
                return "" if kind == "app" else str(name)
        return self._users.get(user, "")
