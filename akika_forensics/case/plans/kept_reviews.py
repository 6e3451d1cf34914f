"""Reviews in progress: what somebody has said of a plan so far, sealed beside it and kept when the tab is closed."""

from __future__ import annotations

from typing import Final

from akika_forensics.errors import WrongUse
from akika_forensics.vault import Vault

_SLOT: Final = "reviews/"
MOST: Final = 4 << 20
"""Bytes of one review."""


class KeptReviews:
    """One text a plan. It says nothing about approval: an approval is a signed statement of its own."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def read(self, plan_id: str) -> str | None:
        """The review as it was kept last; None when there is none. Raises VaultDamaged."""
        data = self._vault.slot(_SLOT + plan_id).read()
        return None if data is None else data.decode("utf-8", "replace")

    def write(self, plan_id: str, text: str) -> None:
        """Durable when this returns. Raises WrongUse when it is longer than a review can be."""
        data = text.encode("utf-8", "replace")
        if len(data) > MOST:
            raise WrongUse("The review is too long to be kept.", do="Shorten its comments.")
        slot = self._vault.slot(_SLOT + plan_id)
        if slot.read() != data:
            slot.write(data)
